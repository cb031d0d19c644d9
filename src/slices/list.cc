#include "slices/list.h"

#include <fmt/format.h>

#include <unordered_map>

#include "tensor/slice_cover.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::slices {
namespace {

// One more slice of a tensor of the list.
void check_same(const SavedTensor& whole, const SliceDescription& slice) {
  if (whole.shape != slice.shape) {
    throw errors::InternalError(
        fmt::format("Mismatching shapes: existing tensor = {}, trying to add name {}, shape = {}",
                    whole.shape.debug_string(), slice.name, slice.shape.debug_string()),
        {.tensor = slice.name});
  }
  if (whole.dtype != slice.dtype) {
    throw errors::InternalError(
        fmt::format("Mismatching types: existing type = {}, trying to add name {}, type = {}",
                    op_name_of(whole.dtype), slice.name, op_name_of(slice.dtype)),
        {.tensor = slice.name});
  }
}

}  // namespace

std::vector<SavedTensor> list_tensors(std::span<const SliceDescription> slices) {
  std::vector<SavedTensor> tensors;
  std::unordered_map<std::string, std::size_t> position;
  for (const SliceDescription& slice : slices) {
    const auto [at, added] = position.emplace(slice.name, tensors.size());
    if (added) {
      tensors.push_back({slice.name, slice.dtype, slice.shape, {}});
    } else {
      check_same(tensors[at->second], slice);
    }
    tensors[at->second].slices.push_back(slice.slice);
  }
  for (const SavedTensor& tensor : tensors) {
    const auto overlap = find_overlap(tensor.slices);
    if (!overlap) continue;
    throw errors::InvalidArgumentError(
        fmt::format("Overlapping slices: existing slice = {}, new slice = {} (tensor {}); the "
                    "tensor could not be read",
                    tensor.slices[overlap->first].to_string(),
                    tensor.slices[overlap->second].to_string(), tensor.name),
        {.tensor = tensor.name});
  }
  return tensors;
}

}  // namespace tensorkeep::slices
