#pragma once

#include <concepts>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

namespace tensorkeep {

// What cond and while_loop give: one tensor, or several.
class Outputs : public std::vector<Output> {
 public:
  using std::vector<Output>::vector;
  Outputs(std::vector<Output> outputs) : std::vector<Output>(std::move(outputs)) {}
  // The only one. Throws InvalidArgumentError (ValueError) unless there is exactly one.
  operator Output() const;
};

// What the function of a branch or a loop's body returns: an operation, a tensor or something that
// becomes one, or several of them; nothing stands for Python's None.
class Returned {
 public:
  struct Item {
    Item(Operation* operation) : op(operation) {}
    template <typename T>
    requires std::convertible_to<T, Input> Item(T&& input)
        : value(converted(std::forward<T>(input))) {}

    Operation* op = nullptr;
    Input value;  // where there is no operation

   private:
    static Input converted(Input input) { return input; }  // as an argument is, not as a member
  };

  Returned() = default;
  template <typename T>
  requires std::convertible_to<T, Item> &&
      (!std::is_same_v<std::decay_t<T>, Returned>)Returned(T&& item)
      : is_none_(false), items_{Item(std::forward<T>(item))} {}
  Returned(std::initializer_list<Item> items) : Returned(std::vector<Item>(items)) {}
  Returned(std::vector<Item> items) : is_none_(false), is_list_(true), items_(std::move(items)) {}
  Returned(const std::vector<Output>& tensors)
      : Returned(std::vector<Item>(tensors.begin(), tensors.end())) {}
  Returned(const std::vector<Input>& inputs)
      : Returned(std::vector<Item>(inputs.begin(), inputs.end())) {}
  Returned(const Outputs& tensors) : Returned(static_cast<const std::vector<Output>&>(tensors)) {}

  bool is_none() const { return is_none_; }
  // Several, even if it is a list of one.
  bool is_list() const { return is_list_; }
  const std::vector<Item>& items() const { return items_; }

 private:
  bool is_none_ = true;
  bool is_list_ = false;
  std::vector<Item> items_;
};

}  // namespace tensorkeep
