#include "runtime/kernels/resize.h"

#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Images in another size: from the nearest pixel, or between two in each direction.
namespace tensorkeep::runtime {

ResizeOptions::ResizeOptions(const Operation& op)
    : align_corners(op.attr_bool("align_corners")),
      half_pixel_centers(op.has_attr("half_pixel_centers") && op.attr_bool("half_pixel_centers")) {
  if (align_corners && half_pixel_centers) {
    throw errors::InvalidArgumentError(
        "If half_pixel_centers is True, align_corners must be False.", {.node = op.name()});
  }
}

ImageSize image_size(const KernelContext& c, int index, const char* name) {
  const Shape& shape = c.input_shape(index);
  if (shape.rank() != 4) {
    c.fail(fmt::format("{} must be 4-dimensional{}", name, shape.debug_string()));
  }
  return ImageSize(shape);
}

ImageSize resized(const KernelContext& c, const ImageSize& image, int index) {
  const Shape& shape = c.input_shape(index);
  if (shape.rank() != 1) c.fail("shape_t must be 1-dimensional" + shape.debug_string());
  if (shape.dim(0) != 2) c.fail("shape_t must have two elements" + shape.debug_string());
  const std::vector<std::int64_t> size = integers(c, index);
  if (size[0] <= 0 || size[1] <= 0) c.fail("output dimensions must be positive");
  if (image.height <= 0 || image.width <= 0) c.fail("input image must be of non-zero size");
  return ImageSize(Shape{image.batch, size[0], size[1], image.channels});
}

namespace {

// Between which two pixels of the other image one lies, and how near to the second.
struct Between {
  std::int64_t first;
  std::int64_t second;
  float part;
};

std::vector<Between> positions_between(const ResizeOptions& options, std::int64_t in,
                                       std::int64_t out) {
  const float scale = resize_scale(in, out, options.align_corners);
  std::vector<Between> result(static_cast<std::size_t>(out));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float at = resize_position(options, static_cast<std::int64_t>(i), scale);
    const float floor = std::floor(at);
    result[i].first = std::clamp<std::int64_t>(static_cast<std::int64_t>(floor), 0, in - 1);
    result[i].second =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(at)), 0, in - 1);
    result[i].part = at - floor;
  }
  return result;
}

std::vector<std::int64_t> nearest_positions(const ResizeOptions& options, std::int64_t in,
                                            std::int64_t out) {
  const float scale = resize_scale(in, out, options.align_corners);
  std::vector<std::int64_t> result(static_cast<std::size_t>(out));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float at = (static_cast<float>(i) + (options.half_pixel_centers ? 0.5f : 0.0f)) * scale;
    const float nearest = options.align_corners ? std::round(at) : std::floor(at);
    result[i] = std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), 0, in - 1);
  }
  return result;
}

// Calls f(offset in the image, offset in the resized one) for every pixel of the latter.
template <typename F>
void for_nearest(const ResizeOptions& options, const ImageSize& in, const ImageSize& out, F&& f) {
  const auto rows = nearest_positions(options, in.height, out.height);
  const auto columns = nearest_positions(options, in.width, out.width);
  for (std::int64_t b = 0; b < out.batch; ++b) {
    for (std::int64_t y = 0; y < out.height; ++y) {
      for (std::int64_t x = 0; x < out.width; ++x) {
        f(in.at(b, rows[static_cast<std::size_t>(y)], columns[static_cast<std::size_t>(x)]),
          out.at(b, y, x));
      }
    }
  }
}

Kernel make_nearest(const Operation& op) {
  return [options = ResizeOptions(op)](KernelContext& c) {
    const ImageSize in = image_size(c, 0);
    const ImageSize out = resized(c, in, 1);
    Tensor& result = c.allocate_output(0, out.shape());
    if (result.num_elements() == 0) return;
    by_width(c, result.dtype(), [&](auto zero) {
      using T = decltype(zero);
      const T* from = elements<T>(c.input(0));
      T* to = mutable_elements<T>(result);
      for_nearest(options, in, out, [&](std::int64_t image, std::int64_t pixel) {
        std::copy_n(from + image, in.channels, to + pixel);
      });
    });
  };
}

template <typename T>
void nearest_gradient(KernelContext& c, const ResizeOptions& options) {
  const ImageSize out = image_size(c, 0);
  const ImageSize in = resized(c, out, 1);
  Tensor& result = c.allocate_output(0, in.shape());
  compute_wide(
      [&](const Tensor& grads, Tensor& sums) {
        const T* from = grads.data<T>().data();
        T* to = sums.mutable_data<T>().data();
        std::fill_n(to, sums.num_elements(), T(0));
        if (grads.num_elements() == 0) return;
        for_nearest(options, in, out, [&](std::int64_t image, std::int64_t pixel) {
          for (std::int64_t i = 0; i < in.channels; ++i) {
            to[image + i] = static_cast<T>(to[image + i] + from[pixel + i]);
          }
        });
      },
      result, c.input(0));
}

