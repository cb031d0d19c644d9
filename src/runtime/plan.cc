#include "runtime/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "runtime/resource_manager.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

// Larger results of constant operations are computed in every run rather than kept.
constexpr std::size_t kMaxFoldedBytes = 1 << 20;

// Whether nobody could tell that the operation ran but by its outputs. TensorFlow also runs checks
// for their errors alone; so does an unfed placeholder fail wherever it hangs.
bool is_pure(const Operation& op) {
  const bool unknown = op.op_def().name().empty();
  if (unknown || op.op_def().is_stateful() || op.num_outputs() == 0) return false;
  if (op.type() == "CheckNumerics" || op.type() == "Placeholder") return false;
  const auto is_ref = [](const auto& arg) { return arg.is_ref(); };
  return std::ranges::none_of(op.op_def().input_arg(), is_ref) &&
         std::ranges::none_of(op.op_def().output_arg(), is_ref);
}

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

}  // namespace

// Numbers the values and puts the operations in order.
class Plan::Compiler {
 public:
  Compiler(Plan& plan, const Request& request, const KernelSource& kernels,
           ResourceManager& resources)
      : plan_(plan), request_(request), kernels_(kernels), resources_(resources) {}

  void compile() {
    for (const Output& feed : request_.feeds) {
      plan_.feed_slots_.push_back(slots_[feed] = plan_.num_values_++);
    }
    collect();
    order();
    drop_unread();
    make_kernels();
    for (const Operation* op : ordered_) add_step(*op);
    for (const Output& fetch : request_.fetches) plan_.fetch_slots_.push_back(slots_.at(fetch));
    mark_last_uses();
  }

 private:
  bool is_fed(const Output& tensor) const {
    return std::find(request_.feeds.begin(), request_.feeds.end(), tensor) != request_.feeds.end();
  }

  // Everything the fetches and targets depend on, up to what is fed. A loop, not a recursion:
  // graphs of other people are deep.
  void collect() {
    std::vector<const Operation*> open;
    const auto need = [&](const Operation* op) {
      if (needed_.emplace(op, 0).second) open.push_back(op);
    };
    for (const Output& fetch : request_.fetches) {
      if (!is_fed(fetch)) need(&fetch.op());
    }
    for (const Operation* target : request_.targets) need(target);
    while (!open.empty()) {
      const Operation* op = open.back();
      open.pop_back();
      for (const Output& input : op->inputs()) {
        if (!is_fed(input)) need(&input.op());
      }
      for (const Operation* control : op->control_inputs()) need(control);
    }
  }

  // Kahn's algorithm; among the ready ones the operation that was made first goes first.
  void order() {
    std::unordered_map<const Operation*, std::vector<const Operation*>> followers;
    for (auto& [op, waits] : needed_) {
      std::set<const Operation*> before(op->control_inputs().begin(), op->control_inputs().end());
      for (const Output& input : op->inputs()) {
        if (!is_fed(input)) before.insert(&input.op());
      }
      waits = static_cast<int>(before.size());
      for (const Operation* b : before) followers[b].push_back(op);
    }
    const auto later = [](const Operation* a, const Operation* b) { return a->id() > b->id(); };
    std::priority_queue<const Operation*, std::vector<const Operation*>, decltype(later)> ready(
        later);
    for (const auto& [op, waits] : needed_) {
      if (waits == 0) ready.push(op);
    }
    while (!ready.empty()) {
      const Operation* op = ready.top();
      ready.pop();
      ordered_.push_back(op);
      for (const Operation* follower : followers[op]) {
        if (--needed_[follower] == 0) ready.push(follower);
      }
    }
    if (ordered_.size() == needed_.size()) return;
    for (const auto& [op, waits] : needed_) {
      if (waits > 0) {
        throw errors::UnimplementedError(
            fmt::format("the graph has a cycle through '{}': loops cannot be run yet", op->name()),
            {.node = op->name()});
      }
    }
  }

