#include "tensorkeep/regularizers.h"

#include <fmt/format.h>

#include "ops/op_scope.h"
#include "ops/variable_store.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"

namespace tensorkeep {
namespace {

// A loss that is added to the graph anew whenever it is used; what the collection shows is the
// first one.
class RegularizationLoss final : public TensorConvertible, public CollectionObject {
 public:
  RegularizationLoss(Variable variable, std::string name, Regularizer regularizer)
      : variable_(std::move(variable)),
        name_(std::move(name)),
        regularizer_(std::move(regularizer)) {
    first_ = make();
  }

  Output as_tensor(const std::string&, bool) const override { return make(); }
  DType dtype() const override { return base_dtype(first_.dtype()); }
  Graph& graph() const override { return first_.graph(); }
  Shape shape() const override { return first_.shape(); }
  std::string name() const override { return first_.name(); }
  std::string to_proto_bytes(const std::string&) const override { return ""; }

 private:
  Output make() const {
    Graph& own = variable_.graph();
    const ColocationScope beside(own, &variable_.op());
    const NameScope scope(own, name_ + "/Regularizer/");
    return regularizer_(variable_);
  }

  Variable variable_;
  std::string name_;
  Regularizer regularizer_;
  Output first_;
};

using Loss = Output (*)(const Input& weights, const Input& scale, const std::string& name);

Regularizer scaled_loss(double scale, const std::string& scope, const char* default_name,
                        Loss loss) {
  if (scale < 0.0) {
    errors::raise_value_error(
        fmt::format("Setting a scale less than 0 on a regularizer: {}", scale));
  }
  if (scale == 0.0) return no_regularizer;
  return [=](const Variable& weights) {
    const ops::OpScope inside({weights}, scope, default_name);
    const Output factor = ops::const_of(scale, weights.dtype(), "scale");
    return loss(weights, factor, inside.name());
  };
}

}  // namespace

void ops::add_regularization_loss(const Variable& variable, const std::string& name,
                                  const Regularizer& regularizer) {
  // TensorFlow asks first whether there is a loss at all, and the nodes stay.
  if (!regularizer(variable)) return;
  variable.graph().add_to_collection(
      GraphKeys::REGULARIZATION_LOSSES,
      std::shared_ptr<CollectionObject>(
          std::make_shared<RegularizationLoss>(variable, name, regularizer)));
}

Output no_regularizer(const Variable&) {
  return Output();
}

Regularizer contrib::layers::l1_regularizer(double scale, const std::string& scope) {
  return scaled_loss(scale, scope, "l1_regularizer",
                     [](const Input& weights, const Input& factor, const std::string& name) {
                       return multiply(factor, reduce_sum(abs(weights)), {name});
                     });
}

Regularizer contrib::layers::l2_regularizer(double scale, const std::string& scope) {
  return scaled_loss(scale, scope, "l2_regularizer",
                     [](const Input& weights, const Input& factor, const std::string& name) {
                       return multiply(factor, nn::l2_loss(weights), {name});
                     });
}

std::vector<Input> losses::get_regularization_losses(const std::string& scope) {
  std::vector<Input> losses;
  for (const CollectionItem& item : get_collection(GraphKeys::REGULARIZATION_LOSSES)) {
    if (const auto* tensor = std::get_if<Output>(&item)) {
      if (tensor->name().starts_with(scope)) losses.emplace_back(*tensor);
    } else if (const auto* object = std::get_if<std::shared_ptr<CollectionObject>>(&item)) {
      const auto loss = std::dynamic_pointer_cast<const TensorConvertible>(*object);
      if (loss && (*object)->name().starts_with(scope)) losses.emplace_back(loss);
    }
  }
  return losses;
}

Output losses::get_regularization_loss(const std::string& scope, const std::string& name) {
  const std::vector<Input> losses = get_regularization_losses(scope);
  return losses.empty() ? constant(0.0) : add_n(losses, {name});
}

}  // namespace tensorkeep
