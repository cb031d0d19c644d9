#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tensorkeep/graph.h"

namespace tensorkeep {

class ShapeContext;

// Rows of a tensor that are not zero: what the gradient of a gather is.
struct IndexedSlices {
  Output values;
  Output indices;
  Output dense_shape;
};

// A gradient of one tensor: none, a tensor, or some of its rows.
class Gradient {
 public:
  Gradient() = default;
  Gradient(Output tensor) : tensor_(tensor) {}
  Gradient(IndexedSlices slices) : slices_(slices) {}
  bool none() const { return !tensor_ && !slices_; }
  bool is_slices() const { return slices_.has_value(); }
  Output tensor() const { return tensor_; }  // null for slices
  const IndexedSlices& slices() const { return *slices_; }
  DType dtype() const { return is_slices() ? slices_->values.dtype() : tensor_.dtype(); }

 private:
  Output tensor_;
  std::optional<IndexedSlices> slices_;
};

using Gradients = std::vector<Gradient>;

// Sets the shapes of an operation's outputs from what is known of its inputs.
using ShapeFn = void (*)(ShapeContext&);
// Adds the nodes that compute the gradients of an operation's inputs from those of its outputs;
// one for each input, none where there is no gradient. Every element of `grads` is a tensor or
// none (slices are made dense before).
using GradientFn = Gradients (*)(Operation& op, const std::vector<Output>& grads);

// What we add to an operation's entry in the table.
struct OpTraits {
  ShapeFn shape = nullptr;
  GradientFn gradient = nullptr;
  bool not_differentiable = false;
};

class OpRegistry {
 public:
  // The registry with every operation of ops/ in it.
  static const OpRegistry& global();

  // Throws InternalError if `name` is registered twice or is in no table.
  void add(std::string_view name, OpTraits traits);
  // Adds what is not there yet (a gradient rule beside a shape function registered elsewhere).
  void add_gradient(std::string_view name, GradientFn gradient);
  void add_not_differentiable(std::string_view name);
  const OpTraits* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::unordered_map<std::string, OpTraits> traits_;
};

// Defined in ops/: the one list of the families.
void register_operations(OpRegistry& registry);

}  // namespace tensorkeep
