#include "runtime/kernels/io_v1.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "checkpoint/management.h"
#include "checkpoint/open_v1.h"
#include "io/default_file_system.h"
#include "runtime/kernels/families.h"
#include "slices/writer.h"
#include "tensor/slice.h"

// V1 checkpoints as operations of a graph.
namespace tensorkeep::runtime {
namespace {

std::span<const std::string> strings(const KernelContext& c, int index) {
  return c.input(index).data<std::string>();
}

// Input 0; `after` stands between the number and the unit in TensorFlow's text.
const std::string& file_name(const KernelContext& c, const char* what, const char* after) {
  const auto values = strings(c, 0);
  if (values.size() != 1) {
    c.fail(fmt::format("Input 0 ({}) must be a string scalar; got a tensor of {}{}elements", what,
                       values.size(), after));
  }
  return values[0];
}

void save(KernelContext& c, bool with_slices) {
  const std::string& path = file_name(c, "filename", "");
  const int fixed = with_slices ? 3 : 2;
  const auto names = strings(c, 1);
  if (names.size() != static_cast<std::size_t>(c.num_inputs() - fixed)) {
    c.fail(
        fmt::format("Expected totally {} inputs as input #1 (which is a string tensor of saved "
                    "names) contains {} names, but received {} inputs",
                    names.size() + static_cast<std::size_t>(fixed), names.size(), c.num_inputs()));
  }
  const auto slices = with_slices ? strings(c, 2) : std::span<const std::string>();
  if (with_slices && slices.size() != names.size()) {
    c.fail(fmt::format("Expected {} elements for the tensor shapes and slices but got {}",
                       names.size(), slices.size()));
  }
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Not stable, as in TensorFlow: the order of a tensor's slices in the file is what the standard
  // library makes of it.
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  std::vector<slices::Item> items;
  items.reserve(names.size());
  for (const std::size_t i : order) {
    // Shares the variable's memory; a step that runs meanwhile writes elsewhere.
    items.push_back({names[i], c.input(static_cast<int>(i) + fixed),
                     with_slices ? parse_shape_and_slice(slices[i]) : std::nullopt});
  }
  io::FileSystem& files = io::default_file_system();
  const Durability durability = c.options().durability;
  slices::write(path, items, {.file_system = &files, .durability = durability});
  checkpoint::supersede_v2(files, path, durability);
}

void save_whole(KernelContext& c) {
  save(c, false);
}
void save_slices(KernelContext& c) {
  save(c, true);
}

// The part that is wanted, after its type and shape are known to be right.
std::optional<ShapeAndSlice> wanted_part(const KernelContext& c, const slices::Reader& reader,
                                         const std::string& name, const std::string& slice,
                                         DType wanted) {
  const slices::Entry& entry = reader.entry(name);
  if (entry.dtype != wanted) {
    c.fail(
        fmt::format("Expected to restore a tensor of type {}, got a tensor of type {} instead: "
                    "tensor_name = {}",
                    op_name_of(wanted), op_name_of(entry.dtype), name));
  }
  auto part = parse_shape_and_slice(slice);
  if (part && part->shape != entry.shape) {
    c.fail(
        fmt::format("Shape in shape_and_slice spec does not match the shape in the save file: {}, "
                    "save file shape: {} (tensor_name = {})",
                    part->shape.debug_string(), entry.shape.debug_string(), name));
  }
  return part;
}

void restore_one(KernelContext& c, bool with_slice) {
  const std::string& pattern = file_name(c, "file_pattern", " ");
  if (strings(c, 1).empty()) {
    c.fail("Input 1 (file_pattern) must be a have at least 1 elements");
  }
  const auto slices = with_slice ? strings(c, 2) : std::span<const std::string>();
  if (with_slice && slices.empty()) {
    c.fail("Input 2 (shape_and_slice) must have at least 1 element");
  }
  const std::string whole;
  const std::string& slice = with_slice ? slices[0] : whole;
  restore_from_v1(c, pattern, strings(c, 1).first(1), {&slice, 1});
}

void restore(KernelContext& c) {
  restore_one(c, false);
}
void restore_slice(KernelContext& c) {
  restore_one(c, true);
}

}  // namespace

void restore_from_v1(KernelContext& c, const std::string& pattern,
                     std::span<const std::string> names, std::span<const std::string> slices) {
  const slices::Reader reader = checkpoint::open_v1(io::default_file_system(), pattern);
  std::vector<std::string> whole;
  std::vector<std::optional<ShapeAndSlice>> parts(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts[i] =
        wanted_part(c, reader, names[i], slices[i], c.op().output_dtype(static_cast<int>(i)));
    if (!parts[i]) whole.push_back(names[i]);
  }
  std::vector<Tensor> read = reader.read_many(whole);
  std::size_t next = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    c.set_output(static_cast<int>(i),
                 parts[i] ? reader.read_slice(names[i], parts[i]->slice) : std::move(read[next++]));
  }
}

void register_io_v1_kernels(KernelRegistry& registry) {
  registry.add_function("Save", save_whole);
  registry.add_function("SaveSlices", save_slices);
  registry.add_function("Restore", restore);
  registry.add_function("RestoreSlice", restore_slice);
}

}  // namespace tensorkeep::runtime
