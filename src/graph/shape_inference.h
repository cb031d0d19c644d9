#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/constant_value.h"
#include "tensorkeep/graph.h"

namespace tensorkeep {

// What a shape function sees of an operation that is being added, and where it puts the result.
// Errors are InvalidArgumentError (ValueError), worded as TensorFlow's shape functions.
class ShapeContext {
 public:
  explicit ShapeContext(Operation& op) : op_(op) {}

  Operation& op() const { return op_; }
  int num_inputs() const { return op_.num_inputs(); }
  const Shape& input(int index) const { return op_.input(index).shape(); }
  // `input(index)` merged with the given rank; throws "Shape must be rank 2 but is rank 3".
  Shape input_with_rank(int index, int rank) const;
  Shape input_with_rank_at_least(int index, int rank) const;

  // The value of an input, if the graph determines it.
  std::optional<Tensor> input_constant(int index) const;
  // An input that holds a shape, as far as it is known; of unknown rank if nothing is.
  Shape input_as_shape(int index) const;
  const std::optional<HandleData>& input_handle(int index) const;

  void set_output(int index, Shape shape) { op_.set_output_shape(index, std::move(shape)); }
  void set_output_handle(int index, HandleData data) {
    op_.set_handle_data(index, std::move(data));
  }

  // Throws the error, with the node as TensorFlow shows it appended.
  [[noreturn]] void fail(const std::string& message) const;
  // The merge of two dimensions or shapes; fails if they contradict ("Dimensions must be equal, but
  // are 2 and 3", "Shapes must be equal rank, but are 1 and 2").
  std::int64_t merge_dims(std::int64_t a, std::int64_t b) const;
  Shape merge_shapes(const Shape& a, const Shape& b) const;

 private:
  Operation& op_;
};

// Shape functions that many operations share.
namespace shape_fn {
void unchanged(ShapeContext& c);         // output 0 has the shape of input 0
void scalar(ShapeContext& c);            // every output is a scalar
void unknown(ShapeContext& c);           // nothing is known
void merged_inputs(ShapeContext& c);     // all inputs and output 0 have one shape
void broadcast_binary(ShapeContext& c);  // numpy's broadcasting of inputs 0 and 1
void none(ShapeContext& c);              // no outputs
}  // namespace shape_fn

// numpy's broadcasting of two shapes; nullopt if they do not fit.
std::optional<Shape> broadcast_shapes(const Shape& a, const Shape& b);

// The value of a tensor that follows from constants and static shapes by running kernels: what
// shape inference knows beyond constant_value. Declared here, defined by the runtime, for the graph
// knows no kernels. Nothing where it cannot tell.
std::optional<Tensor> fold_constant(const Output& tensor);

}  // namespace tensorkeep
