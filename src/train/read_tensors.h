#pragma once

#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"

namespace tensorkeep::train {

struct StoredTensor {
  std::string key;
  std::string slice_spec = {};  // "6 2 0,2:0,2" for a part
};

// All of them, in their order; whole ones by several threads.
std::vector<Tensor> read_tensors(const CheckpointReader& checkpoint,
                                 const std::vector<StoredTensor>& stored);

}  // namespace tensorkeep::train
