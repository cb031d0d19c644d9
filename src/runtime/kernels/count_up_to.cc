#include <fmt/format.h>

#include "runtime/kernels/families.h"
#include "runtime/kernels/scalar_functions.h"
#include "runtime/kernels/variable_access.h"
#include "tensorkeep/errors.h"

// A variable that counts: each run gives its value and adds one, up to a limit.
namespace tensorkeep::runtime {
namespace {

template <typename T>
Kernel count_up_to(const Operation& op) {
  return [limit = op.attr_int("limit")](KernelContext& c) {
    LockedVariables variables(c, {0});
    Tensor& variable = variables[0];
    if (variable.dtype() != c.op().output_dtype(0)) {
      c.fail(fmt::format("Trying to read variable with wrong dtype. Expected {} got {}",
                         op_name_of(c.op().output_dtype(0)), op_name_of(variable.dtype())));
    }
    if (variable.shape().rank() != 0) {
      c.fail("input is not a scalar: " + variable.shape().debug_string());
    }
    const T value = variable.data<T>()[0];
    if (value >= limit) {
      throw errors::OutOfRangeError(fmt::format("Reached limit of {}", limit),
                                    {.node = c.op().name()});
    }
    c.allocate_output(0, Shape()).template mutable_data<T>()[0] = value;
    variable.mutable_data<T>()[0] = scalar::Add::apply(value, T(1));
  };
}

Kernel make_count_up_to(const Operation& op) {
  return dispatch<std::int32_t, std::int64_t>(
      op, base_dtype(op.output_dtype(0)),
      [&]<typename T>(T) -> Kernel { return count_up_to<T>(op); });
}

}  // namespace

void register_count_up_to_kernels(KernelRegistry& registry) {
  registry.add("CountUpTo", make_count_up_to);
  registry.add("ResourceCountUpTo", make_count_up_to);
}

}  // namespace tensorkeep::runtime
