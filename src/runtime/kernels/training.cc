#include <fmt/format.h>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/variable_access.h"
#include "runtime/simd/loops.h"

// The optimizers' updates, in place on the variables' memory: of all elements, or of the rows that
// `indices` names.
namespace tensorkeep::runtime {
namespace {

using simd::Update;

// Which inputs of an operation are what, by their names in its definition.
struct Arguments {
  std::vector<int> variables;  // the trained one first
  std::vector<int> scalars;
  int gradient = -1;
  int indices = -1;
};

Arguments arguments_of(const proto::OpDef& def) {
  Arguments found;
  for (int i = 0; i < def.input_arg_size(); ++i) {
    const auto& arg = def.input_arg(i);
    if (arg.is_ref() || arg.type() == proto::DT_RESOURCE) {
      found.variables.push_back(i);
    } else if (arg.name() == "grad" || arg.name() == "delta") {
      found.gradient = i;
    } else if (arg.name() == "indices") {
      found.indices = i;
    } else {
      found.scalars.push_back(i);
    }
  }
  return found;
}

const char* name_of_input(const KernelContext& c, int input) {
  return c.op().op_def().input_arg(input).name().c_str();
}

void check_same_shape(KernelContext& c, const Shape& var, int input, const Shape& other) {
  if (var == other) return;
  c.fail(fmt::format("var and {} do not have the same shape{} {}", name_of_input(c, input),
                     var.debug_string(), other.debug_string()));
}

template <typename T>
std::vector<T> scalars_of(KernelContext& c, const Arguments& arguments) {
  std::vector<T> scalars;
  for (const int input : arguments.scalars) {
    if (c.input_shape(input).rank() != 0) {
      c.fail(fmt::format("{} is not a scalar: {}", name_of_input(c, input),
                         c.input_shape(input).debug_string()));
    }
    const Tensor& scalar = c.input(input);
    scalars.push_back(scalar.dtype() == DType::kInt64 ? static_cast<T>(scalar.value<std::int64_t>())
                                                      : scalar.value<T>());
  }
  return scalars;
}

// The rows of the variable that a sparse gradient has values for.
std::vector<std::int64_t> rows_of(KernelContext& c, const Arguments& arguments,
                                  const Shape& shape) {
  if (shape.rank() < 1) c.fail("var must be at least 1 dimensional");
  const Shape& count = c.input_shape(arguments.indices);
  if (count.rank() != 1) c.fail("indices must be one-dimensional");
  const Shape row(std::vector<std::int64_t>(shape.dims().begin() + 1, shape.dims().end()));
  const Shape& gradient = c.input_shape(arguments.gradient);
  if (gradient != count.concatenate(row)) {
    c.fail(fmt::format("grad must have shape {} for indices {} of var {}, got {}",
                       count.concatenate(row).debug_string(), count.debug_string(),
                       shape.debug_string(), gradient.debug_string()));
  }
  std::vector<std::int64_t> rows = integers(c, arguments.indices);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= 0 && rows[i] < shape.dim(0)) continue;
    c.fail(fmt::format("Index {} at offset {} in indices is out of range", rows[i], i));
  }
  return rows;
}

template <typename T>
void apply(KernelContext& c, const Arguments& arguments, Update update) {
  const std::vector<T> scalars = scalars_of<T>(c, arguments);
  const auto loop = simd::loops_of<T>().update[update];
  const Tensor& gradient = c.input(arguments.gradient);
  {
    LockedVariables variables(c, arguments.variables);
    const Shape shape = variables[0].shape();
    for (std::size_t i = 1; i < arguments.variables.size(); ++i) {
      check_same_shape(c, shape, arguments.variables[i], variables[i].shape());
    }
    std::vector<std::int64_t> rows = {0};
    std::int64_t width = shape.num_elements();
    if (arguments.indices >= 0) {
      rows = rows_of(c, arguments, shape);
      if (rows.empty()) return forward_reference(c);
      width /= shape.dim(0);
    } else {
      check_same_shape(c, shape, arguments.gradient, gradient.shape());
    }
    std::vector<T*> whole;
    for (std::size_t i = 0; i < arguments.variables.size(); ++i) {
      whole.push_back(variables[i].mutable_data<T>().data());
    }
    std::vector<T*> at(whole.size());
    const T* from = gradient.data<T>().data();
    for (const std::int64_t row : rows) {
      for (std::size_t i = 0; i < at.size(); ++i) at[i] = whole[i] + row * width;
      loop(at.data(), scalars.data(), from, width);
      from += width;
    }
  }
  forward_reference(c);
}

Kernel make_update(const Operation& op, Update update) {
  const Arguments arguments = arguments_of(op.op_def());
  return dispatch<float, double>(op, op.attr_dtype("T"), [&](auto zero) -> Kernel {
    using T = decltype(zero);
    return [arguments, update](KernelContext& c) { apply<T>(c, arguments, update); };
  });
}

template <Update kUpdate>
Kernel plain(const Operation& op) {
  return make_update(op, kUpdate);
}
template <Update kUpdate, Update kNesterov>
Kernel with_nesterov(const Operation& op) {
  return make_update(op, op.attr_bool("use_nesterov") ? kNesterov : kUpdate);
}
Kernel make_adagrad(const Operation& op) {
  return make_update(op,
                     op.attr_bool("update_slots") ? Update::kAdagrad : Update::kAdagradFrozenSlot);
}
template <Update kUpdate>
Kernel make_ftrl(const Operation& op) {
  if (op.has_attr("multiply_linear_by_lr") && op.attr_bool("multiply_linear_by_lr")) {
    throw errors::UnimplementedError("multiply_linear_by_lr is not there", {.node = op.name()});
  }
  return make_update(op, kUpdate);
}

struct Row {
  const char* name;
  KernelFactory make;
  bool sparse_too;
};
constexpr Row kRows[] = {
    {"ApplyGradientDescent", plain<Update::kGradientDescent>, false},
    {"ApplyMomentum", with_nesterov<Update::kMomentum, Update::kNesterovMomentum>, true},
    {"ApplyAdam", with_nesterov<Update::kAdam, Update::kNesterovAdam>, false},
    {"ApplyRMSProp", plain<Update::kRmsProp>, true},
    {"ApplyCenteredRMSProp", plain<Update::kCenteredRmsProp>, true},
    {"ApplyAdagrad", make_adagrad, true},
    {"ApplyAdadelta", plain<Update::kAdadelta>, true},
    {"ApplyFtrl", make_ftrl<Update::kFtrl>, true},
    {"ApplyFtrlV2", make_ftrl<Update::kFtrlV2>, true},
    {"ApplyProximalGradientDescent", plain<Update::kProximalGradientDescent>, true},
    {"ApplyProximalAdagrad", plain<Update::kProximalAdagrad>, true},
    {"ApplyAdagradDA", plain<Update::kAdagradDA>, true},
};

}  // namespace

void register_training_kernels(KernelRegistry& registry) {
  for (const Row& row : kRows) {
    for (const std::string prefix : {"", "Resource"}) {
      registry.add(prefix + row.name, row.make);
      if (row.sparse_too) registry.add(prefix + "Sparse" + row.name, row.make);
    }
  }
}

}  // namespace tensorkeep::runtime
