#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

// Making, reshaping, joining and cutting tensors. Shapes are literals, tensors or a known Shape.
// Every function adds nodes with TensorFlow's names to the graph of its inputs, and throws
// InvalidArgumentError (ValueError or TypeError) where shapes or types do not fit.
namespace tensorkeep {

// A value that must be fed. Without a shape anything may be fed.
Output placeholder(DType dtype, const Shape& shape = Shape::unknown(), const Name& name = {});
Output placeholder_with_default(const Input& input, const Shape& shape, const Name& name = {});

Output identity(const Input& input, const Name& name = {});

// Below 1000 elements a Const, else a Fill.
Output zeros(const Input& shape, DType dtype = float32, const Name& name = {});
Output ones(const Input& shape, DType dtype = float32, const Name& name = {});
Output fill(const Input& dims, const Input& value, const Name& name = {});

// One dimension may be -1: it takes what is left.
Output reshape(const Input& tensor, const Input& shape, const Name& name = {});

struct ShapeOptions {
  std::string name = {};
  DType out_type = int32;
  bool optimize = true;  // a Const where the shape is known already
};
Output shape(const Input& input, const ShapeOptions& options = {});

}  // namespace tensorkeep
