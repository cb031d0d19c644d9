#include "slices/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/checked_math.h"
#include "slices/format.h"
#include "tensor/slice_cover.h"

namespace tensorkeep::slices {
namespace {

// What one file says, added to what is known from others.
void add(Entry& entry, Catalog::Stored& stored, const SavedTensor& saved, std::size_t file) {
  if (entry.dtype == DType::kInvalid) {
    entry.dtype = saved.dtype;
    entry.shape = saved.shape;
  } else if (stored.defect.empty() && saved.defect.empty()) {
    if (entry.shape != saved.shape) {
      stored.defect =
          fmt::format("Incompatible tensor shapes detected for tensor {}: existing = {}, new = {}",
                      saved.name, entry.shape.debug_string(), saved.shape.debug_string());
    } else if (entry.dtype != saved.dtype) {
      stored.defect =
          fmt::format("Incompatible tensor types detected for tensor {}: existing = {}, new = {}",
                      saved.name, op_name_of(entry.dtype), op_name_of(saved.dtype));
    }
  }
  if (stored.defect.empty()) stored.defect = saved.defect;
  stored.slices.insert(stored.slices.end(), saved.slices.begin(), saved.slices.end());
  stored.files.resize(stored.slices.size(), file);
}

void finish(Entry& entry, Catalog::Stored& stored) {
  if (!stored.defect.empty()) return;
  if (const auto overlap = find_overlap(stored.slices)) {
    stored.defect =
        fmt::format("Overlapping slices: existing slice = {}, new slice = {} (tensor {})",
                    stored.slices[overlap->first].to_string(),
                    stored.slices[overlap->second].to_string(), entry.name);
    stored.overlapping = true;
    return;
  }
  const bool whole = stored.slices.size() == 1 && stored.slices[0].covers(entry.shape);
  if (!whole) entry.slices = stored.slices;
  for (const TensorSlice& slice : stored.slices) {
    const auto count = slice.slice_shape(entry.shape).checked_num_elements();
    const auto bytes =
        checked_mul(count.value_or(0), static_cast<std::int64_t>(size_of(entry.dtype)));
    entry.size =
        checked_add(entry.size, static_cast<std::uint64_t>(bytes.value_or(0))).value_or(entry.size);
  }
}

}  // namespace

Catalog make_catalog(std::vector<std::vector<SavedTensor>> files) {
  std::map<std::string, std::pair<Entry, Catalog::Stored>> tensors;
  for (std::size_t file = 0; file < files.size(); ++file) {
    for (const SavedTensor& saved : files[file]) {
      auto& [entry, stored] = tensors[saved.name];
      entry.name = saved.name;
      add(entry, stored, saved, file);
    }
  }
  Catalog catalog;
  for (auto& [name, tensor] : tensors) {
    finish(tensor.first, tensor.second);
    catalog.entries.push_back(std::move(tensor.first));
    catalog.stored.push_back(std::move(tensor.second));
  }
  return catalog;
}

std::size_t Catalog::find(std::string_view name) const {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  if (at == entries.end() || at->name != name) return entries.size();
  return static_cast<std::size_t>(at - entries.begin());
}

}  // namespace tensorkeep::slices
