#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/binary_rows.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"

namespace tensorkeep::runtime {
namespace {

using simd::Comparison;

struct Equal {
  template <typename T>
  static bool apply(const T& a, const T& b) {
    return a == b;
  }
};
struct NotEqual {
  template <typename T>
  static bool apply(const T& a, const T& b) {
    return a != b;
  }
};
struct Less {
  template <typename T>
  static bool apply(const T& a, const T& b) {
    return a < b;
  }
};
struct LessEqual {
  template <typename T>
  static bool apply(const T& a, const T& b) {
    return a <= b;
  }
};
struct And {
  static bool apply(bool a, bool b) { return a && b; }
};
struct Or {
  static bool apply(bool a, bool b) { return a || b; }
};

struct Row {
  const char* name;
  Comparison comparison;
};

constexpr Row kRows[] = {
    {"Equal", Comparison::kEqual},     {"NotEqual", Comparison::kNotEqual},
    {"Less", Comparison::kLess},       {"LessEqual", Comparison::kLessEqual},
    {"Greater", Comparison::kGreater}, {"GreaterEqual", Comparison::kGreaterEqual},
};

// The loops, and whether the operands have to change places (a > b is b < a).
template <typename T>
struct Loops {
  RowLoops<T, bool> rows = {};
  bool swapped = false;
};

template <typename T>
Loops<T> find_loops(Comparison comparison) {
  if constexpr (std::is_floating_point_v<T>) {
    return {simd::loops_of<T>().compare[comparison], false};
  } else {
    if (comparison == Comparison::kEqual) return {plain_rows<Equal, T, bool>(), false};
    if (comparison == Comparison::kNotEqual) return {plain_rows<NotEqual, T, bool>(), false};
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const bool swapped =
          comparison == Comparison::kGreater || comparison == Comparison::kGreaterEqual;
      const bool or_equal =
          comparison == Comparison::kLessEqual || comparison == Comparison::kGreaterEqual;
      return {or_equal ? plain_rows<LessEqual, T, bool>() : plain_rows<Less, T, bool>(), swapped};
    }
    return {};
  }
}

Kernel make_comparison(const Operation& op) {
  const Row& row = *std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& r) { return op.type() == r.name; });
  const DType dtype = base_dtype(op.input(0).dtype());
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  // Equal and NotEqual of shapes that do not fit are a plain false and true where this is unset.
  const bool must_fit =
      !op.has_attr("incompatible_shape_error") || op.attr_bool("incompatible_shape_error");
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool, std::string,
                  std::complex<float>, std::complex<double>>(
      op, computed, [&](auto zero) -> Kernel {
        using T = decltype(zero);
        const Loops<T> loops = find_loops<T>(row.comparison);
        if (loops.rows[simd::Operands::kBothVary] == nullptr) {
          throw errors::UnimplementedError(
              "no kernel of operation '" + op.type() + "' for type " + name_of(dtype),
              {.node = op.name()});
        }
        return [loops, must_fit, &row](KernelContext& c) {
          const Tensor a = widen(c.input(loops.swapped ? 1 : 0));
          const Tensor b = widen(c.input(loops.swapped ? 0 : 1));
          const auto broadcast = Broadcast::of(a.shape(), b.shape());
          if (!broadcast && !must_fit) {
            c.set_output(0, Tensor::scalar(row.comparison == Comparison::kNotEqual));
            return;
          }
          if (!broadcast) {
            c.fail(fmt::format("Incompatible shapes: {} vs. {}", c.input_shape(0).debug_string(),
                               c.input_shape(1).debug_string()));
          }
          Tensor& output = c.allocate_output(0, broadcast->shape());
          apply_rows<T, bool>(*broadcast, loops.rows, a, b, output);
        };
      });
}

template <typename F>
void logical(KernelContext& c) {
  const auto broadcast = Broadcast::of(c.input_shape(0), c.input_shape(1));
  if (!broadcast) {
    c.fail(fmt::format("Incompatible shapes: {} vs. {}", c.input_shape(0).debug_string(),
                       c.input_shape(1).debug_string()));
  }
  Tensor& output = c.forward_or_allocate({0, 1}, 0, broadcast->shape());
  apply_rows<bool, bool>(*broadcast, plain_rows<F, bool, bool>(), c.input(0), c.input(1), output);
}

Kernel make_approximate_equal(const Operation& op) {
  const float tolerance = op.attr_float("tolerance");
  const DType dtype = base_dtype(op.input(0).dtype());
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  return dispatch<float, double>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [tolerance](KernelContext& c) {
      const Tensor a = widen(c.input(0));
      const Tensor b = widen(c.input(1));
      if (a.shape() != b.shape()) {
        c.fail(fmt::format("x and y must be of the same shape. x shape: {}. y shape: {}",
                           a.shape().debug_string(), b.shape().debug_string()));
      }
      const auto x = a.data<T>();
      const auto y = b.data<T>();
      const auto out = c.allocate_output(0, a.shape()).template mutable_data<bool>();
      for (std::size_t i = 0; i < x.size(); ++i) {
        out[i] = std::abs(x[i] - y[i]) < static_cast<T>(tolerance);
      }
    };
  });
}

}  // namespace

void register_comparison_kernels(KernelRegistry& registry) {
  for (const Row& row : kRows) registry.add(row.name, make_comparison);
  registry.add("ApproximateEqual", make_approximate_equal);
  registry.add_function("LogicalAnd", logical<And>);
  registry.add_function("LogicalOr", logical<Or>);
}

}  // namespace tensorkeep::runtime
