#include <limits>

#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"

namespace tensorkeep::nn {
namespace {

// How many elements are not zero, counted in `dtype`.
Output count_nonzero(const Output& value, DType dtype) {
  const NameScope scope(value.graph(), "count_nonzero");
  const Output zero = zeros(Shape(), base_dtype(value.dtype()));
  return reduce_sum(cast(not_equal(value, zero), dtype), {.name = "nonzero_count"});
}

}  // namespace

Output zero_fraction(const Input& value, const Name& name) {
  const ops::OpScope scope({value}, name.name, "zero_fraction");
  const Output tensor = value.to_tensor("value");
  const Output all = size(tensor, {.out_type = int64});
  const Output fits = less_equal(all, std::int64_t{std::numeric_limits<std::int32_t>::max()});
  const Output nonzero = cond(
      fits, [&] { return cast(count_nonzero(tensor, int32), int64); },
      [&] { return count_nonzero(tensor, int64); });
  Output fraction;
  {
    const NameScope counts(tensor.graph(), "counts_to_fraction");
    const Output zeros = cast(all - nonzero, float32);
    fraction = zeros / cast(all, float32);
  }
  return identity(fraction, {"fraction"});
}

}  // namespace tensorkeep::nn
