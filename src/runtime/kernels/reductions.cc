#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

using simd::Reduction;

struct And {
  static bool apply(bool a, bool b) { return a && b; }
};
struct Or {
  static bool apply(bool a, bool b) { return a || b; }
};

// How one type is reduced: contiguous elements to one, and element by element onto a row.
template <typename T>
struct Reducer {
  T (*along)(const T* x, std::int64_t n);
  void (*onto)(const T* a, const T* b, T* y, std::int64_t n);
  T (*combine)(T a, T b);
  T identity;
};

template <typename F, typename T>
T combine_values(T a, T b) {
  return F::apply(a, b);
}
template <typename F, typename T>
T reduce_along(const T* x, std::int64_t n) {
  T result = x[0];
  for (std::int64_t i = 1; i < n; ++i) result = F::apply(result, x[i]);
  return result;
}
template <typename F, typename T>
void reduce_onto(const T* a, const T* b, T* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::apply(a[i], b[i]);
}
template <typename F, typename T>
Reducer<T> plain_reducer(T identity) {
  return {reduce_along<F, T>, reduce_onto<F, T>, combine_values<F, T>, identity};
}

struct FloatMaximum {  // NaN wins
  template <typename T>
  static T apply(T a, T b) {
    return a != a ? a : (a < b || b != b ? b : a);
  }
};
struct FloatMinimum {
  template <typename T>
  static T apply(T a, T b) {
    return a != a ? a : (b < a || b != b ? b : a);
  }
};

template <typename T>
Reducer<T> find_reducer(Reduction reduction) {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>) {
    const simd::Loops<T>& loops = simd::loops_of<T>();
    const auto onto = [&loops](simd::Binary op) {
      return loops.binary[op][simd::Operands::kBothVary];
    };
    switch (reduction) {
      case Reduction::kSum:
        return {loops.reduce[reduction], onto(simd::Binary::kAdd), combine_values<scalar::Add, T>,
                T(0)};
      case Reduction::kProd:
        return {loops.reduce[reduction], onto(simd::Binary::kMul), combine_values<scalar::Mul, T>,
                T(1)};
      case Reduction::kMax:
        return {loops.reduce[reduction], onto(simd::Binary::kMaximum),
                combine_values<FloatMaximum, T>, -Limits::infinity()};
      default:
        return {loops.reduce[reduction], onto(simd::Binary::kMinimum),
                combine_values<FloatMinimum, T>, Limits::infinity()};
    }
  } else if constexpr (scalar::is_complex<T>) {
    if (reduction == Reduction::kSum) return plain_reducer<scalar::Add, T>(T(0));
    if (reduction == Reduction::kProd) return plain_reducer<scalar::Mul, T>(T(1));
    return {};
  } else {
    switch (reduction) {
      case Reduction::kSum:
        return plain_reducer<scalar::Add, T>(T(0));
      case Reduction::kProd:
        return plain_reducer<scalar::Mul, T>(T(1));
      case Reduction::kMax:
        return plain_reducer<scalar::Maximum, T>(Limits::lowest());
      default:
        return plain_reducer<scalar::Minimum, T>(Limits::max());
    }
  }
}

// The dimensions with neighbours of one kind merged, the outermost first.
struct Dim {
  std::int64_t size;
  bool reduced;
  std::int64_t step_in;
  std::int64_t step_out;  // 0 where reduced
};

std::vector<Dim> merge_dims(const Shape& shape, const std::vector<bool>& reduced) {
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    const std::int64_t size = shape.dims()[i];
    if (size == 1) continue;
    if (!dims.empty() && dims.back().reduced == reduced[i]) {
      dims.back().size *= size;
    } else {
      dims.push_back({size, reduced[i], 0, 0});
    }
  }
  std::int64_t in = 1;
  std::int64_t out = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    dims[i].step_in = in;
    in *= dims[i].size;
    if (dims[i].reduced) continue;
    dims[i].step_out = out;
    out *= dims[i].size;
  }
  return dims;
}

template <typename T>
void reduce_dims(const Reducer<T>& reducer, std::span<const Dim> dims, const T* x, T* y) {
  if (dims.empty()) {
    *y = reducer.combine(*y, *x);
    return;
  }
  const Dim& dim = dims.front();
  if (dims.size() == 1 && dim.reduced) {
    *y = reducer.combine(*y, reducer.along(x, dim.size));
  } else if (dims.size() == 1) {
    reducer.onto(y, x, y, dim.size);
  } else {
    for (std::int64_t i = 0; i < dim.size; ++i) {
      reduce_dims(reducer, dims.subspan(1), x + i * dim.step_in, y + i * dim.step_out);
    }
  }
}

