#include "bundle/index_builder.h"

#include <fmt/format.h>

#include "table/ordered_code.h"
#include "table/writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& text) {
  throw errors::InvalidArgumentError(text, {.tensor = name});
}

void check_description(const Description& tensor) {
  if (tensor.name.empty()) {
    refuse(tensor.name,
           "A tensor to save has an empty name, which no checkpoint can hold; name it.");
  }
  if (!tensor.part) return;
  const Shape shape = tensor.part->slice.slice_shape(tensor.part->shape);
  if (shape != tensor.shape) {
    refuse(tensor.name,
           fmt::format("Slice in shape_and_slice specification does not match the shape of the "
                       "tensor to  save: {}, tensor: {} (tensor {})",
                       to_string(*tensor.part), tensor.shape.debug_string(), tensor.name));
  }
}

}  // namespace

std::string IndexBuilder::add(const Description& tensor, std::uint64_t offset, std::uint64_t size) {
  constexpr std::uint64_t kPerEntry = 128;  // beyond the key and the dimensions
  check_description(tensor);
  std::string key = tensor.name;
  if (tensor.part && !tensor.part->slice.covers(tensor.part->shape)) {
    add_slice(tensor);
    key = table::encode_slice_key(tensor.name, tensor.part->slice);
    bytes_ += kPerEntry;
  }
  bytes_ += kPerEntry + 2 * key.size() + 32 * static_cast<std::uint64_t>(tensor.shape.rank());
  add_key(
      tensor, key,
      {.dtype = tensor.dtype, .shape = tensor.shape, .slices = {}, .offset = offset, .size = size});
  return key;
}

void IndexBuilder::set_crc(const std::string& key, std::uint32_t masked_crc) {
  entries_.at(key).masked_crc = masked_crc;
}

void IndexBuilder::add_key(const Description& tensor, const std::string& key, StoredEntry entry) {
  if (!entries_.emplace(key, std::move(entry)).second) {
    refuse(tensor.name, fmt::format("Adding duplicate key: {} (two tensors to save have the same "
                                    "name)",
                                    tensor.name));
  }
}

// The whole tensor's entry learns of one more part.
void IndexBuilder::add_slice(const Description& tensor) {
  const auto [at, added] = entries_.try_emplace(tensor.name);
  StoredEntry& whole = at->second;
  const ShapeAndSlice& part = *tensor.part;
  if (added) {
    whole.dtype = tensor.dtype;
    whole.shape = part.shape;
  } else if (whole.slices.empty()) {
    refuse(tensor.name,
           fmt::format("Adding duplicate key: {} (once as a whole, once as a slice)", tensor.name));
  } else if (whole.dtype != tensor.dtype || whole.shape != part.shape) {
    refuse(tensor.name, fmt::format("Slices of tensor {} disagree on the whole: {} {}, and {} {}",
                                    tensor.name, name_of(whole.dtype), whole.shape.debug_string(),
                                    name_of(tensor.dtype), part.shape.debug_string()));
  }
  for (const TensorSlice& other : whole.slices) {
    if (other.intersect(part.slice)) {
      refuse(tensor.name,
             fmt::format("Overlapping slices: existing slice = {}, new slice = {} (tensor "
                         "{}); the tensor could not be read",
                         other.to_string(), part.slice.to_string(), tensor.name));
    }
  }
  whole.slices.push_back(part.slice);
}

void IndexBuilder::write(io::WritableFile& out, int first_shard, int total) const {
  table::Writer index(out);
  index.add("", encode_header({.num_shards = total}));
  for (const auto& [key, entry] : entries_) {
    StoredEntry placed = entry;
    // The whole of a sliced tensor has no place of its own; TensorFlow leaves its shard 0.
    if (placed.slices.empty()) placed.shard = first_shard;
    index.add(key, encode_entry(placed));
  }
  index.finish();
}

}  // namespace tensorkeep::bundle
