#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/resize.h"

// Boxes in images: parts of images in another size, and the best of overlapping boxes.
namespace tensorkeep::runtime {
namespace {

// Where a pixel of a crop lies in the image, in one direction: between which two, and how near to
// the second.
struct Place {
  std::int64_t first;
  std::int64_t second;
  std::int64_t nearest;
  float part;
};

class Cut {
 public:
  Cut(float begin, float end, std::int64_t image, std::int64_t crop) : last_(image - 1) {
    const auto last = static_cast<float>(last_);
    step_ = crop > 1 ? (end - begin) * last / static_cast<float>(crop - 1) : 0.0f;
    base_ = crop > 1 ? begin * last : 0.5f * (begin + end) * last;
  }
  // Nothing outside the image.
  std::optional<Place> place(std::int64_t i) const {
    const float at = base_ + static_cast<float>(i) * step_;
    if (!(at >= 0 && at <= static_cast<float>(last_))) return std::nullopt;
    // The last pixel's number may be rounded up.
    const auto pixel = [&](float x) { return std::min(static_cast<std::int64_t>(x), last_); };
    return Place{pixel(std::floor(at)), pixel(std::ceil(at)), pixel(std::round(at)),
                 at - std::floor(at)};
  }

 private:
  std::int64_t last_;
  float base_;
  float step_;
};

struct Crops {
  ImageSize image;
  std::int64_t count;
  std::int64_t height;
  std::int64_t width;
  std::span<const float> boxes;
  std::span<const std::int32_t> images;
};

Crops checked_crops(const KernelContext& c, const ImageSize& image, int boxes, std::int64_t height,
                    std::int64_t width) {
  const Shape& shape = c.input_shape(boxes);
  if (shape.rank() != 2) c.fail("boxes must be 2-D" + shape.debug_string());
  if (shape.dim(1) != 4) c.fail("boxes must have 4 columns");
  if (c.input_shape(boxes + 1) != Shape{shape.dim(0)}) {
    c.fail("box_index has incompatible shape");
  }
  if (image.height <= 0 || image.width <= 0) c.fail("image dimensions must be positive");
  if (height <= 0 || width <= 0) c.fail("crop dimensions must be positive");
  const auto images = c.input(boxes + 1).data<std::int32_t>();
  for (const std::int32_t i : images) {
    if (i < 0 || i >= image.batch) {
      throw errors::OutOfRangeError("box_index has values outside [0, batch_size)",
                                    {.node = c.op().name()});
    }
  }
  return {image, shape.dim(0), height, width, c.input(boxes).data<float>(), images};
}

// A pixel of a crop, and where it lies in which image of the batch.
struct CropPixel {
  std::int64_t box;
  std::int64_t i;
  std::int64_t j;
  std::int64_t number;  // among the pixels of all crops
  std::int64_t image;
  Place row;
  Place column;
};

// Calls f(pixel) for every pixel of every crop, and outside(number) for those outside the image.
template <typename F, typename Outside>
void for_pixels(const Crops& crops, F&& f, Outside&& outside) {
  std::int64_t number = 0;
  for (std::int64_t n = 0; n < crops.count; ++n) {
    const auto box = crops.boxes.subspan(static_cast<std::size_t>(n) * 4, 4);
    const Cut rows(box[0], box[2], crops.image.height, crops.height);
    const Cut columns(box[1], box[3], crops.image.width, crops.width);
    const std::int64_t image = crops.images[static_cast<std::size_t>(n)];
    for (std::int64_t i = 0; i < crops.height; ++i) {
      const auto row = rows.place(i);
      for (std::int64_t j = 0; j < crops.width; ++j, ++number) {
        const auto column = columns.place(j);
        if (row && column) {
          f(CropPixel{n, i, j, number, image, *row, *column});
        } else {
          outside(number);
        }
      }
    }
  }
}

Kernel make_crop_and_resize(const Operation& op) {
  return [nearest = op.attr_string("method") == "nearest",
          fill = op.attr_float("extrapolation_value")](KernelContext& c) {
    const ImageSize image = image_size(c, 0, "input image");
    if (c.input_shape(3) != Shape{2}) {
      c.fail("crop_size must have two elements" + c.input_shape(3).debug_string());
    }
    const std::vector<std::int64_t> size = integers(c, 3);
    const Crops crops = checked_crops(c, image, 1, size[0], size[1]);
    Tensor& out = c.allocate_output(0, {crops.count, size[0], size[1], image.channels});
    const Tensor images = as_float32(c, 0);
    const float* from = images.data<float>().data();
    float* to = out.mutable_data<float>().data();
    const std::int64_t channels = image.channels;
    if (out.num_elements() == 0) return;
    const auto copy = [&](const CropPixel& pixel) {
      const Place& row = pixel.row;
      const Place& column = pixel.column;
      float* here = to + pixel.number * channels;
      if (nearest) {
        std::copy_n(from + image.at(pixel.image, row.nearest, column.nearest), channels, here);
        return;
      }
      for (std::int64_t i = 0; i < channels; ++i) {
        const auto between = [&](std::int64_t y) {
          const float left = from[image.at(pixel.image, y, column.first) + i];
          return left + (from[image.at(pixel.image, y, column.second) + i] - left) * column.part;
        };
        const float top = between(row.first);
        here[i] = top + (between(row.second) - top) * row.part;
      }
    };
    for_pixels(crops, copy,
               [&](std::int64_t number) { std::fill_n(to + number * channels, channels, fill); });
  };
}

ImageSize checked_grads(const KernelContext& c, std::int64_t boxes) {
  const ImageSize grads = image_size(c, 0, "grads image");
  if (grads.batch != boxes) c.fail("boxes and grads have incompatible shape");
  return grads;
}

template <typename T>
void crop_gradient_image(KernelContext& c, bool nearest) {
  const ImageSize grads =
      checked_grads(c, c.input_shape(1).rank() == 2 ? c.input_shape(1).dim(0) : 0);
  if (c.input_shape(3) != Shape{4}) c.fail("image_size must have 4 elements");
  const std::vector<std::int64_t> dims = integers(c, 3);
  for (const std::int64_t dim : dims) {
    if (dim <= 0) c.fail("image dimensions must be positive");
  }
  const ImageSize image{Shape(dims)};
  if (image.channels != grads.channels) c.fail("image_size and grads are incompatible");
  const Crops crops = checked_crops(c, image, 1, grads.height, grads.width);
  Tensor& out = c.allocate_output(0, image.shape());
  const float* from = c.input(0).data<float>().data();
  compute_wide(
      [&](Tensor& sums) {
        T* to = sums.mutable_data<T>().data();
        std::fill_n(to, sums.num_elements(), T(0));
        if (c.input(0).num_elements() == 0) return;
        const auto spread = [&](const CropPixel& pixel) {
          const Place& row = pixel.row;
          const Place& column = pixel.column;
          const float* grad = from + pixel.number * image.channels;
          const auto add = [&](std::int64_t y, std::int64_t x, float weight) {
            T* here = to + image.at(pixel.image, y, x);
            for (std::int64_t i = 0; i < image.channels; ++i) {
              here[i] += static_cast<T>(weight * grad[i]);
            }
          };
          if (nearest) return add(row.nearest, column.nearest, 1.0f);
          add(row.first, column.first, (1 - row.part) * (1 - column.part));
          add(row.first, column.second, (1 - row.part) * column.part);
          add(row.second, column.first, row.part * (1 - column.part));
          add(row.second, column.second, row.part * column.part);
        };
        for_pixels(crops, spread, [](std::int64_t) {});
      },
      out);
}

Kernel make_crop_gradient_image(const Operation& op) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&]<typename T>(T) -> Kernel {
        return [nearest = op.attr_string("method") == "nearest"](KernelContext& c) {
          crop_gradient_image<T>(c, nearest);
        };
      });
}