template <typename T>
void reduce(const Reducer<T>& reducer, const std::vector<bool>& reduced, bool mean,
            const Tensor& input, Tensor& output) {
  const auto y = output.mutable_data<T>();
  std::fill(y.begin(), y.end(), reducer.identity);
  if (input.num_elements() > 0) {
    const auto dims = merge_dims(input.shape(), reduced);
    reduce_dims<T>(reducer, dims, input.data<T>().data(), y.data());
  }
  if constexpr (!std::is_same_v<T, bool>) {
    if (!mean || y.empty()) return;
    // Of nothing: NaN, or 0 for integers.
    const std::int64_t count = input.num_elements() / static_cast<std::int64_t>(y.size());
    if constexpr (std::is_integral_v<T>) {
      if (static_cast<T>(count) == 0) return;
      for (T& value : y) value = scalar::TruncateDiv::apply(value, static_cast<T>(count));
    } else {
      for (T& value : y) value /= static_cast<T>(static_cast<double>(count));
    }
  }
}

template <typename T>
Kernel reduction_kernel(const Reducer<T>& reducer, bool keep_dims, bool mean) {
  return [=](KernelContext& c) {
    const auto reduced = reduced_axes(c, c.input(1), c.input_shape(0).rank());
    Tensor& output = c.allocate_output(0, reduced_shape(c.input_shape(0), reduced, keep_dims));
    compute_wide([&](const Tensor& x, Tensor& y) { reduce<T>(reducer, reduced, mean, x, y); },
                 output, c.input(0));
  };
}

template <Reduction kReduction, bool kMean = false>
Kernel make_reduction(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  const DType computed = is_narrow_float(dtype) ? DType::kFloat32 : dtype;
  const bool keep_dims = op.attr_bool("keep_dims");
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, std::complex<float>,
                  std::complex<double>>(op, computed, [&](auto zero) -> Kernel {
    using T = decltype(zero);
    const Reducer<T> reducer = find_reducer<T>(kReduction);
    if (reducer.along == nullptr) {
      throw errors::UnimplementedError(
          "no kernel of operation '" + op.type() + "' for type " + name_of(dtype),
          {.node = op.name()});
    }
    return reduction_kernel<T>(reducer, keep_dims, kMean);
  });
}

template <typename T>
Tensor squares_of(const Tensor& x) {
  Tensor squares(x.dtype(), x.shape());
  const auto from = x.data<T>();
  std::transform(from.begin(), from.end(), squares.mutable_data<T>().begin(),
                 [](T value) { return value * value; });
  return squares;
}

Kernel make_euclidean_norm(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype,
      [keep_dims = op.attr_bool("keep_dims")]<typename T>(T) -> Kernel {
        return [=](KernelContext& c) {
          const auto reduced = reduced_axes(c, c.input(1), c.input_shape(0).rank());
          Tensor& output =
              c.allocate_output(0, reduced_shape(c.input_shape(0), reduced, keep_dims));
          compute_wide(
              [&](const Tensor& x, Tensor& y) {
                reduce<T>(find_reducer<T>(Reduction::kSum), reduced, false, squares_of<T>(x), y);
                for (T& value : y.mutable_data<T>()) value = std::sqrt(value);
              },
              output, c.input(0));
        };
      });
}

template <typename F, bool kIdentity>
Kernel make_logical_reduction(const Operation& op) {
  return reduction_kernel<bool>(plain_reducer<F, bool>(kIdentity), op.attr_bool("keep_dims"),
                                false);
}

}  // namespace

void register_reduction_kernels(KernelRegistry& registry) {
  registry.add("Sum", make_reduction<Reduction::kSum>);
  registry.add("Mean", make_reduction<Reduction::kSum, true>);
  registry.add("EuclideanNorm", make_euclidean_norm);
  registry.add("Prod", make_reduction<Reduction::kProd>);
  registry.add("Max", make_reduction<Reduction::kMax>);
  registry.add("Min", make_reduction<Reduction::kMin>);
  registry.add("All", make_logical_reduction<And, true>);
  registry.add("Any", make_logical_reduction<Or, false>);
}

}  // namespace tensorkeep::runtime
