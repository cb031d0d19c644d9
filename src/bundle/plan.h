#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bundle/index_builder.h"
#include "bundle/writer.h"

namespace tensorkeep::bundle {

// Where everything will lie, computed before a file is touched.
struct Plan {
  struct Placed {
    const Tensor* tensor;
    std::string key;  // in the index: a name, or a slice's key
    std::uint64_t offset;
    std::uint64_t size;
  };
  std::vector<Placed> tensors;  // in the order of the data file, without gaps
  IndexBuilder index;
  std::uint64_t data_bytes = 0;
};

// Throws InvalidArgumentError for whatever cannot be saved (see writer.h).
Plan make_plan(std::span<const Item> items);

}  // namespace tensorkeep::bundle
