#include "train/read_tensors.h"

#include "tensor/slice.h"

namespace tensorkeep::train {

std::vector<Tensor> read_tensors(const CheckpointReader& checkpoint,
                                 const std::vector<StoredTensor>& stored) {
  std::vector<Tensor> values(stored.size());
  std::vector<std::string> whole;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (const auto part = parse_shape_and_slice(stored[i].slice_spec)) {
      values[i] = checkpoint.get_slice(stored[i].key, part->slice.to_string());
    } else {
      whole.push_back(stored[i].key);
      places.push_back(i);
    }
  }
  std::vector<Tensor> read = checkpoint.get_tensors(whole);
  for (std::size_t i = 0; i < read.size(); ++i) values[places[i]] = std::move(read[i]);
  return values;
}

}  // namespace tensorkeep::train
