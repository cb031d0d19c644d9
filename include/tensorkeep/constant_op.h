#pragma once

#include <optional>
#include <string>

#include "tensorkeep/graph.h"
#include "tensorkeep/literal.h"

namespace tensorkeep {

struct ConstantOptions {
  std::optional<DType> dtype = std::nullopt;
  // Unknown: the shape of the value. Else fewer values are filled up with the last one.
  Shape shape = Shape::unknown();
  std::string name = {};
  bool verify_shape = false;  // the value must have exactly `shape`
};

// A Const: tf::constant({{1.0, 2.0}, {3.0, 4.0}}, {.dtype = tf::float64}). Throws
// InvalidArgumentError (TypeError) where `dtype` cannot hold the value, (ValueError) where there
// are more values than `shape` has elements.
Output constant(const Literal& value, const ConstantOptions& options = {});

}  // namespace tensorkeep