Kernel make_nearest_gradient(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double, std::int32_t, std::int8_t, std::uint8_t>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&]<typename T>(T) -> Kernel {
        return [options = ResizeOptions(op)](KernelContext& c) { nearest_gradient<T>(c, options); };
      });
}

// Calls f(pixel, image, weight) with the offsets of every pixel of the resized image and of the
// four it lies between.
template <typename F>
void for_corners(const ResizeOptions& options, const ImageSize& in, const ImageSize& out, F&& f) {
  const auto rows = positions_between(options, in.height, out.height);
  const auto columns = positions_between(options, in.width, out.width);
  for (std::int64_t b = 0; b < out.batch; ++b) {
    for (std::int64_t y = 0; y < out.height; ++y) {
      const Between& row = rows[static_cast<std::size_t>(y)];
      for (std::int64_t x = 0; x < out.width; ++x) {
        f(b, row, columns[static_cast<std::size_t>(x)], out.at(b, y, x));
      }
    }
  }
}

Kernel make_bilinear(const Operation& op) {
  return resizing(op, [](const ResizeOptions& options, const ImageSize& in, const ImageSize& out,
                         const float* from, float* to) {
    if (in.same_image(out)) {
      std::copy_n(from, out.shape().num_elements(), to);
      return;
    }
    for_corners(options, in, out,
                [&](std::int64_t b, const Between& row, const Between& column, std::int64_t pixel) {
                  const float* top = from + in.at(b, row.first, 0);
                  const float* bottom = from + in.at(b, row.second, 0);
                  const std::int64_t left = column.first * in.channels;
                  const std::int64_t right = column.second * in.channels;
                  for (std::int64_t i = 0; i < in.channels; ++i) {
                    const float above =
                        top[left + i] + (top[right + i] - top[left + i]) * column.part;
                    const float below =
                        bottom[left + i] + (bottom[right + i] - bottom[left + i]) * column.part;
                    to[pixel + i] = above + (below - above) * row.part;
                  }
                });
  });
}

template <typename T>
void bilinear_gradient(KernelContext& c, const ResizeOptions& options) {
  const ImageSize out = image_size(c, 0, "input_grad");
  const ImageSize in = image_size(c, 1, "original_image");
  if (out.batch != in.batch || out.channels != in.channels) {
    c.fail("input_grad and original_image must have the same batch and channels");
  }
  Tensor& result = c.allocate_output(0, in.shape());
  const float* from = c.input(0).data<float>().data();
  compute_wide(
      [&](Tensor& sums) {
        T* to = sums.mutable_data<T>().data();
        std::fill_n(to, sums.num_elements(), T(0));
        if (sums.num_elements() == 0 || c.input(0).num_elements() == 0) return;
        for_corners(
            options, in, out,
            [&](std::int64_t b, const Between& row, const Between& column, std::int64_t pixel) {
              const float row_rest = 1.0f - row.part;
              const float column_rest = 1.0f - column.part;
              const auto add = [&](std::int64_t y, std::int64_t x, float down, float across) {
                T* image = to + in.at(b, y, x);
                for (std::int64_t i = 0; i < in.channels; ++i) {
                  image[i] += static_cast<T>(from[pixel + i] * down * across);
                }
              };
              add(row.first, column.first, row_rest, column_rest);
              add(row.first, column.second, row_rest, column.part);
              add(row.second, column.first, row.part, column_rest);
              add(row.second, column.second, row.part, column.part);
            });
      },
      result);
}

Kernel make_bilinear_gradient(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&]<typename T>(T) -> Kernel {
        return
            [options = ResizeOptions(op)](KernelContext& c) { bilinear_gradient<T>(c, options); };
      });
}

}  // namespace

Tensor as_float32(const KernelContext& c, int index) {
  const Tensor wide = widen(c.input(index));
  if (wide.dtype() == DType::kFloat32) return wide;
  Tensor result(DType::kFloat32, wide.shape());
  dispatch<double, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
           std::int64_t>(c.op(), wide.dtype(), [&]<typename T>(T) {
    const auto from = wide.data<T>();
    std::transform(from.begin(), from.end(), result.mutable_data<float>().begin(),
                   [](T x) { return static_cast<float>(x); });
    return 0;
  });
  return result;
}

void register_resize_kernels(KernelRegistry& registry) {
  registry.add("ResizeNearestNeighbor", make_nearest);
  registry.add("ResizeNearestNeighborGrad", make_nearest_gradient);
  registry.add("ResizeBilinear", make_bilinear);
  registry.add("ResizeBilinearGrad", make_bilinear_gradient);
}

}  // namespace tensorkeep::runtime
