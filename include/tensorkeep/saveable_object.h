#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"

// What a Saver saves and restores: a variable is one, and so may be anything that knows which
// tensors hold its state.
namespace tensorkeep::train {

// One tensor of a saveable object, and where it goes in a checkpoint.
class SaveSpec {
 public:
  // Throws InvalidArgumentError (ValueError) if `tensor` is null.
  SaveSpec(Output tensor, std::string slice_spec, std::string name)
      : slice_spec(std::move(slice_spec)), name(std::move(name)), tensor_(tensor) {
    if (!tensor) errors::raise_value_error("no tensor to save as '" + this->name + "'");
    dtype = base_dtype(tensor.dtype());
    device = tensor.device();
  }
  // A tensor that `make` adds to the graph whenever it is asked for, where the saver wants it.
  SaveSpec(std::function<Output()> make, std::string slice_spec, std::string name, DType dtype,
           std::string device)
      : slice_spec(std::move(slice_spec)),
        name(std::move(name)),
        dtype(base_dtype(dtype)),
        device(std::move(device)),
        make_(std::move(make)) {}

  Output tensor() const { return make_ ? make_() : tensor_; }
  // The tensor, if it need not be made; else null.
  Output existing_tensor() const { return tensor_; }

  std::string slice_spec;  // "6 2 0,2:0,2" for a part of a tensor; empty for all of it
  std::string name;        // in the checkpoint
  DType dtype;             // without reference
  std::string device;      // of the tensor

 private:
  std::function<Output()> make_;
  Output tensor_;
};

// The shape that a tensor should have after it is restored, or a tensor that holds it.
using RestoredShape = std::variant<Shape, Output>;

// Something with a state that tensors hold. In the collection GraphKeys::SAVEABLE_OBJECTS it is
// saved by every Saver that is not told what to save:
//   tf::add_to_collection(tf::GraphKeys::SAVEABLE_OBJECTS, object);
class SaveableObject : public CollectionObject {
 public:
  // `op` is what the object stands for: a Saver takes one object for it. Null if there is no such
  // tensor.
  SaveableObject(Output op, std::vector<SaveSpec> specs, std::string name)
      : op_(op), specs_(std::move(specs)), name_(std::move(name)) {}

  Output op() const { return op_; }
  const std::vector<SaveSpec>& specs() const { return specs_; }
  std::string name() const override { return name_; }
  // Where its tensors are. Throws InvalidArgumentError (ValueError) if it has none.
  const std::string& device() const {
    if (specs_.empty()) errors::raise_value_error("nothing to save of '" + name_ + "'");
    return specs_.front().device;
  }

  // Adds the nodes that bring the state back, and returns the operation to run. `restored_tensors`
  // are what was read, one for each spec; `restored_shapes` the shapes of the specs' tensors, if
  // the saver reshapes. Called once for every saver, in its name scope.
  virtual Operation* restore(
      const std::vector<Output>& restored_tensors,
      const std::optional<std::vector<RestoredShape>>& restored_shapes) const = 0;

  // A MetaGraphDef knows it by its name alone.
  std::string to_proto_bytes(const std::string& /*export_scope*/) const override { return {}; }

 private:
  Output op_;
  std::vector<SaveSpec> specs_;
  std::string name_;
};

using Saveable = std::shared_ptr<const SaveableObject>;

}  // namespace tensorkeep::train
