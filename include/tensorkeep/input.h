#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/literal.h"

namespace tensorkeep {

// Something that becomes a tensor when an operation takes it (a Variable reads itself then).
class TensorConvertible {
 public:
  virtual ~TensorConvertible() = default;
  // `as_ref` asks for the mutable tensor itself. `name` names a node that has to be made.
  virtual Output as_tensor(const std::string& name, bool as_ref) const = 0;
  virtual DType dtype() const = 0;  // without reference
  virtual Graph& graph() const = 0;
  virtual Shape shape() const { return Shape::unknown(); }  // as far as it is known
  // What an operation that reads only parts of a resource variable takes; null for anything else.
  virtual Output resource_handle() const { return Output(); }
};

// An argument of an operation: a tensor, something that becomes one, or a literal that turns into
// a Const with the type of its surroundings. Conversion happens inside the operation's name scope.
class Input {
 public:
  Input() : value_(Output()) {}
  Input(Output tensor) : value_(tensor) {}
  Input(std::shared_ptr<const TensorConvertible> object) : value_(std::move(object)) {}
  template <std::convertible_to<Literal> T>  // a template for Literal's reason
  Input(T&& value) : value_(Literal(std::forward<T>(value))) {}
  // A known shape as a vector of int32, or of int64 if a dimension needs it. Throws
  // InvalidArgumentError (ValueError) for a partially known one.
  Input(const Shape& shape);
  Input(std::initializer_list<Literal> values) : value_(Literal(values)) {}

  bool is_tensor() const { return std::holds_alternative<Output>(value_); }
  bool is_literal() const { return std::holds_alternative<Literal>(value_); }
  const Literal& literal() const { return std::get<Literal>(value_); }
  // The type if it has one already (a literal has none), without reference.
  std::optional<DType> dtype() const;
  // The shape as far as it is known without adding a node; unknown for a literal.
  Shape shape() const;
  bool is_none() const { return is_tensor() && graph() == nullptr; }  // a null tensor
  // The handle if it is a resource variable; else null.
  Output resource_handle() const;
  // The graph it belongs to; null for a literal.
  Graph* graph() const;

  // The tensor. A literal becomes a Const called `name` in the default graph, of type `dtype`, or
  // of `dtype_hint` if that can hold it, or of Python's default. Throws InvalidArgumentError if a
  // tensor of another type than `dtype` is given: ValueError "Tensor conversion requested dtype
  // int32 for Tensor with dtype float32: ...".
  Output to_tensor(const std::string& name, std::optional<DType> dtype = std::nullopt,
                   std::optional<DType> dtype_hint = std::nullopt, bool as_ref = false) const;

 private:
  std::variant<Output, std::shared_ptr<const TensorConvertible>, Literal> value_;
};

// The first graph among the inputs, else the default graph. Throws ValueError where two differ.
Graph& graph_of(const std::vector<Input>& inputs);

}  // namespace tensorkeep