  // Takes out what only control edges need and that only computes: the rest keeps the order that
  // those edges gave it. TensorFlow does the same.
  void drop_unread() {
    std::unordered_set<const Operation*> read(request_.targets.begin(), request_.targets.end());
    for (const Output& fetch : request_.fetches) read.insert(&fetch.op());
    std::vector<const Operation*> kept;
    for (auto op = ordered_.rbegin(); op != ordered_.rend(); ++op) {
      if (is_pure(**op) && !read.contains(*op)) continue;
      kept.push_back(*op);
      for (const Output& input : (*op)->inputs()) {
        if (!is_fed(input)) read.insert(&input.op());
      }
    }
    ordered_.assign(kept.rbegin(), kept.rend());
  }

  void make_kernels() {
    std::map<std::string, std::string> missing;  // what is wrong -> the first node
    for (const Operation* op : ordered_) {
      try {
        if (op->type() == "Placeholder") continue;  // fed, or an error when it is run
        made_[op] = kernels_(*op);
      } catch (const errors::UnimplementedError& error) {
        missing.emplace(error.message(), op->name());
      }
    }
    if (missing.empty()) return;
    std::string message = "this graph cannot be run here:";
    for (const auto& [what, node] : missing)
      message += fmt::format("\n  {} (node '{}')", what, node);
    throw errors::UnimplementedError(message, {.node = missing.begin()->second});
  }

  void add_step(const Operation& op) {
    if (op.type() == "Placeholder") {
      throw errors::InvalidArgumentError(
          fmt::format("You must feed a value for placeholder tensor '{}' with dtype {}{}",
                      op.name(), op_name_of(op.output_dtype(0)),
                      op.output_shape(0).rank_known() && op.output_shape(0).rank() > 0
                          ? " and shape " + op.output_shape(0).debug_string()
                          : ""),
          {.node = op.name()});
    }
    Step step{.op = &op,
              .kernel = made_.at(&op),
              .inputs = {},
              .by_value = std::make_unique<bool[]>(op.inputs().size()),
              .last_use = std::make_unique<bool[]>(op.inputs().size()),
              .released = {},
              .first_output = 0};
    bool constant = !op.op_def().is_stateful() && op.control_inputs().empty();
    int flat = 0;
    for (const auto& arg : op.op_def().input_arg()) {
      const auto [begin, end] = op.input_range(arg.name());
      for (int i = begin; i < end; ++i) {
        step.by_value[static_cast<std::size_t>(flat++)] = !arg.is_ref();
      }
    }
    for (const Output& input : op.inputs()) {
      step.inputs.push_back(slots_.at(input));
      constant = constant && step.inputs.back() < 0;
    }
    plan_.max_inputs_ = std::max(plan_.max_inputs_, step.inputs.size());
    // A Const is one wherever it hangs, so that its control inputs only order it.
    if ((constant || op.type() == "Const") && fold(step)) return;
    step.first_output = plan_.num_values_;
    plan_.num_values_ += op.num_outputs();
    for (const Output& output : op.outputs())
      slots_.emplace(output, step.first_output + output.index());
    plan_.steps_.push_back(std::move(step));
  }

  // Runs the step now and keeps its outputs as constants; false if that does not go.
  bool fold(const Step& step) {
    const Operation& op = *step.op;
    std::vector<Value*> inputs;
    for (const int slot : step.inputs) {
      inputs.push_back(&plan_.constants_[static_cast<std::size_t>(-1 - slot)]);
    }
    std::vector<Value> outputs(static_cast<std::size_t>(op.num_outputs()));
    const RunOptions options;
    KernelContext context(op, inputs, {step.last_use.get(), inputs.size()}, outputs, resources_,
                          options);
    std::size_t bytes = 0;
    try {
      (*step.kernel)(context);
    } catch (const errors::Error&) {
      return false;  // the run will throw it
    }
    for (const Value& output : outputs) {
      if (!output.tensor.valid()) return false;
      bytes += output.tensor.num_bytes();
    }
    if (outputs.empty() || (bytes > kMaxFoldedBytes && op.type() != "Const")) return false;
    for (const Output& output : op.outputs()) {
      plan_.constants_.push_back(std::move(outputs[static_cast<std::size_t>(output.index())]));
      slots_.emplace(output, -static_cast<int>(plan_.constants_.size()));
    }
    return true;
  }

