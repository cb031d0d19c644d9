#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/families.h"

// The colours of images, whose last dimension are the channels.
namespace tensorkeep::ops {
namespace {

void adjusted(ShapeContext& c) {
  c.set_output(0, c.input_with_rank_at_least(0, 3));
}

void other_space(ShapeContext& c) {
  const Shape input = c.input_with_rank_at_least(0, 1);
  if (!input.rank_known()) return c.set_output(0, input);
  std::vector<std::int64_t> dims = input.dims();
  dims.back() = c.merge_dims(dims.back(), 3);
  c.set_output(0, Shape(std::move(dims)));
}

}  // namespace

void register_image(OpRegistry& registry) {
  for (const char* name : {"AdjustContrastv2", "AdjustHue", "AdjustSaturation"}) {
    registry.add(name, {.shape = adjusted});
  }
  for (const char* name : {"RGBToHSV", "HSVToRGB"}) registry.add(name, {.shape = other_space});
}

}  // namespace tensorkeep::ops
