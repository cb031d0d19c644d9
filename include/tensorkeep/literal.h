#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/tensor.h"

namespace tensorkeep {

// A number, string or nested list written in a program, without a type yet: what Python passes as
// `1.0` or `[[1, 2], [3, 4]]`. It takes the type of where it is used, or Python's default (float32
// for floats, int32 for integers that fit, else int64).
class Literal {
 public:
  // All but the list's are templates, which a braced list cannot deduce: {x} is a list of one under
  // every compiler (clang 14 would prefer a plain constructor that takes x), and no pointer is a
  // bool.
  template <std::same_as<bool> T>
  Literal(T value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Literal(T value) : value_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point T>
  Literal(T value) : value_(static_cast<double>(value)) {}
  template <std::convertible_to<std::string_view> T>
  Literal(T&& text) : value_(std::string(std::forward<T>(text))) {}
  template <std::same_as<Tensor> T>
  Literal(T value) : value_(std::move(value)) {}
  template <typename T>
  requires std::convertible_to<const T&, Literal> Literal(const std::vector<T>& values)
      : value_(std::vector<Literal>(values.begin(), values.end())) {}
  Literal(std::initializer_list<Literal> values) : value_(std::vector<Literal>(values)) {}

  // The tensor it stands for. Throws InvalidArgumentError (TypeError in Python) where `dtype`
  // cannot hold the values ("Expected int32, but got 1.5 of type 'float' instead."), ValueError
  // where nested lists are ragged. With a dtype, numbers are converted as Python converts them.
  Tensor to_tensor(std::optional<DType> dtype = std::nullopt) const;

  // Whether `dtype` could hold it without an error: how a type hint is tried before the default.
  bool fits(DType dtype) const;

 private:
  friend class LiteralConverter;
  std::variant<bool, std::int64_t, double, std::string, Tensor, std::vector<Literal>> value_;
};

}  // namespace tensorkeep
