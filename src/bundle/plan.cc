#include "bundle/plan.h"

#include <fmt/format.h>

#include "base/checked_math.h"
#include "bundle/string_codec.h"
#include "table/format.h"
#include "table/ordered_code.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& text) {
  throw errors::InvalidArgumentError(text, {.tensor = name});
}

void check_item(const Item& item) {
  if (item.name.empty()) {
    refuse(item.name, "A tensor to save has an empty name, which no checkpoint can hold; name it.");
  }
  if (!item.tensor.valid()) {
    refuse(item.name, fmt::format("Tensor {} to save has no value.", item.name));
  }
  if (!item.part) return;
  const Shape shape = item.part->slice.slice_shape(item.part->shape);
  if (shape != item.tensor.shape()) {
    refuse(item.name,
           fmt::format("Slice in shape_and_slice specification does not match the shape of the "
                       "tensor to  save: {}, tensor: {} (tensor {})",
                       to_string(*item.part), item.tensor.shape().debug_string(), item.name));
  }
}

void add_key(Plan& plan, const std::string& name, std::string key, StoredEntry entry) {
  if (!plan.index.emplace(std::move(key), std::move(entry)).second) {
    refuse(name,
           fmt::format("Adding duplicate key: {} (two tensors to save have the same name)", name));
  }
}

// The whole tensor's entry learns of one more part.
void add_slice(Plan& plan, const Item& item) {
  const auto [at, added] = plan.index.try_emplace(item.name);
  StoredEntry& whole = at->second;
  if (added) {
    whole.dtype = item.tensor.dtype();
    whole.shape = item.part->shape;
  } else if (whole.slices.empty()) {
    refuse(item.name,
           fmt::format("Adding duplicate key: {} (once as a whole, once as a slice)", item.name));
  } else if (whole.dtype != item.tensor.dtype() || whole.shape != item.part->shape) {
    refuse(item.name, fmt::format("Slices of tensor {} disagree on the whole: {} {}, and {} {}",
                                  item.name, name_of(whole.dtype), whole.shape.debug_string(),
                                  name_of(item.tensor.dtype()), item.part->shape.debug_string()));
  }
  for (const TensorSlice& other : whole.slices) {
    if (other.intersect(item.part->slice)) {
      refuse(item.name,
             fmt::format("Overlapping slices: existing slice = {}, new slice = {} (tensor "
                         "{}); the tensor could not be read",
                         other.to_string(), item.part->slice.to_string(), item.name));
    }
  }
  whole.slices.push_back(item.part->slice);
}

}  // namespace

Plan make_plan(std::span<const Item> items) {
  constexpr std::uint64_t kPerEntry = 128;  // beyond the key and the dimensions
  Plan plan;
  plan.index_bytes = 4096;
  for (const Item& item : items) {
    check_item(item);
    const Tensor& tensor = item.tensor;
    std::string key = item.name;
    if (item.part && !item.part->slice.covers(item.part->shape)) {
      add_slice(plan, item);
      key = table::encode_slice_key(item.name, item.part->slice);
      plan.index_bytes += kPerEntry;
    }
    const std::uint64_t size = tensor.dtype() == DType::kString
                                   ? encoded_strings_size(tensor.data<std::string>())
                                   : tensor.num_bytes();
    const auto end = checked_add(plan.data_bytes, size);
    if (!end || *end >> 62 != 0) refuse(item.name, "More than 2^62 bytes to save");
    plan.index_bytes +=
        kPerEntry + 2 * key.size() + 32 * static_cast<std::uint64_t>(tensor.shape().rank());
    add_key(plan, item.name, key,
            {.dtype = tensor.dtype(),
             .shape = tensor.shape(),
             .slices = {},
             .offset = plan.data_bytes,
             .size = size});
    plan.tensors.push_back({&tensor, std::move(key), plan.data_bytes, size});
    plan.data_bytes = *end;
  }
  return plan;
}

}  // namespace tensorkeep::bundle
