#include "runtime/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/resource_manager.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

// Adds where it happened, unless the error knows already.
[[noreturn]] void rethrow_at(const errors::Error& error, const Operation& op) {
  errors::Where where = error.where();
  std::string message = error.message();
  if (message.find("[[{{node") == std::string::npos) {
    message += fmt::format("\n\t [[{{{{node {}}}}}]]", op.name());
  }
  if (where.node.empty()) where.node = op.name();
  errors::raise(error.code(), message, where);
}

bool is_there(const Value& value) {
  return value.tensor.valid() || value.resource != nullptr;
}

// The value itself, or what the variable behind it holds.
Value taken(const Value& value, bool by_value) {
  if (!value.is_ref || !by_value) return value;
  return {.tensor = static_cast<VariableCell&>(*value.resource).read(),
          .resource = nullptr,
          .is_ref = false};
}

}  // namespace

struct Plan::State {
  std::vector<Value> values;
  std::vector<Value> scratch;  // what references were read for one kernel
  std::vector<char> ran;       // by Step::mark
  ResourceManager& resources;
  const RunOptions& options;
};

Value& Plan::value_at(int slot, State& state) const {
  return slot >= 0 ? state.values[static_cast<std::size_t>(slot)]
                   : program_.constants[static_cast<std::size_t>(-1 - slot)];
}

void Plan::run_kernel(const Step& step, State& state) const {
  constexpr std::size_t kFew = 16;
  Value* few[kFew];
  std::vector<Value*> many;
  const std::size_t count = step.inputs.size();
  if (count > kFew) many.resize(count);
  Value** inputs = count > kFew ? many.data() : few;
  for (std::size_t i = 0; i < count; ++i) {
    Value& value = value_at(step.inputs[i], state);
    inputs[i] = &value;
    if (value.is_ref && step.by_value[i]) {
      state.scratch[i] = taken(value, true);
      inputs[i] = &state.scratch[i];
    }
  }
  KernelContext context(
      *step.op, {inputs, count}, {step.last_use.get(), count},
      {state.values.data() + step.first_output, static_cast<std::size_t>(step.num_outputs)},
      state.resources, state.options);
  (*step.kernel)(context);
  for (std::size_t i = 0; i < count; ++i) {
    if (inputs[i] == &state.scratch[i]) state.scratch[i] = Value();
  }
}

void Plan::merge(const Step& step, State& state) const {
  Value* const outputs = state.values.data() + step.first_output;
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const Value& value = value_at(step.inputs[i], state);
    if (!is_there(value)) continue;
    outputs[0] = taken(value, step.by_value[i]);
    if (step.num_outputs > 1) outputs[1].tensor = Tensor::scalar(static_cast<std::int32_t>(i));
    return;
  }
}

void Plan::pass(const Step& step, State& state) const {
  state.values[static_cast<std::size_t>(step.first_output)] =
      taken(value_at(step.inputs[0], state), step.by_value[0]);
}

void Plan::run_loop(const Loop& loop, State& state) const {
  const auto clear = [&](const std::vector<int>& slots) {
    for (const int slot : slots) state.values[static_cast<std::size_t>(slot)] = Value();
  };
  clear(loop.carried);
  clear(loop.exits);
  run_steps(loop.enters, state);
  const auto goes_on = [&](int slot) {
    return is_there(state.values[static_cast<std::size_t>(slot)]);
  };
  do {
    run_steps(loop.body, state);
    clear(loop.starts);
  } while (std::ranges::any_of(loop.carried, goes_on));
  clear(loop.constants);
}

// Whether a step of a branching program has all it needs.
bool Plan::is_ready(const Step& step, State& state) const {
  if (step.kind == Step::Kind::kMerge || step.kind == Step::Kind::kLoop) return true;
  return std::ranges::all_of(step.inputs,
                             [&](int slot) { return is_there(value_at(slot, state)); }) &&
         std::ranges::all_of(step.controls, [&](int mark) {
           return state.ran[static_cast<std::size_t>(mark)] != 0;
         });
}

void Plan::run_step(const Step& step, State& state) const {
  switch (step.kind) {
    case Step::Kind::kKernel:
      return run_kernel(step, state);
    case Step::Kind::kMerge:
      return merge(step, state);
    case Step::Kind::kPass:
    case Step::Kind::kExit:
      return pass(step, state);
    case Step::Kind::kLoop:
      return run_loop(program_.loops[static_cast<std::size_t>(step.loop)], state);
  }
}

void Plan::run_steps(std::span<const Step> steps, State& state) const {
  for (const Step& step : steps) {
    if (program_.branching && step.kind != Step::Kind::kExit) {
      // In a loop, the slots hold what the last iteration left there.
      const auto first = state.values.begin() + step.first_output;
      std::fill(first, first + step.num_outputs, Value());
    }
    const bool ready = !program_.branching || is_ready(step, state);
    if (ready) {
      try {
        run_step(step, state);
      } catch (const errors::Error& error) {
        if (step.op == nullptr) throw;
        rethrow_at(error, *step.op);
      }
    }
    if (step.mark >= 0) {
      const bool merged = step.kind != Step::Kind::kMerge ||
                          is_there(state.values[static_cast<std::size_t>(step.first_output)]);
      state.ran[static_cast<std::size_t>(step.mark)] = ready && merged;
    }
    for (const int slot : step.released) state.values[static_cast<std::size_t>(slot)] = Value();
  }
}

std::vector<Tensor> Plan::run(const std::vector<Tensor>& feeds, ResourceManager& resources,
                              const RunOptions& options) const {
  State state{.values = std::vector<Value>(static_cast<std::size_t>(program_.num_values)),
              .scratch = std::vector<Value>(program_.max_inputs),
              .ran = std::vector<char>(static_cast<std::size_t>(program_.num_marks)),
              .resources = resources,
              .options = options};
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    state.values[static_cast<std::size_t>(program_.feed_slots[i])].tensor = feeds[i];
  }
  run_steps(program_.steps, state);
  std::vector<Tensor> fetched;
  fetched.reserve(program_.fetch_slots.size());
  for (std::size_t i = 0; i < program_.fetch_slots.size(); ++i) {
    const Value& value = value_at(program_.fetch_slots[i], state);
    if (program_.branching && !is_there(value)) {
      const Output& fetch = program_.fetches[i];
      throw errors::InvalidArgumentError(
          fmt::format("Retval[{}] does not have value: {} is in a branch that was not taken", i,
                      fetch.name()),
          {.node = fetch.op().name()});
    }
    fetched.push_back(taken(value, true).tensor);
  }
  return fetched;
}

}  // namespace tensorkeep::runtime
