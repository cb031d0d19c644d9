#pragma once

#include "runtime/kernel.h"

// What resizing images [batch, height, width, channels] shares.
namespace tensorkeep::runtime {

struct ResizeOptions {
  bool align_corners;
  bool half_pixel_centers;

  // Throws InvalidArgumentError if both are asked for.
  explicit ResizeOptions(const Operation& op);
};

struct ImageSize {
  std::int64_t batch;
  std::int64_t height;
  std::int64_t width;
  std::int64_t channels;

  explicit ImageSize(const Shape& shape)
      : batch(shape.dim(0)), height(shape.dim(1)), width(shape.dim(2)), channels(shape.dim(3)) {}
  Shape shape() const { return {batch, height, width, channels}; }
  bool same_image(const ImageSize& other) const {
    return height == other.height && width == other.width;
  }
  std::int64_t at(std::int64_t b, std::int64_t y, std::int64_t x) const {
    return ((b * height + y) * width + x) * channels;
  }
};

// The size of an input of four dimensions; fails for others.
ImageSize image_size(const KernelContext& c, int index, const char* name = "input");
// The same image in another height and width, those of input `index`.
ImageSize resized(const KernelContext& c, const ImageSize& image, int index);

// The numbers of an input of any real type.
Tensor as_float32(const KernelContext& c, int index);

// The kernel that makes the float32 image: f(options, in, out, from, to) fills it, which is not
// empty, from the numbers of input 0.
template <typename F>
Kernel resizing(const Operation& op, F f) {
  return [options = ResizeOptions(op), f](KernelContext& c) {
    const ImageSize in = image_size(c, 0);
    const ImageSize out = resized(c, in, 1);
    Tensor& result = c.allocate_output(0, out.shape());
    if (result.num_elements() == 0) return;
    const Tensor image = as_float32(c, 0);
    f(options, in, out, image.data<float>().data(), result.mutable_data<float>().data());
  };
}

// How many pixels of an image of `in` belong to one of `out`, in one direction.
inline float resize_scale(std::int64_t in, std::int64_t out, bool align_corners) {
  return align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                  : static_cast<float>(in) / static_cast<float>(out);
}

// Where pixel `i` of the resized image lies in the other.
inline float resize_position(const ResizeOptions& options, std::int64_t i, float scale) {
  const auto x = static_cast<float>(i);
  return options.half_pixel_centers ? (x + 0.5f) * scale - 0.5f : x * scale;
}

}  // namespace tensorkeep::runtime
