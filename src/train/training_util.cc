#include "tensorkeep/training_util.h"

#include "ops/variable_store.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/initializers.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::train {
namespace {

void check_global_step(const Variable& step) {
  if (!is_integer(step.dtype())) {
    const DType shown = step.is_resource() ? step.dtype() : ref_dtype(step.dtype());
    errors::raise_type_error(
        "Existing \"global_step\" does not have integer type: " + ops::dtype_repr(shown),
        {.node = step.op().name()});
  }
  const Shape shape = step.shape();
  if (shape.fully_defined() && shape.rank() != 0) {
    errors::raise_type_error("Existing \"global_step\" is not scalar: " + shape.to_string(),
                             {.node = step.op().name()});
  }
}

template <typename F>
Variable find_variable(const Graph& graph, F&& is_meant) {
  for (const CollectionItem& item : graph.get_collection(GraphKeys::GLOBAL_VARIABLES)) {
    Variable variable = Variable::from_collection_item(item);
    if (variable && is_meant(variable)) return variable;
  }
  return Variable();
}

// The item may be the variable's own tensor.
Variable variable_of(const Graph& graph, const CollectionItem& item) {
  Variable variable = Variable::from_collection_item(item);
  if (const auto* tensor = std::get_if<Output>(&item)) {
    variable = find_variable(
        graph, [&](const Variable& each) { return &each.op() == tensor->op_or_null(); });
  }
  if (!variable) errors::raise_type_error("Existing \"global_step\" must be a Variable.");
  return variable;
}

Variable variable_by_name(const Graph& graph) {
  return find_variable(
      graph, [](const Variable& each) { return each.op().name() == GraphKeys::GLOBAL_STEP; });
}

}  // namespace

Variable get_global_step(Graph& graph) {
  const auto& steps = graph.get_collection(GraphKeys::GLOBAL_STEP);
  if (steps.size() > 1) return Variable();
  Variable step = steps.empty() ? variable_by_name(graph) : variable_of(graph, steps.front());
  if (step) check_global_step(step);
  return step;
}

Variable create_global_step(Graph& graph) {
  if (get_global_step(graph)) errors::raise_value_error("\"global_step\" already exists.");
  const auto as_default = graph.as_default();
  const NameScope root(graph, "");
  return get_variable(GraphKeys::GLOBAL_STEP,
                      {.shape = Shape(),
                       .dtype = int64,
                       .initializer = zeros_initializer(),
                       .trainable = false,
                       .collections = {{GraphKeys::GLOBAL_VARIABLES, GraphKeys::GLOBAL_STEP}},
                       .aggregation = VariableAggregation::kOnlyFirstReplica});
}

Variable get_or_create_global_step(Graph& graph) {
  Variable step = get_global_step(graph);
  return step ? step : create_global_step(graph);
}

std::int64_t global_step(Session& session, const Fetch& global_step_tensor) {
  return GlobalStep(global_step_tensor).evaluate(session);
}

}  // namespace tensorkeep::train
