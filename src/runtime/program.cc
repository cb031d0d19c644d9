#include "runtime/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "runtime/frames.h"
#include "runtime/last_uses.h"
#include "runtime/late_reads.h"
#include "runtime/resource_manager.h"
#include "runtime/topological_order.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

// Larger results of constant operations are computed in every run rather than kept.
constexpr std::size_t kMaxFoldedBytes = 1 << 20;
// Whose slots are never emptied between a loop's iterations.
constexpr int kNobody = -1;

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

Step::Kind kind_of(const Operation& op) {
  if (is_merge(op)) return Step::Kind::kMerge;
  if (is_exit(op)) return Step::Kind::kExit;
  if (is_enter(op) || is_next_iteration(op)) return Step::Kind::kPass;
  return Step::Kind::kKernel;
}

class Compiler {
 public:
  Compiler(const Request& request, const KernelSource& kernels, ResourceManager& resources)
      : request_(request),
        fed_(request.feeds.begin(), request.feeds.end()),
        kernels_(kernels),
        resources_(resources) {}

  Program compile() {
    for (const Output& feed : request_.feeds) program_.feed_slots.push_back(new_slot(feed, 0));
    collect();
    order();
    const auto branches = [](const Operation* op) { return is_switch(*op) || is_enter(*op); };
    program_.branching = std::ranges::any_of(ordered_, branches);
    if (program_.branching) frames_.emplace(ordered_, before_);
    late_reads_ = find_late_reads(ordered_, before_, fed_, frames_ ? &*frames_ : nullptr);
    if (!program_.branching) drop_unread();
    make_kernels();
    if (program_.branching) {
      divide();
      add_block(0, program_.steps, program_.steps);
    } else {
      for (const Operation* op : ordered_) add_step(*op, 0, program_.steps);
    }
    program_.fetches = request_.fetches;
    for (const Output& fetch : request_.fetches) program_.fetch_slots.push_back(slots_.at(fetch));
    mark_last_uses(program_, owners_, loop_frames_);
    return std::move(program_);
  }

 private:
  int new_slot(const Output& tensor, int owner) {
    owners_.push_back(owner);
    return slots_[tensor] = program_.num_values++;
  }

  // Everything the fetches and targets depend on, up to what is fed. A loop, not a recursion:
  // graphs of other people are deep.
  void collect() {
    std::vector<const Operation*> open;
    const auto need = [&](const Operation* op) {
      if (before_.try_emplace(op).second) open.push_back(op);
    };
    for (const Output& fetch : request_.fetches) {
      if (!fed_.contains(fetch)) need(&fetch.op());
    }
    for (const Operation* target : request_.targets) need(target);
    while (!open.empty()) {
      const Operation* op = open.back();
      open.pop_back();
      std::set<const Operation*> before;
      for (const Output& input : op->inputs()) {
        if (fed_.contains(input)) continue;
        need(&input.op());
        if (!is_back_edge(input.op(), *op)) before.insert(&input.op());
      }
      for (const Operation* control : op->control_inputs()) {
        // A placeholder that is fed need not run.
        if (control->type() == "Placeholder" && fed_.contains(control->output(0))) continue;
        need(control);
        before.insert(control);
      }
      before_[op].assign(before.begin(), before.end());
    }
  }

