#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/indexed_slices.h"

namespace tensorkeep {

class ShapeContext;

// Sets the shapes of an operation's outputs from what is known of its inputs.
using ShapeFn = void (*)(ShapeContext&);
// Adds the nodes that compute the gradients of an operation's inputs from those of its outputs;
// one for each input, none where there is no gradient. Every element of `grads` is a tensor or
// none (slices are made dense before).
using GradientFn = Gradients (*)(Operation& op, const std::vector<Output>& grads);
// The same for an operation that can hand on some rows as they come.
using SlicesGradientFn = Gradients (*)(Operation& op, const Gradients& grads);

// What we add to an operation's entry in the table.
struct OpTraits {
  ShapeFn shape = nullptr;
  GradientFn gradient = nullptr;
  bool not_differentiable = false;
  SlicesGradientFn slices_gradient = nullptr;  // taken where it is set
};

class OpRegistry {
 public:
  // The registry with every operation of ops/ in it.
  static const OpRegistry& global();

  // Throws InternalError if `name` is registered twice or is in no table.
  void add(std::string_view name, OpTraits traits);
  // Adds what is not there yet (a gradient rule beside a shape function registered elsewhere).
  void add_gradient(std::string_view name, GradientFn gradient);
  void add_slices_gradient(std::string_view name, SlicesGradientFn gradient);
  void add_not_differentiable(std::string_view name);
  const OpTraits* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  OpTraits& without_gradient(std::string_view name);

  std::unordered_map<std::string, OpTraits> traits_;
};

// Defined in ops/: the one list of the families.
void register_operations(OpRegistry& registry);

}  // namespace tensorkeep
