#pragma once

#include <concepts>
#include <optional>

// Arithmetic on sizes that come from files: overflow is an answer, not behaviour.
namespace tensorkeep {

template <std::integral T>
std::optional<T> checked_add(T a, T b) {
  T result;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <std::integral T>
std::optional<T> checked_mul(T a, T b) {
  T result;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

}  // namespace tensorkeep