  void mark_last_uses() {
    std::vector<bool> used_later(static_cast<std::size_t>(plan_.num_values_), false);
    for (const int slot : plan_.fetch_slots_) {
      if (slot >= 0) used_later[static_cast<std::size_t>(slot)] = true;
    }
    for (auto step = plan_.steps_.rbegin(); step != plan_.steps_.rend(); ++step) {
      for (std::size_t i = 0; i < step->inputs.size(); ++i) {
        const int slot = step->inputs[i];
        if (slot < 0 || used_later[static_cast<std::size_t>(slot)]) continue;
        const auto again = std::count(step->inputs.begin(), step->inputs.end(), slot);
        step->last_use[i] = again == 1;
        if (std::find(step->released.begin(), step->released.end(), slot) == step->released.end()) {
          step->released.push_back(slot);
        }
      }
      for (const int slot : step->released) used_later[static_cast<std::size_t>(slot)] = true;
      for (int i = 0; i < step->op->num_outputs(); ++i) {
        const int slot = step->first_output + i;
        if (!used_later[static_cast<std::size_t>(slot)]) step->released.push_back(slot);
      }
    }
  }

  Plan& plan_;
  const Request& request_;
  const KernelSource& kernels_;
  ResourceManager& resources_;
  std::unordered_map<const Operation*, int> needed_;  // -> how many it waits for
  std::vector<const Operation*> ordered_;
  std::unordered_map<const Operation*, std::shared_ptr<const Kernel>> made_;
  std::map<Output, int> slots_;
};

Plan::Plan(const Request& request, const KernelSource& kernels, ResourceManager& resources) {
  Compiler(*this, request, kernels, resources).compile();
}

Value& Plan::value_at(int slot, std::vector<Value>& values) const {
  return slot >= 0 ? values[static_cast<std::size_t>(slot)]
                   : constants_[static_cast<std::size_t>(-1 - slot)];
}

void Plan::run_step(const Step& step, std::vector<Value>& values, std::vector<Value>& scratch,
                    ResourceManager& resources, const RunOptions& options) const {
  constexpr std::size_t kFew = 16;
  Value* few[kFew];
  std::vector<Value*> many;
  const std::size_t count = step.inputs.size();
  if (count > kFew) many.resize(count);
  Value** inputs = count > kFew ? many.data() : few;
  for (std::size_t i = 0; i < count; ++i) {
    Value& value = value_at(step.inputs[i], values);
    inputs[i] = &value;
    if (value.is_ref && step.by_value[i]) {
      scratch[i] = {.tensor = static_cast<VariableCell&>(*value.resource).read(),
                    .resource = nullptr,
                    .is_ref = false};
      inputs[i] = &scratch[i];
    }
  }
  KernelContext context(
      *step.op, {inputs, count}, {step.last_use.get(), count},
      {values.data() + step.first_output, static_cast<std::size_t>(step.op->num_outputs())},
      resources, options);
  (*step.kernel)(context);
  for (std::size_t i = 0; i < count; ++i) {
    if (inputs[i] == &scratch[i]) scratch[i] = Value();
  }
  for (const int slot : step.released) values[static_cast<std::size_t>(slot)] = Value();
}

std::vector<Tensor> Plan::run(const std::vector<Tensor>& feeds, ResourceManager& resources,
                              const RunOptions& options) const {
  std::vector<Value> values(static_cast<std::size_t>(num_values_));
  std::vector<Value> scratch(max_inputs_);
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    values[static_cast<std::size_t>(feed_slots_[i])].tensor = feeds[i];
  }
  for (const Step& step : steps_) {
    try {
      run_step(step, values, scratch, resources, options);
    } catch (const errors::Error& error) {
      rethrow_at(error, *step.op);
    }
  }
  std::vector<Tensor> fetched;
  fetched.reserve(fetch_slots_.size());
  for (const int slot : fetch_slots_) {
    const Value& value = value_at(slot, values);
    fetched.push_back(value.is_ref ? static_cast<VariableCell&>(*value.resource).read()
                                   : value.tensor);
  }
  return fetched;
}

}  // namespace tensorkeep::runtime
