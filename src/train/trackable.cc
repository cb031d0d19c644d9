#include <algorithm>
#include <variant>

#include "tensorkeep/checkpoint.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::train {

struct Trackable::Object {
  std::variant<std::vector<Child>, Variable, std::shared_ptr<Optimizer>> value;

  std::vector<Child>& group() {
    if (auto* children = std::get_if<std::vector<Child>>(&value)) return *children;
    errors::raise_type_error("only a group of objects tracks others, not a variable or optimizer");
  }
  auto find(const std::string& name) {
    auto& children = group();
    return std::find_if(children.begin(), children.end(),
                        [&](const Child& child) { return child.first == name; });
  }
};

Trackable::Trackable() : object_(std::make_shared<Object>()) {}

Trackable::Trackable(const Variable& variable) : Trackable() {
  if (!variable) {
    errors::raise_value_error(
        "`Checkpoint` was expecting a trackable object (an object derived from `Trackable`), got "
        "None.");
  }
  object_->value = variable;
}

Trackable::Trackable(Optimizer& optimizer)
    : Trackable(std::shared_ptr<Optimizer>(std::shared_ptr<void>(), &optimizer), 0) {}

Trackable::Trackable(std::shared_ptr<Optimizer> optimizer, int) : Trackable() {
  object_->value = std::move(optimizer);
}

Trackable Trackable::list(const std::vector<Trackable>& elements) {
  Trackable list;
  std::vector<Child>& children = list.object_->group();
  for (const Trackable& element : elements) {
    children.emplace_back(std::to_string(children.size()), element);
  }
  return list;
}

Trackable Trackable::dict(const std::vector<Child>& items) {
  Trackable dict;
  for (const auto& [name, child] : items) dict.track(name, child);
  return dict;
}

void Trackable::track(const std::string& name, const Trackable& child) {
  const auto known = object_->find(name);
  if (known != object_->group().end()) {
    known->second = child;
  } else {
    object_->group().emplace_back(name, child);
  }
}

void Trackable::untrack(const std::string& name) {
  const auto known = object_->find(name);
  if (known != object_->group().end()) object_->group().erase(known);
}

std::vector<Trackable::Child> Trackable::children() const {
  if (const Optimizer* kept_by = optimizer()) {
    std::vector<Child> children;
    for (const auto& [name, kept] : kept_by->non_slot_variables()) {
      children.emplace_back(name, kept);
    }
    return children;
  }
  return variable() ? std::vector<Child>() : object_->group();
}

Variable Trackable::variable() const {
  const auto* variable = std::get_if<Variable>(&object_->value);
  return variable == nullptr ? Variable() : *variable;
}

const Optimizer* Trackable::optimizer() const {
  const auto* optimizer = std::get_if<std::shared_ptr<Optimizer>>(&object_->value);
  return optimizer == nullptr ? nullptr : optimizer->get();
}

const void* Trackable::id() const {
  if (const Variable leaf = variable()) return &leaf.op();
  if (const Optimizer* kept_by = optimizer()) return kept_by;
  return object_.get();
}

}  // namespace tensorkeep::train
