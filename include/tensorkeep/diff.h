#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"

// What two files of tensors (checkpoints of either format, .npz, .safetensors) do not have in
// common.
namespace tensorkeep {

struct TensorDifference {
  enum class Kind {
    kOnlyInFirst,
    kOnlyInSecond,
    kType,
    kShape,
    kValues,
    kNotCompared,  // `reason` tells why; whether they differ nobody knows
  };
  Kind kind = Kind::kValues;
  std::string name = {};
  std::array<DType, 2> dtypes{};  // in the first and in the second, where it is there
  std::array<Shape, 2> shapes{};
  // Of kValues:
  std::int64_t elements = 0;
  std::int64_t different = 0;
  double max_abs = 0;  // the largest |a - b|; infinity if one is NaN or infinite and the other not
  double max_rel = 0;  // the largest |a - b| / |b|; infinity where b is 0
  std::string reason = {};
};

struct DiffOptions {
  // Elements a and b count as the same if |a - b| <= atol + rtol * |b|, as in numpy's allclose.
  double rtol = 0;
  double atol = 0;
};

struct DiffSummary {
  std::size_t tensors = 0;                    // names, in either file
  std::vector<TensorDifference> differences;  // in byte order of their names
};

// Compares element by element, in a fixed amount of memory beside what convert_tensors needs. NaN
// is the same as NaN, and 0.0 as -0.0. How a tensor is cut into slices makes no difference. Throws
// what reading throws.
DiffSummary diff_tensors(const std::string& first, const std::string& second,
                         const DiffOptions& options = {}, const train::Progress& progress = {});

}  // namespace tensorkeep
