#include <cmath>

#include "runtime/kernels/families.h"
#include "runtime/kernels/resize.h"

// Images in another size: from four pixels in each direction by cubic curves, or as means over the
// area that a pixel covers.
namespace tensorkeep::runtime {
namespace {

// Cubic curves at so many places between two pixels; others take the nearest of these.
constexpr int kTableSize = 1024;

// The weights of pixels that are nearer than 1, and of those that are nearer than 2 (Keys, "Cubic
// convolution interpolation for digital image processing", 1981).
std::vector<std::array<float, 2>> curve(double a) {
  std::vector<std::array<float, 2>> table(kTableSize + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double near = static_cast<double>(static_cast<float>(i) / kTableSize);
    const double far = static_cast<double>(static_cast<float>(near + 1.0));
    table[i] = {static_cast<float>(((a + 2) * near - (a + 3)) * near * near + 1),
                static_cast<float>(((a * far - 5 * a) * far + 8 * a) * far - 4 * a)};
  }
  return table;
}

struct Taps {
  std::array<std::int64_t, 4> pixels;
  std::array<float, 4> weights;
};

// With centers at half pixels, pixels outside the image count nothing; otherwise they are those of
// the border.
std::vector<Taps> taps_of(const ResizeOptions& options, std::int64_t in, std::int64_t out) {
  static const auto steep = curve(-0.75);
  static const auto keys = curve(-0.5);
  const auto& table = options.half_pixel_centers ? keys : steep;
  const float scale = resize_scale(in, out, options.align_corners);
  std::vector<Taps> result(static_cast<std::size_t>(out));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float at = resize_position(options, static_cast<std::int64_t>(i), scale);
    const auto pixel = static_cast<std::int64_t>(std::floor(at));
    const float part = at - static_cast<float>(pixel);
    const auto offset = static_cast<std::size_t>(std::lrint(part * kTableSize));
    const auto& left = table[offset];
    const auto& right = table[kTableSize - offset];
    Taps& taps = result[i];
    taps.weights = {left[1], left[0], right[0], right[1]};
    float sum = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const std::int64_t wanted = pixel - 1 + static_cast<std::int64_t>(j);
      taps.pixels[j] = std::clamp<std::int64_t>(wanted, 0, in - 1);
      if (options.half_pixel_centers && taps.pixels[j] != wanted) taps.weights[j] = 0;
      sum += taps.weights[j];
    }
    if (!options.half_pixel_centers) continue;
    if (std::abs(sum) < 1000.0f * std::numeric_limits<float>::min()) continue;
    for (float& weight : taps.weights) weight *= 1.0f / sum;
  }
  return result;
}

Kernel make_bicubic(const Operation& op) {
  return resizing(op, [](const ResizeOptions& options, const ImageSize& in, const ImageSize& out,
                         const float* from, float* to) {
    const auto rows = taps_of(options, in.height, out.height);
    const auto columns = taps_of(options, in.width, out.width);
    for (std::int64_t b = 0; b < out.batch; ++b) {
      for (const Taps& row : rows) {
        for (const Taps& column : columns) {
          for (std::int64_t i = 0; i < in.channels; ++i) {
            float value = 0;
            for (std::size_t x = 0; x < 4; ++x) {
              float down = 0;
              for (std::size_t y = 0; y < 4; ++y) {
                down += from[in.at(b, row.pixels[y], column.pixels[x]) + i] * row.weights[y];
              }
              value += down * column.weights[x];
            }
            *to++ = value;
          }
        }
      }
    }
  });
}

template <typename T>
void bicubic_gradient(KernelContext& c, const ResizeOptions& options) {
  const ImageSize out = image_size(c, 0, "input_grad");
  const ImageSize in = image_size(c, 1, "original_image");
  if (out.batch != in.batch || out.channels != in.channels) {
    c.fail("input_grad and original_image must have the same batch and channels");
  }
  Tensor& result = c.allocate_output(0, in.shape());
  T* to = result.mutable_data<T>().data();
  std::fill_n(to, result.num_elements(), T(0));
  if (result.num_elements() == 0 || c.input(0).num_elements() == 0) return;
  const float* from = c.input(0).data<float>().data();
  const auto rows = taps_of(options, in.height, out.height);
  const auto columns = taps_of(options, in.width, out.width);
  for (std::int64_t b = 0; b < out.batch; ++b) {
    for (const Taps& row : rows) {
      for (const Taps& column : columns) {
        for (std::size_t y = 0; y < 4; ++y) {
          for (std::size_t x = 0; x < 4; ++x) {
            T* pixel = to + in.at(b, row.pixels[y], column.pixels[x]);
            for (std::int64_t i = 0; i < in.channels; ++i) {
              pixel[i] += static_cast<T>(from[i] * row.weights[y] * column.weights[x]);
            }
          }
        }
        from += in.channels;
      }
    }
  }
}

Kernel make_bicubic_gradient(const Operation& op) {
  return dispatch<float, double>(op, op.output_dtype(0), [&]<typename T>(T) -> Kernel {
    return [options = ResizeOptions(op)](KernelContext& c) { bicubic_gradient<T>(c, options); };
  });
}

// The pixels that one of the resized image covers, and how much of each.
struct Covered {
  std::vector<std::int64_t> pixels;
  std::vector<float> parts;
};

std::vector<Covered> covered_by(const ResizeOptions& options, std::int64_t in, std::int64_t out) {
  const float scale = resize_scale(in, out, options.align_corners);
  std::vector<Covered> result(static_cast<std::size_t>(out));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float begin = static_cast<float>(i) * scale;
    const float end = static_cast<float>(i + 1) * scale;
    const auto first = static_cast<std::int64_t>(std::floor(begin));
    const auto last = static_cast<std::int64_t>(std::ceil(end));
    for (std::int64_t pixel = first; pixel < last; ++pixel) {
      const auto from = static_cast<float>(pixel);
      const auto to = static_cast<float>(pixel + 1);
      float part;
      if (from < begin) {
        part = to > end ? scale : to - begin;
      } else {
        part = to > end ? end - from : 1.0f;
      }
      result[i].pixels.push_back(std::clamp<std::int64_t>(pixel, 0, in - 1));
      result[i].parts.push_back(part);
    }
  }
  return result;
}

Kernel make_area(const Operation& op) {
  return resizing(op, [](const ResizeOptions& options, const ImageSize& in, const ImageSize& out,
                         const float* from, float* to) {
    const auto rows = covered_by(options, in.height, out.height);
    const auto columns = covered_by(options, in.width, out.width);
    const float share = 1.0f / (resize_scale(in.height, out.height, options.align_corners) *
                                resize_scale(in.width, out.width, options.align_corners));
    for (std::int64_t b = 0; b < out.batch; ++b) {
      for (const Covered& row : rows) {
        for (const Covered& column : columns) {
          for (std::int64_t i = 0; i < in.channels; ++i) {
            float sum = 0;
            for (std::size_t y = 0; y < row.pixels.size(); ++y) {
              for (std::size_t x = 0; x < column.pixels.size(); ++x) {
                sum += from[in.at(b, row.pixels[y], column.pixels[x]) + i] * row.parts[y] * share *
                       column.parts[x];
              }
            }
            *to++ = sum;
          }
        }
      }
    }
  });
}

}  // namespace

void register_resize_smooth_kernels(KernelRegistry& registry) {
  registry.add("ResizeBicubic", make_bicubic);
  registry.add("ResizeBicubicGrad", make_bicubic_gradient);
  registry.add("ResizeArea", make_area);
}

}  // namespace tensorkeep::runtime
