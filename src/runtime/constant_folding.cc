#include <limits>
#include <unordered_map>

#include "graph/shape_inference.h"
#include "runtime/kernel.h"
#include "runtime/resource_manager.h"
#include "tensorkeep/errors.h"

// Runs the small constant subgraph behind a tensor while the graph is being built, as TensorFlow's
// shape inference does.
namespace tensorkeep {
namespace {

constexpr int kMaxOperations = 256;
constexpr std::int64_t kMaxElements = 1 << 16;

// Which dimension of a tensor's shape is taken: x.shape[i], or one of its unstacked dimensions.
std::optional<std::int64_t> taken_dimension(const Output& tensor) {
  const Operation& op = tensor.op();
  if (op.type() == "Unpack") return tensor.index();
  if (op.type() != "StridedSlice" || op.attr_int("shrink_axis_mask") != 1 ||
      op.attr_int("ellipsis_mask") != 0 || op.attr_int("new_axis_mask") != 0 ||
      op.attr_int("begin_mask") != 0) {
    return std::nullopt;
  }
  const auto begin = constant_value(op.input(1));
  if (!begin || begin->num_elements() != 1) return std::nullopt;
  if (begin->dtype() == int32) return begin->data<std::int32_t>()[0];
  if (begin->dtype() == int64) return begin->data<std::int64_t>()[0];
  return std::nullopt;
}

// A dimension that is known, of a shape that need not be.
std::optional<Tensor> known_dimension(const Output& tensor) {
  const auto taken = taken_dimension(tensor);
  if (!taken || !tensor.op().input(0)) return std::nullopt;
  const Operation& shape_op = tensor.op().input(0).op();
  if (shape_op.type() != "Shape" || !shape_op.input(0)) return std::nullopt;
  const Shape& shape = shape_op.input(0).shape();
  if (!shape.rank_known()) return std::nullopt;
  const std::int64_t index = *taken < 0 ? *taken + shape.rank() : *taken;
  if (index < 0 || index >= shape.rank()) return std::nullopt;
  const std::int64_t dim = shape.dim(static_cast<int>(index));
  if (dim < 0) return std::nullopt;
  Tensor value(tensor.dtype(), Shape());
  if (tensor.dtype() == int64) {
    value.mutable_data<std::int64_t>()[0] = dim;
  } else if (tensor.dtype() == int32 && dim <= std::numeric_limits<std::int32_t>::max()) {
    value.mutable_data<std::int32_t>()[0] = static_cast<std::int32_t>(dim);
  } else {
    return std::nullopt;
  }
  return value;
}

class Folder {
 public:
  std::optional<Tensor> fold(const Output& tensor) {
    const Operation& op = tensor.op();
    if (auto value = constant_value(tensor)) return value;
    if (auto value = known_dimension(tensor)) return value;
    if (const auto known = folded_.find(&op); known != folded_.end()) {
      return pick(known->second, tensor.index());
    }
    if (++visited_ > kMaxOperations) return std::nullopt;
    auto& outputs = folded_[&op];
    if (op.op_def().is_stateful() || op.num_inputs() == 0 || !size_is_bounded(op) ||
        !runtime::KernelRegistry::global().has(op.type())) {
      return std::nullopt;
    }
    std::vector<runtime::Value> inputs;
    for (const Output& input : op.inputs()) {
      if (!input || is_ref(input.dtype())) return std::nullopt;
      auto value = fold(input);
      if (!value) return std::nullopt;
      inputs.push_back({.tensor = std::move(*value), .resource = nullptr, .is_ref = false});
    }
    outputs = run(op, inputs);
    return pick(outputs, tensor.index());
  }

 private:
  static bool size_is_bounded(const Operation& op) {
    for (int i = 0; i < op.num_outputs(); ++i) {
      const auto count = op.output_shape(i).checked_num_elements();
      if (!count || *count > kMaxElements)
        return op.output_shape(i).rank_known() && !count && op.output_shape(i).rank() <= 1;
    }
    return true;
  }

  static std::optional<Tensor> pick(const std::vector<runtime::Value>& outputs, int index) {
    if (static_cast<std::size_t>(index) >= outputs.size()) return std::nullopt;
    const Tensor& tensor = outputs[static_cast<std::size_t>(index)].tensor;
    return tensor.valid() ? std::optional(tensor) : std::nullopt;
  }

  static std::vector<runtime::Value> run(const Operation& op, std::vector<runtime::Value>& inputs) {
    std::vector<runtime::Value*> pointers;
    for (runtime::Value& input : inputs) pointers.push_back(&input);
    const std::unique_ptr<bool[]> last_use(new bool[inputs.size()]());
    std::vector<runtime::Value> outputs(static_cast<std::size_t>(op.num_outputs()));
    runtime::ResourceManager resources;
    const RunOptions options;
    runtime::KernelContext context(op, pointers, {last_use.get(), inputs.size()}, outputs,
                                   resources, options);
    try {
      runtime::KernelRegistry::global().make(op)(context);
    } catch (const errors::Error&) {
      return {};  // the run will say what is wrong; shape inference only does not know
    }
    return outputs;
  }

  std::unordered_map<const Operation*, std::vector<runtime::Value>> folded_;
  int visited_ = 0;
};

}  // namespace

std::optional<Tensor> fold_constant(const Output& tensor) {
  if (!tensor) return std::nullopt;
  return Folder().fold(tensor);
}

}  // namespace tensorkeep
