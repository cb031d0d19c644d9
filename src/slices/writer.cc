#include "slices/writer.h"

#include <fmt/format.h>

#include <map>

#include "base/checked_math.h"
#include "base/parallel.h"
#include "io/files.h"
#include "slices/format.h"
#include "slices/list.h"
#include "slices/value.h"
#include "table/ordered_code.h"
#include "table/writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::slices {
namespace {

// All that the file will hold, known before it is touched.
struct Plan {
  struct Value {
    const Tensor* tensor = nullptr;
    EncodedValue encoded;
  };
  std::string meta;
  std::map<std::string, Value> values;  // by slice key, which is their order in the file
  std::uint64_t bytes = 0;              // at most
};

TensorSlice slice_of(const Item& item) {
  return item.part ? item.part->slice : TensorSlice::full(item.tensor.shape().rank());
}
const Shape& shape_of(const Item& item) {
  return item.part ? item.part->shape : item.tensor.shape();
}

void check_item(const Item& item) {
  if (!item.tensor.valid()) {
    throw errors::InvalidArgumentError(fmt::format("Tensor {} to save has no value.", item.name),
                                       {.tensor = item.name});
  }
  if (!item.part || item.part->slice.slice_shape(item.part->shape) == item.tensor.shape()) return;
  throw errors::InvalidArgumentError(
      fmt::format("Slice in shape_and_slice specification does not match the shape of the tensor "
                  "to  save: {}, tensor: {} (tensor {})",
                  to_string(*item.part), item.tensor.shape().debug_string(), item.name),
      {.tensor = item.name});
}

std::vector<SliceDescription> describe(std::span<const Item> items) {
  std::vector<SliceDescription> slices;
  for (const Item& item : items) {
    check_item(item);
    slices.push_back({item.name, item.tensor.dtype(), shape_of(item), slice_of(item)});
  }
  return slices;
}

Plan make_plan(std::span<const Item> items, int threads) {
  constexpr std::uint64_t kPerValue = 64;  // beyond what is counted: block, index entry
  Plan plan;
  plan.meta = encode_meta(list_tensors(describe(items)));
  std::vector<EncodedValue> encoded(items.size());
  parallel_for(items.size(), threads, [&](std::size_t i) {
    try {
      encoded[i] = plan_value(items[i].name, slice_of(items[i]), items[i].tensor);
    } catch (const errors::Error& error) {
      errors::raise(error.code(), error.message() + fmt::format(" (tensor {})", items[i].name),
                    {.tensor = items[i].name});
    }
  });
  plan.bytes = 4096 + plan.meta.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string key = table::encode_slice_key(items[i].name, slice_of(items[i]));
    plan.bytes += kPerValue + 2 * key.size() + encoded[i].size();
    plan.values.emplace(std::move(key), Plan::Value{&items[i].tensor, std::move(encoded[i])});
  }
  return plan;
}

void check_space(io::FileSystem& files, const std::string& path, const Plan& plan) {
  const auto free = files.free_space(io::directory_of(path));
  if (!free || *free >= plan.bytes) return;
  throw errors::ResourceExhaustedError(
      fmt::format("{}; No space left on device ({} bytes needed, {} free). Nothing was written.",
                  path, plan.bytes, *free),
      {.file = path});
}

// Lets the disk work while the rest is prepared.
class Writeback {
 public:
  Writeback(io::WritableFile& file, io::Durability durability)
      : file_(file), wanted_(durability == io::Durability::kDurable) {}
  void advance(std::uint64_t bytes) {
    constexpr std::uint64_t kStretch = std::uint64_t{8} << 20;
    written_ += bytes;
    if (!wanted_ || written_ - started_ < kStretch) return;
    file_.start_writeback(started_, written_ - started_);
    started_ = written_;
  }

 private:
  io::WritableFile& file_;
  bool wanted_;
  std::uint64_t written_ = 0;
  std::uint64_t started_ = 0;
};

std::uint64_t write_table(io::WritableFile& file, const Plan& plan, io::Durability durability) {
  table::Writer table(file);
  Writeback writeback(file, durability);
  table.add("", plan.meta);
  for (const auto& [key, value] : plan.values) {
    table.add(key, value.encoded.size(), [&, &value = value](const table::Writer::Sink& sink) {
      write_value(value.encoded, *value.tensor, [&](std::span<const std::byte> piece) {
        sink(piece);
        writeback.advance(piece.size());
      });
    });
  }
  return table.finish();
}

}  // namespace

std::uint64_t write(const std::string& path, std::span<const Item> items,
                    const WriterOptions& options) {
  io::FileSystem& files = options.file_system ? *options.file_system : io::posix_file_system();
  const Plan plan = make_plan(items, thread_count(options.threads));
  check_space(files, path, plan);
  std::uint64_t size = 0;
  io::write_atomically(
      files, path,
      [&](io::WritableFile& file) { size = write_table(file, plan, options.durability); },
      options.durability);
  return size;
}

}  // namespace tensorkeep::slices
