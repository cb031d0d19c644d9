#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "graph/while_context.h"
#include "ops/op_scope.h"
#include "ops/returned.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"

// tf.while_loop of TensorFlow 1: Enter, Merge, LoopCond, Switch, NextIteration and Exit.
namespace tensorkeep {
namespace {

// Whether `shape` says as much as `other` in everything that `other` says.
bool at_least_as_specific(const Shape& shape, const Shape& other) {
  if (!other.rank_known()) return true;
  if (!shape.rank_known() || shape.rank() != other.rank()) return false;
  for (int i = 0; i < other.rank(); ++i) {
    if (other.dim(i) != None && shape.dim(i) != other.dim(i)) return false;
  }
  return true;
}

Output only_tensor(const Returned& returned) {
  const auto is_bool = [](const Returned::Item& item) {
    return item.op == nullptr && item.value.is_literal() &&
           item.value.literal().to_tensor().dtype() == boolean;
  };
  if (returned.items().size() == 1 && is_bool(returned.items()[0])) {
    errors::raise_type_error(
        "The condition of a while_loop returned a plain bool, which never changes. Between tensors "
        "`a < b` compares handles: write tf::less(a, b). Return tf::constant(true) for a loop that "
        "maximum_iterations alone ends.");
  }
  if (returned.items().size() != 1 || returned.items()[0].op != nullptr) {
    errors::raise_type_error("The condition of a while_loop has to return one boolean scalar.");
  }
  return returned.items()[0].value.to_tensor("");
}

std::vector<Output> tensors_of(const Returned& returned) {
  std::vector<Output> tensors;
  for (const Returned::Item& item : returned.items()) {
    if (item.op != nullptr) {
      errors::raise_type_error(
          fmt::format("The body of a while_loop returns the operation '{}'; it has to return the "
                      "next values of the variables.",
                      item.op->name()));
    }
    tensors.push_back(item.value.to_tensor(""));
  }
  return tensors;
}

class LoopBuilder {
 public:
  LoopBuilder(WhileContext& context, const std::vector<Output>& variables,
              const std::vector<Shape>& invariants)
      : context_(context), graph_(context.graph()) {
    enter(variables, invariants);
    for (const Output& value : context_.loop_enters) {
      merges_.push_back(control_flow::merge({value, value}));
    }
    context_.pivot_for_pred = merges_[0];
  }

  std::vector<Output> build(const LoopFunction& condition, const LoopFunction& body) {
    const Output holds = only_tensor(condition(merges_));
    context_.pivot = OpBuilder("LoopCond", "LoopCond").input(holds).output();
    std::vector<Operation*> forks;
    for (const Output& merge : merges_) {
      forks.push_back(control_flow::switch_ref_or_tensor(merge, context_.pivot));
    }
    std::vector<Output> variables;
    for (Operation* fork : forks) variables.push_back(control_flow::identity(fork->output(1)));
    context_.pivot_for_body = variables[0];
    close(variables, body(variables));
    for (Operation* fork : forks) {
      context_.loop_exits.push_back(control_flow::exit(fork->output(0)));
    }
    context_.exit_result(context_.loop_exits);
    return context_.loop_exits;
  }

 private:
  // The variables come in; what does not change comes in when it is used.
  void enter(const std::vector<Output>& variables, const std::vector<Shape>& invariants) {
    context_.initialize_values(variables);
    std::vector<Output> enters;
    {
      std::vector<Output> outside;
      for (const Output& variable : variables) {
        outside.push_back(context_.outer() ? context_.outer()->add_value(variable) : variable);
      }
      const ControlDependencies none(graph_, {}, /*clears=*/true);
      for (std::size_t i = 0; i < outside.size(); ++i) {
        enters.push_back(enter_variable(outside[i], invariants[i]));
      }
    }
    wait_for_outer_pivot(enters);
    context_.fix_enters(enters);
    context_.initialize_values(enters);
    context_.loop_enters = enters;
  }

  Output enter_variable(const Output& variable, const Shape& invariant) {
    const Output enter =
        context_.enter_value(variable, /*is_constant=*/false, "", /*use_shape=*/false);
    if (!at_least_as_specific(variable.shape(), invariant)) {
      errors::raise_value_error(fmt::format(
          "The shape invariant specified for {} is not compatible with the initial shape of the "
          "loop variable. It enters the loop with shape {}, but the specified shape invariant is "
          "{}.",
          variable.name(), variable.shape().to_string(), invariant.to_string()));
    }
    enter.set_shape(invariant);
    enter.op().prevent_feeding();
    return enter;
  }

  // What never changes in the loop around this one would start this one before its time.
  void wait_for_outer_pivot(const std::vector<Output>& enters) {
    Operation* pivot = nullptr;
    for (const ControlFlowContext* around = context_.outer(); around != nullptr && pivot == nullptr;
         around = around->outer()) {
      pivot = around->control_pivot();
    }
    if (pivot == nullptr) return;
    for (const Output& enter : enters) {
      if (control_flow::is_constant_enter(enter.op().input(0).op())) {
        enter.op().add_control_input(pivot);
      }
    }
  }

