#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bundle/format.h"
#include "bundle/reader.h"
#include "io/file_system.h"

namespace tensorkeep::bundle {

// A whole index file in memory.
struct Index {
  Header header;
  std::vector<Entry> entries;       // sorted by name
  std::vector<StoredEntry> stored;  // the same, as stored
  // The parts of sliced tensors, by their encoded keys.
  std::unordered_map<std::string, StoredEntry> parts;

  // Position in `entries`; entries.size() if there is none.
  std::size_t find(std::string_view name) const;
  // The part of a tensor; throws NotFoundError or DataLossError if the index lacks it or describes
  // it otherwise than the whole tensor does.
  const StoredEntry& part(const Entry& whole, const TensorSlice& slice) const;
};

Index load_index(io::FileSystem& files, const std::string& path);

}  // namespace tensorkeep::bundle
