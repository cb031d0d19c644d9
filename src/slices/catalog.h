#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "slices/reader.h"

namespace tensorkeep::slices {

struct SavedTensor;

// What several files say of their tensors, brought together.
struct Catalog {
  struct Stored {
    std::vector<TensorSlice> slices;  // as the keys have them
    std::vector<std::size_t> files;   // where each of them is
    std::string defect;               // then nothing else is to be trusted
    bool overlapping = false;         // and the defect says which
  };
  std::vector<Entry> entries;  // sorted by name
  std::vector<Stored> stored;  // the same

  // Position; entries.size() if there is none.
  std::size_t find(std::string_view name) const;
};

// `files[i]` is what file number i says.
Catalog make_catalog(std::vector<std::vector<SavedTensor>> files);

}  // namespace tensorkeep::slices
