#include "bundle/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/checked_math.h"
#include "table/ordered_code.h"
#include "table/reader.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

Entry public_entry(std::string_view name, const StoredEntry& stored) {
  Entry entry;
  entry.name = name;
  entry.dtype = stored.dtype;
  entry.shape = stored.shape;
  entry.slices = stored.slices;
  if (stored.slices.empty()) {
    entry.shard = stored.shard;
    entry.offset = stored.offset;
    entry.size = stored.size;
    entry.masked_crc = stored.masked_crc;
  }
  return entry;
}

// Moves the entries of parts out of the list: only keys that a sliced tensor names are hidden,
// since a tensor's own name may look like anything.
void separate_parts(Index& index) {
  std::unordered_set<std::string> part_keys;
  for (const Entry& entry : index.entries) {
    for (const TensorSlice& slice : entry.slices) {
      part_keys.insert(table::encode_slice_key(entry.name, slice));
    }
  }
  if (part_keys.empty()) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < index.entries.size(); ++i) {
    if (part_keys.contains(index.entries[i].name)) {
      index.parts.emplace(index.entries[i].name, std::move(index.stored[i]));
    } else {
      if (kept != i) {
        index.entries[kept] = std::move(index.entries[i]);
        index.stored[kept] = std::move(index.stored[i]);
      }
      ++kept;
    }
  }
  index.entries.resize(kept);
  index.stored.resize(kept);
  for (Entry& entry : index.entries) {
    for (const TensorSlice& slice : entry.slices) {
      const auto part = index.parts.find(table::encode_slice_key(entry.name, slice));
      if (part == index.parts.end() || !part->second.defect.empty()) continue;
      entry.size = checked_add(entry.size, part->second.size).value_or(entry.size);
    }
  }
}

}  // namespace

Index load_index(io::FileSystem& files, const std::string& path) {
  const table::Reader reader(files.open(path));
  Index index;
  bool has_header = false;
  reader.for_each([&](std::string_view key, std::string_view value) {
    if (key.empty()) {
      index.header = decode_header(value, path);
      has_header = true;
      return;
    }
    index.stored.push_back(decode_entry(key, value));
    index.entries.push_back(public_entry(key, index.stored.back()));
  });
  if (!has_header) {
    throw errors::DataLossError(
        fmt::format("Failed to read the header of {}: the file is a table, but no V2 checkpoint's "
                    "index",
                    path),
        {.file = path});
  }
  separate_parts(index);
  return index;
}

std::size_t Index::find(std::string_view name) const {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  if (at == entries.end() || at->name != name) return entries.size();
  return static_cast<std::size_t>(at - entries.begin());
}

const StoredEntry& Index::part(const Entry& whole, const TensorSlice& slice) const {
  const auto found = parts.find(table::encode_slice_key(whole.name, slice));
  if (found == parts.end()) {
    throw errors::NotFoundError(
        fmt::format("Key {} (slice {}) not found in checkpoint", whole.name, slice.to_string()),
        {.tensor = whole.name});
  }
  const StoredEntry& stored = found->second;
  if (stored.defect.empty() && (stored.dtype != whole.dtype || !stored.slices.empty() ||
                                stored.shape != slice.slice_shape(whole.shape))) {
    throw errors::DataLossError(
        fmt::format("Invalid slice in bundle entry: key {}; slice {} is stored as {} {}, the whole "
                    "as {} {}",
                    whole.name, slice.to_string(), name_of(stored.dtype),
                    stored.shape.debug_string(), name_of(whole.dtype), whole.shape.debug_string()),
        {.tensor = whole.name});
  }
  return stored;
}

}  // namespace tensorkeep::bundle
