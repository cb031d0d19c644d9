#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/families.h"
#include "runtime/kernels/variable_access.h"
#include "runtime/simd/loops.h"

// The optimizers' updates, in place on the variables' memory.
namespace tensorkeep::runtime {
namespace {

void check_scalar(KernelContext& c, int input, const char* what) {
  if (c.input_shape(input).rank() == 0) return;
  c.fail(fmt::format("{} is not a scalar: {}", what, c.input_shape(input).debug_string()));
}

void check_same_shape(KernelContext& c, const Shape& var, const char* what, const Shape& other) {
  if (var == other) return;
  c.fail(fmt::format("var and {} do not have the same shape{} {}", what, var.debug_string(),
                     other.debug_string()));
}

template <typename T>
T scalar(KernelContext& c, int input) {
  return c.input(input).data<T>()[0];
}

// Inputs: var, alpha, delta.
template <typename T>
void gradient_descent(KernelContext& c) {
  check_scalar(c, 1, "alpha");
  {
    LockedVariables variables(c, {0});
    check_same_shape(c, variables[0].shape(), "delta", c.input_shape(2));
    const auto var = variables[0].mutable_data<T>();
    simd::loops_of<T>().apply_gradient_descent(var.data(), scalar<T>(c, 1),
                                               c.input(2).data<T>().data(), std::ssize(var));
  }
  forward_reference(c);
}

// Inputs: var, accum, lr, grad, momentum.
template <typename T>
void momentum(KernelContext& c) {
  check_scalar(c, 2, "lr");
  check_scalar(c, 4, "momentum");
  {
    LockedVariables variables(c, {0, 1});
    check_same_shape(c, variables[0].shape(), "accum", variables[1].shape());
    check_same_shape(c, variables[0].shape(), "grad", c.input_shape(3));
    const auto var = variables[0].mutable_data<T>();
    T* const accum = variables[1].mutable_data<T>().data();
    simd::loops_of<T>().apply_momentum(var.data(), accum, scalar<T>(c, 2),
                                       c.input(3).data<T>().data(), scalar<T>(c, 4),
                                       c.op().attr_bool("use_nesterov"), std::ssize(var));
  }
  forward_reference(c);
}

// Inputs: var, accum, lr, grad, indices, momentum.
template <typename T>
void sparse_momentum(KernelContext& c) {
  check_scalar(c, 2, "lr");
  check_scalar(c, 5, "momentum");
  const Tensor& grad = c.input(3);
  const Tensor& indices = c.input(4);
  {
    LockedVariables variables(c, {0, 1});
    const Shape shape = variables[0].shape();
    check_same_shape(c, shape, "accum", variables[1].shape());
    if (shape.rank() < 1) c.fail("var must be at least 1 dimensional");
    if (indices.shape().rank() != 1) c.fail("indices must be one-dimensional");
    const Shape row(std::vector<std::int64_t>(shape.dims().begin() + 1, shape.dims().end()));
    if (grad.shape() != indices.shape().concatenate(row)) {
      c.fail(fmt::format("grad must have shape {} for indices {} of var {}, got {}",
                         indices.shape().concatenate(row).debug_string(),
                         indices.shape().debug_string(), shape.debug_string(),
                         grad.shape().debug_string()));
    }
    const auto row_of = [&](std::size_t i) -> std::int64_t {
      return indices.dtype() == int32 ? indices.data<std::int32_t>()[i]
                                      : indices.data<std::int64_t>()[i];
    };
    const auto count = static_cast<std::size_t>(indices.num_elements());
    for (std::size_t i = 0; i < count; ++i) {
      if (row_of(i) >= 0 && row_of(i) < shape.dim(0)) continue;
      c.fail(fmt::format("Index {} at offset {} in indices is out of range", row_of(i), i));
    }
    const auto width = static_cast<std::size_t>(row.num_elements());
    T* const var = variables[0].mutable_data<T>().data();
    T* const accum = variables[1].mutable_data<T>().data();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = static_cast<std::size_t>(row_of(i)) * width;
      simd::loops_of<T>().apply_momentum(
          var + at, accum + at, scalar<T>(c, 2), grad.data<T>().data() + i * width, scalar<T>(c, 5),
          c.op().attr_bool("use_nesterov"), static_cast<std::int64_t>(width));
    }
  }
  forward_reference(c);
}

// Inputs: var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad.
template <typename T>
void adam(KernelContext& c) {
  constexpr const char* kScalars[] = {"beta1_power", "beta2_power", "lr",
                                      "beta1",       "beta2",       "epsilon"};
  for (int i = 0; i < 6; ++i) check_scalar(c, 3 + i, kScalars[i]);
  {
    LockedVariables variables(c, {0, 1, 2});
    const Shape shape = variables[0].shape();
    check_same_shape(c, shape, "m", variables[1].shape());
    check_same_shape(c, shape, "v", variables[2].shape());
    check_same_shape(c, shape, "grad", c.input_shape(9));
    const T one = T(1);
    const T rate = scalar<T>(c, 5) * std::sqrt(one - scalar<T>(c, 4)) / (one - scalar<T>(c, 3));
    const auto var = variables[0].mutable_data<T>();
    simd::loops_of<T>().apply_adam(var.data(), variables[1].mutable_data<T>().data(),
                                   variables[2].mutable_data<T>().data(), rate, scalar<T>(c, 6),
                                   scalar<T>(c, 7), scalar<T>(c, 8), c.input(9).data<T>().data(),
                                   c.op().attr_bool("use_nesterov"), std::ssize(var));
  }
  forward_reference(c);
}

// For float and double.
template <void (*kFloat)(KernelContext&), void (*kDouble)(KernelContext&)>
Kernel for_type(const Operation& op) {
  return dispatch<float, double>(op, op.attr_dtype("T"), []<typename T>(T) -> Kernel {
    return std::is_same_v<T, float> ? kFloat : kDouble;
  });
}

}  // namespace

void register_training_kernels(KernelRegistry& registry) {
  for (const std::string prefix : {"", "Resource"}) {
    registry.add(prefix + "ApplyGradientDescent",
                 for_type<gradient_descent<float>, gradient_descent<double>>);
    registry.add(prefix + "ApplyMomentum", for_type<momentum<float>, momentum<double>>);
    registry.add(prefix + "SparseApplyMomentum",
                 for_type<sparse_momentum<float>, sparse_momentum<double>>);
    registry.add(prefix + "ApplyAdam", for_type<adam<float>, adam<double>>);
  }
}

}  // namespace tensorkeep::runtime