  // Among those that are ready, the operation that was made first goes first.
  void order() {
    Ordering ordering;
    std::vector<const Operation*> ops;
    std::unordered_map<const Operation*, int> numbers;
    for (const auto& [op, before] : before_) {
      numbers[op] = ordering.add_node(op->id());
      ops.push_back(op);
    }
    for (const auto& [op, before] : before_) {
      for (const Operation* from : before) ordering.add_edge(numbers.at(from), numbers.at(op));
    }
    for (const int number : ordering.order()) {
      ordered_.push_back(ops[static_cast<std::size_t>(number)]);
      numbers.erase(ordered_.back());
    }
    if (numbers.empty()) return;
    const auto name = [](const auto& left) { return left.first->name(); };
    const std::string first = name(*std::ranges::min_element(numbers, {}, name));
    throw errors::InvalidArgumentError(
        fmt::format("the graph has a cycle through '{}' that is no while loop", first),
        {.node = first});
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
        if (!fed_.contains(input)) read.insert(&input.op());
      }
    }
    ordered_.assign(kept.rbegin(), kept.rend());
  }

  void make_kernels() {
    std::map<std::string, std::string> missing;  // what is wrong -> the first node
    for (const Operation* op : ordered_) {
      try {
        // A placeholder is fed, or an error when it is run.
        if (op->type() == "Placeholder" || kind_of(*op) != Step::Kind::kKernel) continue;
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

  struct Block {
    Ordering ordering;
    std::vector<const Operation*> ops;  // by node; nullptr for a loop
    std::vector<int> loops;             // by node: the loop's frame
    std::unordered_map<const Operation*, int> op_nodes;
    std::unordered_map<int, int> loop_nodes;
  };

  // Puts every operation into the block of its frame, and every loop as one node into the block
  // around it; an edge counts in the innermost block that has both ends.
  void divide() {
    blocks_.resize(static_cast<std::size_t>(frames_->count()));
    for (const Operation* op : ordered_) {
      // A loop has its place outside even if nothing there leads to it.
      for (int frame = frames_->of(*op);; frame = frames_->parent(frame)) {
        node_in(frame, *op);
        if (frame == 0) break;
      }
    }
    for (const Operation* op : ordered_) {
      for (const Operation* from : before_.at(op)) {
        const int inner = frames_->common(frames_->of(*from), frames_->of(*op));
        const int a = node_in(inner, *from);
        const int b = node_in(inner, *op);
        if (a != b) blocks_[static_cast<std::size_t>(inner)].ordering.add_edge(a, b);
      }
    }
  }

  // The node of `op`, or of the loop it is in, in a block.
  int node_in(int frame, const Operation& op) {
    Block& block = blocks_[static_cast<std::size_t>(frame)];
    const int inner = frames_->step_into(frame, frames_->of(op));
    const bool in_loop = inner != frame;
    int& node = in_loop ? block.loop_nodes.try_emplace(inner, -1).first->second
                        : block.op_nodes.try_emplace(&op, -1).first->second;
    if (node >= 0) return node;
    block.ops.push_back(in_loop ? nullptr : &op);
    block.loops.push_back(inner);
    return node = block.ordering.add_node(op.id());
  }

  // Steps of a frame: its Enters apart, since they run once.
  void add_block(int frame, std::vector<Step>& enters, std::vector<Step>& body) {
    const Block block = std::move(blocks_[static_cast<std::size_t>(frame)]);
    const std::vector<int> ordered = block.ordering.order();
    if (ordered.size() != block.ops.size()) {
      throw errors::InvalidArgumentError("the graph's loops depend on each other in a circle");
    }
    for (const Operation* op : block.ops) {
      if (op != nullptr && is_next_iteration(*op)) new_slot(op->output(0), kNobody);
    }
    for (const int node : ordered) {
      const auto n = static_cast<std::size_t>(node);
      if (block.ops[n] == nullptr) {
        add_loop(block.loops[n], frame, body);
      } else {
        add_step(*block.ops[n], frame, is_enter(*block.ops[n]) ? enters : body);
      }
    }
  }

  void add_loop(int frame, int outer, std::vector<Step>& steps) {
    Loop loop;
    add_block(frame, loop.enters, loop.body);
    for (const Step& enter : loop.enters) {
      (enter.op->attr_bool("is_constant") ? loop.constants : loop.starts)
          .push_back(enter.first_output);
    }
    Step step;
    step.kind = Step::Kind::kLoop;
    std::set<int> inputs;
    for (const std::vector<Step>* part : {&loop.enters, &loop.body}) {
      for (const Step& inner : *part) {
        for (const int slot : inner.inputs) {
          if (slot >= 0 && owners_[static_cast<std::size_t>(slot)] != frame) inputs.insert(slot);
        }
        if (inner.kind == Step::Kind::kExit) loop.exits.push_back(inner.first_output);
        if (inner.op != nullptr && is_next_iteration(*inner.op)) {
          loop.carried.push_back(inner.first_output);
        }
      }
    }
    for (const int slot : loop.exits) owners_[static_cast<std::size_t>(slot)] = outer;
    step.inputs.assign(inputs.begin(), inputs.end());
    step.last_use = std::make_unique<bool[]>(step.inputs.size());
    step.loop = static_cast<int>(program_.loops.size());
    program_.loops.push_back(std::move(loop));
    loop_frames_.push_back(frame);
    steps.push_back(std::move(step));
  }

  void add_step(const Operation& op, int frame, std::vector<Step>& steps) {
    if (op.type() == "Placeholder") {
      throw errors::InvalidArgumentError(
          fmt::format("You must feed a value for placeholder tensor '{}' with dtype {}{}",
                      op.name(), op_name_of(op.output_dtype(0)),
                      op.output_shape(0).rank_known() && op.output_shape(0).rank() > 0
                          ? " and shape " + op.output_shape(0).debug_string()
                          : ""),
          {.node = op.name()});
    }
    Step step;
    step.kind = kind_of(op);
    step.op = &op;
    if (step.kind == Step::Kind::kKernel) step.kernel = made_.at(&op);
    step.by_value = std::make_unique<bool[]>(op.inputs().size());
    step.last_use = std::make_unique<bool[]>(op.inputs().size());
    bool constant = !op.op_def().is_stateful() && op.control_inputs().empty();
    int flat = 0;
    for (const auto& arg : op.op_def().input_arg()) {
      const auto [begin, end] = op.input_range(arg.name());
      for (int i = begin; i < end; ++i) {
        step.by_value[static_cast<std::size_t>(flat++)] = !arg.is_ref();
      }
    }
    for (int i = 0; i < static_cast<int>(op.inputs().size()); ++i) {
      const auto late = late_reads_.find({&op, i});
      step.inputs.push_back(slots_.at(
          late == late_reads_.end() ? op.inputs()[static_cast<std::size_t>(i)] : late->second));
      constant = constant && step.inputs.back() < 0;
    }
    program_.max_inputs = std::max(program_.max_inputs, step.inputs.size());
    // A Const is one wherever it hangs, so that its control inputs only order it; but in a branch
    // they tell whether it is there.
    const bool foldable = constant || (op.type() == "Const" && !program_.branching);
    if (foldable && step.kind == Step::Kind::kKernel && fold(step)) return;
    step.num_outputs = op.num_outputs();
    if (step.kind == Step::Kind::kPass && is_next_iteration(op)) {
      step.first_output = slots_.at(op.output(0));
    } else {
      step.first_output = program_.num_values;
      const bool kept = step.kind == Step::Kind::kPass;
      for (const Output& output : op.outputs()) new_slot(output, kept ? kNobody : frame);
    }
    if (program_.branching) add_marks(op, frame, step);
    steps.push_back(std::move(step));
  }

  void add_marks(const Operation& op, int frame, Step& step) {
    step.mark = marks_[&op] = program_.num_marks++;
    if (op.type() == "ControlTrigger") return;  // whatever happens before it
    for (const Operation* control : op.control_inputs()) {
      const auto mark = marks_.find(control);
      if (mark == marks_.end()) continue;  // a constant
      int there = frames_->of(*control);
      if (is_exit(*control)) there = frames_->parent(there);
      // What happens in a loop is over for everybody outside.
      if (frames_->common(there, frame) == there) step.controls.push_back(mark->second);
    }
  }

  // Runs the step now and keeps its outputs as constants; false if that does not go.
  bool fold(const Step& step) {
    const Operation& op = *step.op;
    std::vector<Value*> inputs;
    for (const int slot : step.inputs) {
      inputs.push_back(&program_.constants[static_cast<std::size_t>(-1 - slot)]);
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
      program_.constants.push_back(std::move(outputs[static_cast<std::size_t>(output.index())]));
      slots_.emplace(output, -static_cast<int>(program_.constants.size()));
    }
    return true;
  }

  Program program_;
  const Request& request_;
  const std::set<Output> fed_;
  const KernelSource& kernels_;
  ResourceManager& resources_;
  Dependencies before_;
  std::vector<const Operation*> ordered_;
  LateReads late_reads_;
  std::unordered_map<const Operation*, std::shared_ptr<const Kernel>> made_;
  std::optional<Frames> frames_;
  std::vector<Block> blocks_;     // by frame
  std::vector<int> loop_frames_;  // by loop
  std::map<Output, int> slots_;
  std::vector<int> owners_;  // by slot: the frame in whose block it may be given up
  std::unordered_map<const Operation*, int> marks_;
};

}  // namespace

Program compile(const Request& request, const KernelSource& kernels, ResourceManager& resources) {
  return Compiler(request, kernels, resources).compile();
}

}  // namespace tensorkeep::runtime
