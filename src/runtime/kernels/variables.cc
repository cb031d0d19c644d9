#include <fmt/format.h>

#include "runtime/kernels/families.h"
#include "runtime/kernels/variable_access.h"
#include "runtime/resource_manager.h"
#include "runtime/simd/loops.h"
#include "tensorkeep/errors.h"

// Variables of both kinds: where they live, reading, assigning.
namespace tensorkeep::runtime {
namespace {

std::string resource_name(const Operation& op) {
  const std::string& shared = op.attr_string("shared_name");
  return shared.empty() ? op.name() : shared;
}

template <bool kIsReference>
Kernel variable(const Operation& op) {
  return [container = op.attr_string("container"), name = resource_name(op),
          dtype = op.attr_dtype("dtype")](KernelContext& c) {
    Value value;
    value.resource = c.resources().variable(container, name, dtype);
    value.is_ref = kIsReference;
    c.set_output(0, std::move(value));
  };
}

void is_initialized(KernelContext& c) {
  c.set_output(0, Tensor::scalar(c.variable(0).initialized()));
}

void read_variable(KernelContext& c) {
  VariableCell& cell = c.variable(0);
  if (!cell.initialized()) fail_uninitialized(c, 0);
  c.set_output(0, cell.read());
}

void variable_shape(KernelContext& c) {
  VariableCell& cell = c.variable(0);
  if (!cell.initialized()) fail_uninitialized(c, 0);
  const Shape shape = cell.read().shape();
  Tensor& out = c.allocate_output(0, Shape{shape.rank()});
  for (std::size_t i = 0; i < shape.dims().size(); ++i) {
    if (out.dtype() == int32) {
      out.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(shape.dims()[i]);
    } else {
      out.mutable_data<std::int64_t>()[i] = shape.dims()[i];
    }
  }
}

Kernel assign(const Operation& op) {
  const bool validate = op.attr_bool("validate_shape");
  return [validate, declared = op.input(0).shape()](KernelContext& c) {
    VariableCell& cell = c.variable(0);
    const Tensor& value = c.input(1);
    const Shape expected = cell.initialized() ? cell.read().shape() : declared;
    if (validate && !expected.compatible_with(value.shape())) {
      c.fail(fmt::format(
          "Assign requires shapes of both tensors to match. lhs shape= {} rhs shape= {}",
          expected.debug_string(), value.shape().debug_string()));
    }
    cell.write(value);
    forward_reference(c);
  };
}

// A value of another shape than the variable's own is refused; TensorFlow lets it pass.
Kernel assign_variable(const Operation& op) {
  const Output handle = op.input(0);
  const auto& data = handle.op().handle_data(handle.index());
  return [dtype = op.attr_dtype("dtype"),
          shape = data ? data->shape : Shape::unknown()](KernelContext& c) {
    VariableCell& cell = c.variable(0);
    const Tensor& value = c.input(1);
    if (cell.dtype() != dtype) {
      c.fail(fmt::format("Trying to assign variable with wrong dtype. Expected {} got {}",
                         op_name_of(cell.dtype()), op_name_of(dtype)));
    }
    if (!shape.compatible_with(value.shape())) {
      c.fail(fmt::format(
          "Trying to assign to variable with tensor with wrong shape. Expected {} got {}",
          shape.debug_string(), value.shape().debug_string()));
    }
    cell.write(value);
  };
}

struct Plus {
  static constexpr simd::Binary kLoop = simd::Binary::kAdd;
  template <typename T>
  static T apply(const T& a, const T& b) {
    if constexpr (requires { a + b; }) {
      return static_cast<T>(a + b);
    } else {
      return T(static_cast<float>(a) + static_cast<float>(b));
    }
  }
};
struct Minus {
  static constexpr simd::Binary kLoop = simd::Binary::kSub;
  template <typename T>
  static T apply(const T& a, const T& b) {
    if constexpr (requires { a - b; }) {
      return static_cast<T>(a - b);
    } else {
      return T(static_cast<float>(a) - static_cast<float>(b));
    }
  }
};

template <typename Op>
Kernel update(const Operation& op) {
  const bool is_resource = op.input(0).dtype() == resource;
  const DType dtype = op.attr_dtype(is_resource ? "dtype" : "T");
  return dispatch<float, double, Half, BFloat16, std::int8_t, std::int16_t, std::int32_t,
                  std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t,
                  std::complex<float>, std::complex<double>>(
      op, dtype, [is_resource]<typename T>(T) -> Kernel {
        return [is_resource](KernelContext& c) {
          const Tensor& delta = c.input(1);
          {
            LockedVariables variables(c, {0});
            Tensor& value = variables[0];
            if (value.shape() != delta.shape()) {
              c.fail(is_resource
                         ? fmt::format("Cannot update variable with shape {} using a Tensor with "
                                       "shape {}, shapes must be equal.",
                                       value.shape().debug_string(), delta.shape().debug_string())
                         : std::string("Parameters and update must be the same size"));
            }
            const auto in = delta.data<T>();
            const auto out = value.mutable_data<T>();
            if constexpr (std::is_floating_point_v<T>) {
              simd::loops_of<T>().binary[Op::kLoop][simd::Operands::kBothVary](
                  out.data(), in.data(), out.data(), std::ssize(out));
            } else {
              for (std::size_t i = 0; i < out.size(); ++i) out[i] = Op::apply(out[i], in[i]);
            }
          }
          forward_reference(c);
        };
      });
}

Kernel destroy(const Operation& op) {
  return [ignore = op.attr_bool("ignore_lookup_error"),
          container = op.input(0).op().has_attr("container")
                          ? op.input(0).op().attr_string("container")
                          : std::string()](KernelContext& c) {
    const std::string name = c.variable(0).name();
    if (c.resources().remove_variable(container, name) || ignore) return;
    throw errors::NotFoundError(fmt::format("Resource {} does not exist.", name),
                                {.node = c.op().name()});
  };
}

}  // namespace

void register_variable_kernels(KernelRegistry& registry) {
  registry.add("Variable", variable<true>);
  registry.add("VariableV2", variable<true>);
  registry.add("VarHandleOp", variable<false>);
  registry.add_function("IsVariableInitialized", is_initialized);
  registry.add_function("VarIsInitializedOp", is_initialized);
  registry.add_function("ReadVariableOp", read_variable);
  registry.add_function("VariableShape", variable_shape);
  registry.add("Assign", assign);
  registry.add("AssignVariableOp", assign_variable);
  registry.add("AssignAdd", update<Plus>);
  registry.add("AssignAddVariableOp", update<Plus>);
  registry.add("AssignSub", update<Minus>);
  registry.add("AssignSubVariableOp", update<Minus>);
  registry.add("DestroyResourceOp", destroy);
}

}  // namespace tensorkeep::runtime
