#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tensorkeep/graph.h"
#include "tensorkeep/indexed_slices.h"

// Gradients that programs define themselves.
namespace tensorkeep {

// As the library's own rules: one entry for each input, none where there is no gradient.
using ProgramGradient = std::function<Gradients(Operation& op, const Gradients& grads)>;

// The gradient of operations of a type, or of those whose attribute "_gradient_op_type" names it.
// Throws InvalidArgumentError (KeyError) for a name that has a gradient already.
void register_gradient(const std::string& op_type, ProgramGradient gradient);
// No gradient flows through them.
void register_not_differentiable(const std::string& op_type);

// While this lives, new operations of a type get the gradient of another name. Scopes nest.
class GradientOverrideScope {
 public:
  GradientOverrideScope(Graph& graph, const std::map<std::string, std::string>& names);
  ~GradientOverrideScope();
  GradientOverrideScope(const GradientOverrideScope&) = delete;
  GradientOverrideScope& operator=(const GradientOverrideScope&) = delete;

 private:
  Graph& graph_;
  std::map<std::string, std::string> saved_;
};

}  // namespace tensorkeep
