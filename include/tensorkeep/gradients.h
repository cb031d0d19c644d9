#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/indexed_slices.h"
#include "tensorkeep/input.h"

namespace tensorkeep {

// How the gradients of a tensor that is used several times are added up.
enum class AggregationMethod {
  ADD_N = 0,  // one AddN of all
  DEFAULT = ADD_N,
  EXPERIMENTAL_TREE = 1,          // pair by pair, so that each can be freed early
  EXPERIMENTAL_ACCUMULATE_N = 2,  // the same
};

enum class UnconnectedGradients { NONE, ZERO };

// One tensor or several: y, {y, z}, a vector of outputs.
class InputList {
 public:
  InputList() = default;
  InputList(std::initializer_list<Input> inputs) : inputs_(inputs) {}
  InputList(std::vector<Input> inputs) : inputs_(std::move(inputs)) {}
  InputList(const std::vector<Output>& tensors) : inputs_(tensors.begin(), tensors.end()) {}
  template <typename T>
  requires std::is_convertible_v<const T&, Input> InputList(const T& input) : inputs_{input} {}

  const std::vector<Input>& inputs() const { return inputs_; }

 private:
  std::vector<Input> inputs_;
};

struct GradientsOptions {
  // One for each y: the gradient it starts from. A null tensor, or no list: ones.
  std::vector<Input> grad_ys = {};
  std::string name = {};
  bool colocate_gradients_with_ops = false;
  // The gradients of one operation's inputs are used only when all of them are there.
  bool gate_gradients = false;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  std::vector<Output> stop_gradients = {};  // taken for constants
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::NONE;
};

// Adds the nodes that compute the derivatives of the sum of `ys` with respect to each of `xs`:
// under `gradients/`, as TensorFlow adds them. The result has one entry for each x: a tensor of its
// shape, the rows of it that count (a variable that was gathered from), or none if no y depends on
// it. Resource variables are differentiated by their handles.
// Throws NotFoundError (Python's LookupError) for an operation without a gradient rule on the way,
// InvalidArgumentError (ValueError) if the number of grad_ys is not that of ys, (TypeError) if the
// type of a grad_y does not fit its y or a y has none that could be differentiated.
Gradients gradients(const InputList& ys, const InputList& xs, const GradientsOptions& options = {});

// The whole tensor of some rows; the tensor itself if it is one; null for none. Throws
// InvalidArgumentError (ValueError) for rows of a tensor whose shape is not known.
Output to_dense(const Gradient& gradient, const std::string& name = {});

}  // namespace tensorkeep
