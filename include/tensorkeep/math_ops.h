#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

// Arithmetic, comparisons, reductions, matrix products and casts. Each function adds nodes to the
// graph of its inputs (or to the default graph), under the names that TensorFlow gives them.
// Inputs may be tensors, variables or literals; a literal becomes a Const named after the argument.
// Errors are InvalidArgumentError: a wrong type is Python's TypeError, a wrong shape ValueError.
// Building a graph needs one thread at a time.
namespace tensorkeep {

// One input, the output has its shape. The is_... functions and logical_not give bool, abs of
// complex numbers gives their real type, the rest keep the type.
Output abs(const Input& x, const Name& options = {});
Output acos(const Input& x, const Name& options = {});
Output acosh(const Input& x, const Name& options = {});
Output asin(const Input& x, const Name& options = {});
Output asinh(const Input& x, const Name& options = {});
Output atan(const Input& x, const Name& options = {});
Output atanh(const Input& x, const Name& options = {});
Output ceil(const Input& x, const Name& options = {});
Output conj(const Input& x, const Name& options = {});  // x itself if it is real
Output cos(const Input& x, const Name& options = {});
Output cosh(const Input& x, const Name& options = {});
Output digamma(const Input& x, const Name& options = {});
Output erf(const Input& x, const Name& options = {});
Output erfc(const Input& x, const Name& options = {});
Output exp(const Input& x, const Name& options = {});
Output expm1(const Input& x, const Name& options = {});
Output floor(const Input& x, const Name& options = {});
Output inv(const Input& x, const Name& options = {});
Output is_finite(const Input& x, const Name& options = {});
Output is_inf(const Input& x, const Name& options = {});
Output is_nan(const Input& x, const Name& options = {});
Output lgamma(const Input& x, const Name& options = {});
Output log(const Input& x, const Name& options = {});
Output log1p(const Input& x, const Name& options = {});
Output logical_not(const Input& x, const Name& options = {});
Output negative(const Input& x, const Name& options = {});
Output reciprocal(const Input& x, const Name& options = {});
Output rint(const Input& x, const Name& options = {});
Output round(const Input& x,
             const Name& options = {});  // half to even; integers come back as given
Output rsqrt(const Input& x, const Name& options = {});
Output sigmoid(const Input& x, const Name& options = {});
Output sign(const Input& x, const Name& options = {});
Output sin(const Input& x, const Name& options = {});
Output sinh(const Input& x, const Name& options = {});
Output sqrt(const Input& x, const Name& options = {});
Output square(const Input& x, const Name& options = {});
Output tan(const Input& x, const Name& options = {});
Output tanh(const Input& x, const Name& options = {});

// Complex numbers: a real tensor is its own real part, has no imaginary one, and the angle 0 or pi.
Output real(const Input& input, const Name& options = {});
Output imag(const Input& input, const Name& options = {});
Output angle(const Input& input, const Name& options = {});
// `real` and `imag` are both float32 or both float64.
Output complex(const Input& real, const Input& imag, const Name& options = {});

namespace bitwise {
Output invert(const Input& x, const Name& options = {});  // integers: every bit
}

// Two inputs of one type, broadcast against each other as numpy does.
Output add(const Input& x, const Input& y, const Name& options = {});
Output atan2(const Input& y, const Input& x, const Name& options = {});
Output maximum(const Input& x, const Input& y, const Name& options = {});
Output minimum(const Input& x, const Input& y, const Name& options = {});
Output multiply(const Input& x, const Input& y, const Name& options = {});
Output pow(const Input& x, const Input& y, const Name& options = {});
Output squared_difference(const Input& x, const Input& y, const Name& options = {});
Output subtract(const Input& x, const Input& y, const Name& options = {});
// x must be a scalar or literal; it is converted to the type of y.
Output scalar_mul(const Input& scalar, const Input& x, const Name& options = {});

// Division, named as in Python. divide and truediv turn integers into floating point first
// (8 and 16 bits into float32, wider ones into float64); div floors integers; floordiv and mod
// floor, truncatediv and truncatemod round towards zero; realdiv wants floating point.
Output divide(const Input& x, const Input& y, const Name& options = {});
Output truediv(const Input& x, const Input& y, const Name& options = {});
Output div(const Input& x, const Input& y, const Name& options = {});
Output div_no_nan(const Input& x, const Input& y, const Name& options = {});  // x / 0 is 0
Output floordiv(const Input& x, const Input& y, const Name& options = {});
Output floor_div(const Input& x, const Input& y, const Name& options = {});
Output floormod(const Input& x, const Input& y, const Name& options = {});
Output mod(const Input& x, const Input& y, const Name& options = {});
Output realdiv(const Input& x, const Input& y, const Name& options = {});
Output truncatediv(const Input& x, const Input& y, const Name& options = {});
Output truncatemod(const Input& x, const Input& y, const Name& options = {});

// Comparisons and logic; the output is bool.
Output equal(const Input& x, const Input& y, const Name& options = {});
Output not_equal(const Input& x, const Input& y, const Name& options = {});
Output less(const Input& x, const Input& y, const Name& options = {});
Output less_equal(const Input& x, const Input& y, const Name& options = {});
Output greater(const Input& x, const Input& y, const Name& options = {});
Output greater_equal(const Input& x, const Input& y, const Name& options = {});
Output logical_and(const Input& x, const Input& y, const Name& options = {});
Output logical_or(const Input& x, const Input& y, const Name& options = {});
Output logical_xor(const Input& x, const Input& y, const Name& options = {});

// x + 1, 2 * x, -x, x % 3: the nodes are called add, mul, sub, truediv, mod and Neg, as those of
// Python's operators. A literal takes the type of the other side.
Output operator+(const Input& x, const Input& y);
Output operator-(const Input& x, const Input& y);
Output operator*(const Input& x, const Input& y);
Output operator/(const Input& x, const Input& y);
Output operator%(const Input& x, const Input& y);
Output operator-(const Input& x);

// The sum of tensors of one type and shape. Throws ValueError for an empty list.
Output add_n(const std::vector<Input>& inputs, const Name& options = {});
Output accumulate_n(const std::vector<Input>& inputs, const Name& options = {});

// min(max(t, low), high), element by element, low and high broadcast to t.
Output clip_by_value(const Input& t, const Input& clip_value_min, const Input& clip_value_max,
                     const Name& options = {});

struct ClipByNormOptions {
  Input axes = {};  // all
  std::string name = {};
};
// t * clip_norm / max(norm, clip_norm), where `norm` is sqrt(sum(t^2)) along `axes`.
Output clip_by_norm(const Input& t, const Input& clip_norm, const ClipByNormOptions& options = {});

// condition ? x : y. `where` wants equal shapes (or a condition of rank 1 that chooses rows),
// `where_v2` broadcasts all three.
Output where(const Input& condition, const Input& x, const Input& y, const Name& options = {});
Output where_v2(const Input& condition, const Input& x, const Input& y, const Name& options = {});

// The elements as another type; the tensor itself if it has that type already. A name is any that
// TensorFlow takes ("float", "float32", "DT_FLOAT"); TypeError for an unknown one.
Output cast(const Input& x, DType dtype, const Name& options = {});
Output cast(const Input& x, std::string_view dtype, const Name& options = {});
Output to_float(const Input& x, const Name& options = {"ToFloat"});
Output to_double(const Input& x, const Name& options = {"ToDouble"});
Output to_int32(const Input& x, const Name& options = {"ToInt32"});
Output to_int64(const Input& x, const Name& options = {"ToInt64"});
Output to_bfloat16(const Input& x, const Name& options = {"ToBFloat16"});

// Keeps {0, 1} from being taken for options: lists of axes are given by name.
class ByNameOnly {
 public:
  explicit ByNameOnly() = default;
};

struct ReduceOptions {
  ByNameOnly by_name_only{};
  Input axis = {};  // an int, a list, a tensor; none: all dimensions
  bool keepdims = false;
  std::string name = {};
  Input reduction_indices = {};  // the older name of axis
  bool keep_dims = false;        // the older name of keepdims
};

// Reductions over some dimensions, or all: tf::reduce_sum(x), tf::reduce_sum(x, 1),
// tf::reduce_sum(x, 1, {.keepdims = true}), tf::reduce_sum(x, {.axis = {0, 1}}). A negative axis
// counts from the end. (A template, so that compilers do not take options for a list of axes.)
#define TENSORKEEP_DECLARE_REDUCTION(function)                                 \
  Output function(const Input& x, const ReduceOptions& options = {});          \
  template <std::convertible_to<Input> T>                                      \
  Output function(const Input& x, const T& axis, ReduceOptions options = {}) { \
    options.axis = axis;                                                       \
    return function(x, options);                                               \
  }

TENSORKEEP_DECLARE_REDUCTION(reduce_sum)
TENSORKEEP_DECLARE_REDUCTION(reduce_mean)
TENSORKEEP_DECLARE_REDUCTION(reduce_prod)
TENSORKEEP_DECLARE_REDUCTION(reduce_max)
TENSORKEEP_DECLARE_REDUCTION(reduce_min)
TENSORKEEP_DECLARE_REDUCTION(reduce_any)
TENSORKEEP_DECLARE_REDUCTION(reduce_all)
TENSORKEEP_DECLARE_REDUCTION(reduce_logsumexp)
#undef TENSORKEEP_DECLARE_REDUCTION

struct ArgOptions {
  DType output_type = int64;
  std::string name = {};
};

// The index of the largest or smallest element along one dimension, the first of equal ones.
Output argmax(const Input& input, const Input& axis = 0, const ArgOptions& options = {});
Output argmin(const Input& input, const Input& axis = 0, const ArgOptions& options = {});
Output arg_max(const Input& input, const Input& dimension, const ArgOptions& options = {});
Output arg_min(const Input& input, const Input& dimension, const ArgOptions& options = {});

struct MatMulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
  bool adjoint_a = false;
  bool adjoint_b = false;
  std::string name = {};
};

