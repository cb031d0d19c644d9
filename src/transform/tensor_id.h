#pragma once

#include <compare>
#include <string>

// Names of tensors and control inputs as GraphDefs and callers write them.
namespace tensorkeep::transform {

inline constexpr int kControl = -1;

// "n" (output 0), "n:1", or "^n" (kControl).
struct TensorId {
  std::string node;
  int index = 0;
  auto operator<=>(const TensorId&) const = default;
};

// As TensorFlow's C++ parses the inputs of nodes: what is no number after the colon belongs to the
// name (and then names no node).
TensorId parse_input(const std::string& text);
// As TensorFlow's Python parses the names a caller gives. Throws InvalidArgumentError (ValueError).
TensorId parse_argument(const std::string& text);

// "n:0", "^n".
std::string to_string(const TensorId& id);

}  // namespace tensorkeep::transform
