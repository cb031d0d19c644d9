#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/variable.h"

// Which variables have no value yet.
namespace tensorkeep {

Output report_uninitialized_variables(const std::vector<Variable>& var_list,
                                      const std::string& name) {
  Graph& graph = var_list.empty() ? get_default_graph() : var_list.front().graph();
  const ops::OpScope scope(graph, name, "report_uninitialized_variables");
  std::vector<Input> initialized;
  std::vector<std::string> names;
  for (const Variable& variable : var_list) {
    initialized.emplace_back(variable.is_initialized());
    names.push_back(variable.op().name());
  }
  const DeviceScope on_cpu(graph, "/cpu:0");
  if (var_list.empty()) return constant(Tensor(DType::kString, Shape{0}));
  const Output missing = logical_not(stack(initialized));
  return boolean_mask(constant(names), missing);
}

Output report_uninitialized_variables() {
  std::vector<Variable> all = global_variables();
  for (const Variable& variable : local_variables()) all.push_back(variable);
  return report_uninitialized_variables(all);
}

}  // namespace tensorkeep
