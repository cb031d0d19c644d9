#include <algorithm>

#include "graph/op_registry.h"
#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/op_builder.h"

// Images: colours, where the last dimension are the channels, other sizes, and boxes in them.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

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

// Height and width of the output: the value of a vector of two elements, as far as it is known.
std::pair<std::int64_t, std::int64_t> size_of(const ShapeContext& c, int index) {
  const Shape size = c.input_with_rank(index, 1);
  if (size.rank_known()) c.merge_dims(size.dim(0), 2);
  const auto known = integers_of(c.input_constant(index));
  if (!known) return {None, None};
  const auto dim = [&](std::size_t i) { return std::max((*known)[i], None); };
  return {dim(0), dim(1)};
}

void resized_shape(ShapeContext& c) {
  const Shape image = c.input_with_rank(0, 4);
  const auto [height, width] = size_of(c, 1);
  const bool known = image.rank_known();
  c.set_output(0, {known ? image.dim(0) : None, height, width, known ? image.dim(3) : None});
}

void original_shape(ShapeContext& c) {
  c.set_output(0, c.input(1));
}

void cropped_shape(ShapeContext& c) {
  const Shape image = c.input_with_rank(0, 4);
  const Shape boxes = c.input_with_rank(1, 2);
  const Shape images = c.input_with_rank(2, 1);
  std::int64_t count = None;
  if (boxes.rank_known()) {
    c.merge_dims(boxes.dim(1), 4);
    count = boxes.dim(0);
  }
  if (images.rank_known()) count = c.merge_dims(count, images.dim(0));
  const auto [height, width] = size_of(c, 3);
  c.set_output(0, {count, height, width, image.rank_known() ? image.dim(3) : None});
}

void image_of_size(ShapeContext& c) {
  Shape shape = c.input_as_shape(3);
  c.set_output(0, shape.rank_known() ? shape : Shape::unknown_of_rank(4));
}

void like_boxes(ShapeContext& c) {
  c.set_output(0, c.input(2));
}

void suppressed_shape(ShapeContext& c) {
  const Shape boxes = c.input_with_rank(0, 2);
  const Shape scores = c.input_with_rank(1, 1);
  for (int i = 2; i < c.num_inputs(); ++i) c.input_with_rank(i, 0);
  if (boxes.rank_known()) {
    if (scores.rank_known()) c.merge_dims(boxes.dim(0), scores.dim(0));
    c.merge_dims(boxes.dim(1), 4);
  }
  c.set_output(0, {None});
}

OpBuilder& with_options(OpBuilder& builder, const Operation& op) {
  return builder.attr("align_corners", op.attr_bool("align_corners"))
      .attr("half_pixel_centers", op.attr_bool("half_pixel_centers"));
}

Gradients nearest_gradient(Operation& op, const Grads& grads) {
  const Shape& image = op.input(0).shape();
  Output size;
  if (image.rank_known() && image.dim(1) >= 0 && image.dim(2) >= 0) {
    size = constant(shape_to_tensor({image.dim(1), image.dim(2)}),
                    {.name = "ResizeNearestNeighborGrad/size"});
  } else {
    size = getitem(shape(op.input(0)), {Span{1, 3}});
  }
  OpBuilder builder("ResizeNearestNeighborGrad");
  builder.input(grads[0]).input(size);
  return {with_options(builder, op).output(), Gradient()};
}

constexpr char kBilinearGrad[] = "ResizeBilinearGrad";
constexpr char kBicubicGrad[] = "ResizeBicubicGrad";

template <const char* kType>
Gradients smooth_gradient(Operation& op, const Grads& grads) {
  const DType dtype = base_dtype(op.input(0).dtype());
  // Of 16 bits only the bilinear one has an operation.
  const bool is_wide = dtype == float32 || dtype == float64;
  const bool has_gradient = std::string_view(kType) == kBilinearGrad ? is_floating(dtype) : is_wide;
  if (!has_gradient) return {Gradient(), Gradient()};
  OpBuilder builder(kType);
  builder.input(grads[0]).input(op.input(0));
  return {with_options(builder, op).output(), Gradient()};
}

Gradients crop_gradient(Operation& op, const Grads& grads) {
  const Output image = op.input(0);
  Gradient of_image;
  if (is_floating(base_dtype(image.dtype()))) {
    const Output size = image.shape().fully_defined()
                            ? constant(shape_to_tensor(image.shape()),
                                       {.name = "CropAndResizeGradImage/image_size"})
                            : shape(image);
    of_image = OpBuilder("CropAndResizeGradImage")
                   .input(grads[0])
                   .input(op.input(1))
                   .input(op.input(2))
                   .input(size)
                   .attr("T", base_dtype(image.dtype()))
                   .attr("method", op.attr_string("method"))
                   .output();
  }
  const Output of_boxes = OpBuilder("CropAndResizeGradBoxes")
                              .input(grads[0])
                              .input(image)
                              .input(op.input(1))
                              .input(op.input(2))
                              .output();
  return {of_image, of_boxes, Gradient(), Gradient()};
}

}  // namespace

void register_image(OpRegistry& registry) {
  for (const char* name : {"AdjustContrastv2", "AdjustHue", "AdjustSaturation"}) {
    registry.add(name, {.shape = adjusted});
  }
  for (const char* name : {"RGBToHSV", "HSVToRGB"}) registry.add(name, {.shape = other_space});
  registry.add("ResizeNearestNeighbor", {.shape = resized_shape, .gradient = nearest_gradient});
  registry.add("ResizeNearestNeighborGrad", {.shape = resized_shape});
  registry.add("ResizeBilinear",
               {.shape = resized_shape, .gradient = smooth_gradient<kBilinearGrad>});
  registry.add("ResizeBilinearGrad", {.shape = original_shape, .not_differentiable = true});
  registry.add("ResizeBicubic",
               {.shape = resized_shape, .gradient = smooth_gradient<kBicubicGrad>});
  registry.add("ResizeBicubicGrad", {.shape = original_shape});
  registry.add("ResizeArea", {.shape = resized_shape});
  registry.add("CropAndResize", {.shape = cropped_shape, .gradient = crop_gradient});
  registry.add("CropAndResizeGradImage", {.shape = image_of_size});
  registry.add("CropAndResizeGradBoxes", {.shape = like_boxes});
  for (const char* name : {"NonMaxSuppression", "NonMaxSuppressionV2", "NonMaxSuppressionV3"}) {
    registry.add(name, {.shape = suppressed_shape, .not_differentiable = true});
  }
}

}  // namespace tensorkeep::ops
