#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

// A branch's or body's result: None, or a flat list of operations and values. Python's side keeps
// the nest (_ops/control_flow.py).
Returned returned_from(nb::handle result) {
  if (result.is_none()) return {};
  std::vector<Returned::Item> items;
  for (const nb::handle item : result) {
    if (nb::isinstance<OperationRef>(item)) {
      items.emplace_back(nb::inst_ptr<OperationRef>(item)->op);
    } else {
      items.emplace_back(to_input(item));
    }
  }
  return Returned(std::move(items));
}

BranchFunction branch_of(nb::handle function) {
  return [function] { return returned_from(function()); };
}

LoopFunction loop_function_of(nb::handle function) {
  return [function](const std::vector<Output>& variables) {
    return returned_from(function(wrap(variables)));
  };
}

void bind_cond(nb::module_& m) {
  const auto choose = [&](const char* name,
                          Outputs (*function)(const Input&, const BranchFunction&,
                                              const BranchFunction&, const Name&)) {
    m.def(
        name,
        [function](const Input& pred, nb::handle true_fn, nb::handle false_fn,
                   const Text& op_name) {
          const Outputs outputs =
              function(pred, branch_of(true_fn), branch_of(false_fn), {op_name.value});
          return static_cast<const std::vector<Output>&>(outputs);
        },
        "pred"_a, "true_fn"_a, "false_fn"_a, "name"_a = nb::none());
  };
  choose("cond_flat", &cond);
  choose("smart_cond_flat", &smart_cond);
  m.def(
      "case_flat",
      [](nb::handle pairs, nb::handle default_fn, bool exclusive, const Text& name) {
        std::vector<std::pair<Output, BranchFunction>> branches;
        for (const nb::handle pair : pairs) {
          branches.emplace_back(to_output(pair[nb::int_(0)]),
                                branch_of(nb::object(pair[nb::int_(1)]).release()));
        }
        CaseOptions options{.exclusive = exclusive, .name = name.value};
        if (!default_fn.is_none()) options.default_fn = branch_of(default_fn);
        const Outputs outputs = case_(branches, options);
        return static_cast<const std::vector<Output>&>(outputs);
      },
      "pred_fn_pairs"_a, "default"_a, "exclusive"_a, "name"_a = nb::none());
  m.def(
      "while_loop_flat",
      [](nb::handle cond, nb::handle body, const std::vector<Input>& loop_vars,
         nb::handle shape_invariants, std::int64_t parallel_iterations, bool back_prop,
         bool swap_memory, const Text& name, const OptionalInput& maximum_iterations) {
        WhileLoopOptions options{.parallel_iterations = parallel_iterations,
                                 .back_prop = back_prop,
                                 .swap_memory = swap_memory,
                                 .name = name.value,
                                 .maximum_iterations = maximum_iterations.value};
        if (!shape_invariants.is_none()) {
          for (const nb::handle shape : shape_invariants) {
            options.shape_invariants.push_back(shape_of_object(shape));
          }
        }
        const Outputs outputs =
            while_loop(loop_function_of(cond), loop_function_of(body), loop_vars, options);
        return static_cast<const std::vector<Output>&>(outputs);
      },
      "cond"_a, "body"_a, "loop_vars"_a, "shape_invariants"_a, "parallel_iterations"_a,
      "back_prop"_a, "swap_memory"_a, "name"_a = nb::none(), "maximum_iterations"_a = nb::none());
}

std::vector<Dependency> dependencies_of(const Dependencies& ops) {
  return std::vector<Dependency>(ops.value.begin(), ops.value.end());
}

}  // namespace

void bind_control_flow(nb::module_& m) {
  m.def(
      "no_op", [](const Text& name) { return no_op({name.value}); }, "name"_a = nb::none(),
      "An operation that does nothing: something to depend on.");
  m.def(
      "group",
      [](nb::args inputs, const nb::kwargs& options) {
        Dependencies ops;
        const std::function<void(nb::handle)> add = [&](nb::handle item) {
          if (PyList_Check(item.ptr()) || PyTuple_Check(item.ptr())) {
            for (const nb::handle each : item) add(each);
          } else if (!item.is_none()) {
            ops.value.push_back(to_operation(item));
          } else {
            errors::raise_type_error(
                "Expected tf.group() expected Tensor objects not None with type '" +
                std::string("<class 'NoneType'>'"));
          }
        };
        for (const nb::handle item : inputs) add(item);
        std::string name;
        for (const auto& [key, value] : options) {
          if (nb::cast<std::string>(key) != "name") {
            errors::raise_value_error("Unknown keyword arguments: " + nb::cast<std::string>(key));
          }
          name = to_text(value);
        }
        return group(dependencies_of(ops), {name});
      },
      "An operation that is done when all inputs are.");
  m.def(
      "tuple_flat",
      [](nb::handle tensors, const Text& name, const Dependencies& control_inputs) {
        std::vector<Output> outputs;
        for (const nb::handle tensor : tensors) outputs.push_back(to_output(tensor));
        return tuple(outputs,
                     {.name = name.value, .control_inputs = dependencies_of(control_inputs)});
      },
      "tensors"_a, "name"_a = nb::none(), "control_inputs"_a = nb::none());
  m.def(
      "with_dependencies",
      [](const Dependencies& dependencies, nb::handle tensor, const Text& name) {
        return with_dependencies(dependencies_of(dependencies), to_output(tensor), {name.value});
      },
      "dependencies"_a, "output_tensor"_a, "name"_a = nb::none(),
      "`output_tensor`, computed after the dependencies.");
  m.def(
      "Assert",
      [](const Input& condition, const std::vector<Input>& data, nb::handle summarize,
         const Text& name) {
        return Assert(
            condition, data,
            {.summarize = summarize.is_none() ? 3 : nb::cast<int>(summarize), .name = name.value});
      },
      "condition"_a, "data"_a, "summarize"_a = nb::none(), "name"_a = nb::none(),
      "An operation that fails with an InvalidArgumentError, which shows the first `summarize` "
      "elements of each of `data`, if `condition` is false.");
  m.def(
      "assert_equal",
      [](const Input& x, const Input& y, const std::vector<Input>& data, nb::handle summarize,
         nb::handle message, const Text& name) {
        if (!data.empty())
          throw errors::UnimplementedError("assert_equal with data is not implemented.");
        AssertEqualOptions options{.summarize = summarize.is_none() ? 3 : nb::cast<int>(summarize),
                                   .name = name.value};
        if (!message.is_none()) options.message = to_text(message);
        return assert_equal(x, y, options);
      },
      "x"_a, "y"_a, "data"_a = nb::list(), "summarize"_a = nb::none(), "message"_a = nb::none(),
      "name"_a = nb::none(),
      "An operation that fails with an InvalidArgumentError if the tensors differ. Raises it at "
      "once if both are known.");
  bind_cond(m);
}

}  // namespace tensorkeep::python