  // What the body returned becomes the next iteration's variables.
  void close(const std::vector<Output>& variables, const Returned& returned) {
    const Returned as_list = returned.is_list() ? returned : Returned(returned.items());
    ops::check_same_structure(Returned(variables), as_list, /*unpacks=*/false);
    const std::vector<Output> next = tensors_of(as_list);
    for (std::size_t i = 0; i < next.size(); ++i) close(merges_[i], next[i]);
  }

  static void close(const Output& merge, const Output& value) {
    const Output next = control_flow::next_iteration(value);
    const Output outside = merge.op().input(0).op().input(0);
    if (!at_least_as_specific(next.shape(), merge.shape())) {
      errors::raise_value_error(fmt::format(
          "Input tensor '{}' enters the loop with shape {}, but has shape {} after one iteration. "
          "To allow the shape to vary across iterations, use the `shape_invariants` argument of "
          "tf.while_loop to specify a less-specific shape.",
          outside.name(), outside.shape().to_string(), next.shape().to_string()));
    }
    if (base_dtype(next.dtype()) != base_dtype(merge.dtype())) {
      errors::raise_value_error(fmt::format(
          "Tensor '{}' enters the loop with type {}, but has type {} after one iteration. Cast it "
          "to {} in the body.",
          outside.name(), name_of(base_dtype(merge.dtype())), name_of(base_dtype(next.dtype())),
          name_of(base_dtype(merge.dtype()))));
    }
    merge.op().set_input(1, next);
  }

  WhileContext& context_;
  Graph& graph_;
  std::vector<Output> merges_;
};

std::vector<Output> tail(const std::vector<Output>& values) {
  return {values.begin() + 1, values.end()};
}

// The same loop with a counter of iterations as its first variable.
LoopFunction counted_condition(const LoopFunction& condition, const Output& maximum) {
  return [&condition, maximum](const std::vector<Output>& variables) {
    const Output goes_on = less(variables[0], maximum);
    return Returned(logical_and(goes_on, only_tensor(condition(tail(variables)))));
  };
}
LoopFunction counted_body(const LoopFunction& body) {
  return [&body](const std::vector<Output>& variables) {
    std::vector<Returned::Item> items{variables[0] + 1};
    const Returned returned = body(tail(variables));
    items.insert(items.end(), returned.items().begin(), returned.items().end());
    return Returned(std::move(items));
  };
}

std::vector<Output> build_loop(const std::shared_ptr<WhileContext>& context,
                               const LoopFunction& condition, const LoopFunction& body,
                               const std::vector<Output>& variables,
                               const std::vector<Shape>& invariants) {
  const InContext inside(context.get());
  return LoopBuilder(*context, variables, invariants).build(condition, body);
}

}  // namespace

void LoopFunction::check_count(const std::vector<Output>& variables, std::size_t wanted) {
  if (variables.size() == wanted) return;
  errors::raise_type_error(
      fmt::format("A function of the while_loop takes {} positional arguments but {} were given",
                  wanted, variables.size()));
}

Outputs while_loop(const LoopFunction& cond, const LoopFunction& body,
                   const std::vector<Input>& loop_vars, const WhileLoopOptions& options) {
  if (options.parallel_iterations < 1) {
    errors::raise_type_error("'parallel_iterations' must be a positive integer.");
  }
  std::vector<Input> given = loop_vars;
  const Graph::AsDefault as_default(graph_of(given));
  for (Input& input : given) {  // resource variables are read outside of the scope
    if (input.resource_handle()) input = input.to_tensor("");
  }
  const ops::OpScope scope(given, options.name, "while");
  Graph& graph = get_default_graph();
  if (given.empty()) errors::raise_value_error("'loop_vars' must be provided.");
  if (!options.shape_invariants.empty() && options.shape_invariants.size() != given.size()) {
    errors::raise_value_error(
        fmt::format("The two structures don't have the same nested structure.\n\nThere are {} "
                    "loop_vars and {} shape_invariants.",
                    given.size(), options.shape_invariants.size()));
  }
  Output maximum;
  std::vector<Output> variables;
  std::vector<Shape> invariants;
  if (!options.maximum_iterations.is_none()) {
    maximum = options.maximum_iterations.to_tensor("maximum_iterations");
    if (!maximum.shape().rank_known() || maximum.shape().rank() != 0) {
      errors::raise_value_error(
          fmt::format("'maximum_iterations' must be a scalar. Received shape: {}",
                      maximum.shape().to_string()));
    }
    variables.push_back(ops::const_of(0, maximum.dtype(), "iteration_counter"));
    invariants.emplace_back();
  }
  const auto context =
      WhileContext::make(graph, {.maximum_iterations = maximum,
                                 .parallel_iterations = options.parallel_iterations,
                                 .back_prop = options.back_prop,
                                 .swap_memory = options.swap_memory});
  for (std::size_t i = 0; i < given.size(); ++i) {
    variables.push_back(given[i].to_tensor(""));
    invariants.push_back(options.shape_invariants.empty() ? variables.back().shape()
                                                          : options.shape_invariants[i]);
  }
  std::vector<Output> exits = maximum ? build_loop(context, counted_condition(cond, maximum),
                                                   counted_body(body), variables, invariants)
                                      : build_loop(context, cond, body, variables, invariants);
  if (context->outer() == nullptr) {  // what is nested lies in the messages of the others
    graph.add_to_collection(GraphKeys::WHILE_CONTEXT, context);
  }
  return maximum ? tail(exits) : exits;
}

}  // namespace tensorkeep