// Matrix product of [..., m, k] and [..., k, n]; above rank 2 the leading dimensions broadcast.
// Throws ValueError if both transpose and adjoint are asked for on one side.
Output matmul(const Input& a, const Input& b, const MatMulOptions& options = {});

struct CumulativeOptions {
  bool exclusive = false;  // leave out the element itself
  bool reverse = false;    // from the end
  std::string name = {};
};

// Running sums and products along one dimension.
Output cumsum(const Input& x, const Input& axis = 0, const CumulativeOptions& options = {});
Output cumprod(const Input& x, const Input& axis = 0, const CumulativeOptions& options = {});

struct RangeOptions {
  std::optional<DType> dtype = std::nullopt;
  std::string name = "range";
};

struct LinspaceOptions {
  int axis = 0;
  std::string name = {};
};

// `num` numbers from `start` to `stop`, both included, along a new dimension at `axis`.
Output linspace(const Input& start, const Input& stop, const Input& num,
                const LinspaceOptions& options = {});

// start, start + delta, ... as far as below limit.
Output range(const Input& limit, const RangeOptions& options = {});
Output range(const Input& start, const Input& limit, const RangeOptions& options = {});
Output range(const Input& start, const Input& limit, const Input& delta,
             const RangeOptions& options = {});

// Row i of the output is the sum of the rows whose segment id is i. Sorted ids, or any ids with the
// number of segments given (then negative ids are left out).
Output segment_sum(const Input& data, const Input& segment_ids, const Name& options = {});
Output unsorted_segment_sum(const Input& data, const Input& segment_ids, const Input& num_segments,
                            const Name& options = {});

}  // namespace tensorkeep