void crop_gradient_boxes(KernelContext& c) {
  const ImageSize image = image_size(c, 1, "input image");
  const ImageSize grads =
      checked_grads(c, c.input_shape(2).rank() == 2 ? c.input_shape(2).dim(0) : 0);
  if (image.channels != grads.channels) c.fail("image, grads depth differ");
  const Crops crops = checked_crops(c, image, 2, grads.height, grads.width);
  Tensor& out = c.allocate_output(0, c.input_shape(2));
  const Tensor images = as_float32(c, 1);
  const float* pixels = images.data<float>().data();
  const float* from = c.input(0).data<float>().data();
  float* to = out.mutable_data<float>().data();
  std::fill_n(to, out.num_elements(), 0.0f);
  const auto rows = static_cast<float>(image.height - 1);
  const auto columns = static_cast<float>(image.width - 1);
  // How far a pixel of the crop moves with the begin and the end of the box.
  const auto share = [](std::int64_t i, std::int64_t size, float whole) {
    const float end =
        size > 1 ? static_cast<float>(i) * whole / static_cast<float>(size - 1) : 0.5f * whole;
    return std::pair(whole - end, end);
  };
  if (c.input(0).num_elements() == 0) return;
  const auto move = [&](const CropPixel& pixel) {
    const Place& row = pixel.row;
    const Place& column = pixel.column;
    const auto [y1, y2] = share(pixel.i, grads.height, rows);
    const auto [x1, x2] = share(pixel.j, grads.width, columns);
    float* box = to + pixel.box * 4;
    for (std::int64_t k = 0; k < image.channels; ++k) {
      const float top_left = pixels[image.at(pixel.image, row.first, column.first) + k];
      const float top_right = pixels[image.at(pixel.image, row.first, column.second) + k];
      const float bottom_left = pixels[image.at(pixel.image, row.second, column.first) + k];
      const float bottom_right = pixels[image.at(pixel.image, row.second, column.second) + k];
      const float grad = from[pixel.number * image.channels + k];
      const float down = grad * ((1 - column.part) * (bottom_left - top_left) +
                                 column.part * (bottom_right - top_right));
      const float across = grad * ((1 - row.part) * (top_right - top_left) +
                                   row.part * (bottom_right - bottom_left));
      box[0] += down * y1;
      box[1] += across * x1;
      box[2] += down * y2;
      box[3] += across * x2;
    }
  };
  for_pixels(crops, move, [](std::int64_t) {});
}

}  // namespace

void register_image_box_kernels(KernelRegistry& registry) {
  registry.add("CropAndResize", make_crop_and_resize);
  registry.add("CropAndResizeGradImage", make_crop_gradient_image);
  registry.add_function("CropAndResizeGradBoxes", crop_gradient_boxes);
}

}  // namespace tensorkeep::runtime
