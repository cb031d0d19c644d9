#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bundle/reader.h"
#include "bundle/writer.h"
#include "io/default_file_system.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/io_v1.h"
#include "tensor/slice.h"

// Checkpoints as operations of a graph: what a Saver's nodes run.
namespace tensorkeep::runtime {
namespace {

std::span<const std::string> strings(const KernelContext& c, int index) {
  return c.input(index).data<std::string>();
}

const std::string& scalar_string(const KernelContext& c, int index, const char* what) {
  const auto values = strings(c, index);
  if (values.size() != 1) {
    c.fail(
        fmt::format("Input {} should have a single element, got {} instead.", what, values.size()));
  }
  return values[0];
}

// The names and slices of a SaveV2 or RestoreV2, as many as there are tensors.
struct Names {
  std::span<const std::string> names;
  std::span<const std::string> slices;
};

Names names_of(const KernelContext& c, std::size_t tensors) {
  const Names names{strings(c, 1), strings(c, 2)};
  for (const auto& [values, what] :
       {std::pair(names.names, "tensor_names"), std::pair(names.slices, "shape_and_slices")}) {
    if (values.size() != tensors) {
      c.fail(fmt::format("Input {} should have {} elements, but got {} instead.", what, tensors,
                         values.size()));
    }
  }
  return names;
}

void save_v2(KernelContext& c) {
  const std::string& prefix = scalar_string(c, 0, "prefix");
  const auto tensors = static_cast<std::size_t>(c.num_inputs() - 3);
  const Names names = names_of(c, tensors);
  std::vector<bundle::Item> items;
  items.reserve(tensors);
  for (std::size_t i = 0; i < tensors; ++i) {
    // Shares the variable's memory; a step that runs meanwhile writes elsewhere.
    const Tensor& tensor = c.input(static_cast<int>(i) + 3);
    bundle::Item item{names.names[i], tensor, parse_shape_and_slice(names.slices[i])};
    if (item.part && item.part->slice.slice_shape(item.part->shape) != tensor.shape()) {
      c.fail(
          fmt::format("Slice in shape_and_slice specification does not match the shape of the "
                      "tensor to  save: {}, tensor: {}",
                      names.slices[i], tensor.shape().debug_string()));
    }
    items.push_back(std::move(item));
  }
  bundle::write(prefix, items,
                {.file_system = &io::default_file_system(), .durability = c.options().durability});
}

void check_entry(const KernelContext& c, const bundle::Entry& entry, DType wanted,
                 const std::optional<ShapeAndSlice>& part) {
  if (entry.dtype != wanted) {
    c.fail(fmt::format("tensor_name = {}; expected dtype {} does not equal original dtype {}",
                       entry.name, op_name_of(wanted), op_name_of(entry.dtype)));
  }
  if (part && part->shape != entry.shape) {
    c.fail(
        fmt::format("tensor_name = {}; shape in shape_and_slice spec {} does not match the "
                    "shape stored in checkpoint: {}",
                    entry.name, part->shape.debug_string(), entry.shape.debug_string()));
  }
}

void restore_v2(KernelContext& c) {
  const std::string& prefix = scalar_string(c, 0, "prefix");
  const auto tensors = static_cast<std::size_t>(c.num_outputs());
  const Names names = names_of(c, tensors);
  io::FileSystem& files = io::default_file_system();
  if (!bundle::exists(prefix, files)) {
    return restore_from_v1(c, prefix, names.names, names.slices);
  }
  const bundle::Reader reader(prefix, {.file_system = &files});
  std::vector<std::string> whole;
  std::vector<std::optional<ShapeAndSlice>> parts(tensors);
  for (std::size_t i = 0; i < tensors; ++i) {
    parts[i] = parse_shape_and_slice(names.slices[i]);
    check_entry(c, reader.entry(names.names[i]), c.op().output_dtype(static_cast<int>(i)),
                parts[i]);
    if (!parts[i]) whole.push_back(names.names[i]);
  }
  std::vector<Tensor> read = reader.read_many(whole);
  std::size_t next = 0;
  for (std::size_t i = 0; i < tensors; ++i) {
    c.set_output(static_cast<int>(i), parts[i] ? reader.read_slice(names.names[i], parts[i]->slice)
                                               : std::move(read[next++]));
  }
}

void merge_v2_checkpoints(KernelContext& c) {
  const auto sources = strings(c, 0);
  const std::vector<std::string> prefixes(sources.begin(), sources.end());
  bundle::merge(prefixes, scalar_string(c, 1, "destination_prefix"),
                {.file_system = &io::default_file_system(),
                 .durability = c.options().durability,
                 .delete_old_dirs = c.op().attr_bool("delete_old_dirs")});
}

void sharded_filename(KernelContext& c) {
  c.set_output(0, Tensor::scalar(fmt::format("{}-{:05d}-of-{:05d}", scalar_string(c, 0, "basename"),
                                             c.input(1).value<std::int32_t>(),
                                             c.input(2).value<std::int32_t>())));
}

void sharded_filespec(KernelContext& c) {
  c.set_output(0, Tensor::scalar(fmt::format("{}-{}-of-{:05d}", scalar_string(c, 0, "basename"),
                                             "?????", c.input(1).value<std::int32_t>())));
}

// Joins element by element; scalars go with everything.
void string_join(KernelContext& c) {
  const std::string separator = c.op().attr_string("separator");
  Shape shape;
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (c.input_shape(i).rank() > 0) shape = c.input_shape(i);
  }
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (c.input_shape(i).rank() > 0 && c.input_shape(i) != shape) {
      c.fail(fmt::format("Input shapes do not match. first = {}, second = {}", shape.debug_string(),
                         c.input_shape(i).debug_string()));
    }
  }
  Tensor joined(string, shape);
  auto out = joined.mutable_data<std::string>();
  for (std::size_t n = 0; n < out.size(); ++n) {
    for (int i = 0; i < c.num_inputs(); ++i) {
      if (i > 0) out[n] += separator;
      out[n] += strings(c, i)[c.input_shape(i).rank() > 0 ? n : 0];
    }
  }
  c.set_output(0, std::move(joined));
}

}  // namespace

void register_io_kernels(KernelRegistry& registry) {
  registry.add_function("SaveV2", save_v2);
  registry.add_function("RestoreV2", restore_v2);
  registry.add_function("MergeV2Checkpoints", merge_v2_checkpoints);
  registry.add_function("ShardedFilename", sharded_filename);
  registry.add_function("ShardedFilespec", sharded_filespec);
  registry.add_function("StringJoin", string_join);
}

}  // namespace tensorkeep::runtime
