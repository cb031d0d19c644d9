#include <fmt/format.h>

#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "transform/imported_node.h"

namespace tensorkeep::transform {
namespace {

// Why two shapes cannot be merged, as TensorFlow's C++ says it.
std::string contradiction(const Shape& a, const Shape& b) {
  if (a.rank() != b.rank()) {
    return fmt::format("Shapes must be equal rank, but are {} and {}", a.rank(), b.rank());
  }
  int i = 0;
  while (a.dim(i) == b.dim(i) || a.dim(i) < 0 || b.dim(i) < 0) ++i;
  return fmt::format(
      "Dimension {} in both shapes must be equal, but are {} and {}. Shapes are {} and {}.", i,
      a.dim(i), b.dim(i), a.debug_string(), b.debug_string());
}

void merge_output_shape(const proto::TensorShapeProto& message, Operation& op, int index) {
  Shape shape;
  try {
    shape = shape_from_proto(message);
  } catch (const errors::Error& error) {
    errors::raise_value_error(
        fmt::format("Node '{} has an invalid _output_shapes attribute (shape #{} error:'{}'",
                    op.name(), index, error.message()),
        {.node = op.name()});
  }
  const Shape& inferred = op.output_shape(index);
  if (!inferred.compatible_with(shape)) {
    errors::raise_value_error(
        fmt::format("Node '{}' has an _output_shapes attribute inconsistent with the GraphDef "
                    "for output #{}: {}",
                    op.name(), index, contradiction(inferred, shape)),
        {.node = op.name()});
  }
  op.set_output_shape(index, inferred.merge_with(shape));
}

}  // namespace

void merge_output_shapes(const proto::NodeDef& def, Operation& op) {
  const auto found = def.attr().find("_output_shapes");
  if (found == def.attr().end() || !found->second.has_list()) return;
  const auto& shapes = found->second.list().shape();
  if (shapes.size() < op.num_outputs()) {
    errors::raise_value_error(
        fmt::format("Node '{}' has {} outputs but the _output_shapes attribute specifies shapes "
                    "for {} outputs",
                    op.name(), op.num_outputs(), shapes.size()),
        {.node = op.name()});
  }
  for (int i = 0; i < op.num_outputs(); ++i) merge_output_shape(shapes[i], op, i);
}

}  // namespace tensorkeep::transform
