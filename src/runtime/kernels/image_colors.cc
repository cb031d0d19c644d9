#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Colours of images: the last dimension is red, green and blue, or hue, saturation and value, all
// in [0, 1].
namespace tensorkeep::runtime {
namespace {

template <typename T>
using Color = std::array<T, 3>;

template <typename T>
Color<T> to_hsv(const Color<T>& rgb) {
  const auto [r, g, b] = rgb;
  const T value = std::max(r, std::max(g, b));
  const T range = value - std::min(r, std::min(g, b));
  const T saturation = value > 0 ? range / value : T(0);
  if (!(range > 0)) return {T(0), saturation, value};
  const T norm = T(1) / (T(6) * range);
  T hue = r == value   ? norm * (g - b)
          : g == value ? norm * (b - r) + T(2) / T(6)
                       : norm * (r - g) + T(4) / T(6);
  if (hue < 0) hue += T(1);
  return {hue, saturation, value};
}

template <typename T>
Color<T> to_rgb(const Color<T>& hsv) {
  const auto unit = [](T x) { return std::min(std::max(x, T(0)), T(1)); };
  const T hue = hsv[0] * T(6);
  const T pure[] = {unit(std::abs(hue - T(3)) - T(1)), unit(T(2) - std::abs(hue - T(2))),
                    unit(T(2) - std::abs(hue - T(4)))};
  Color<T> rgb;
  for (std::size_t i = 0; i < 3; ++i) {
    rgb[i] = ((T(1) - hsv[1]) + hsv[1] * pure[i]) * hsv[2];
  }
  return rgb;
}

float scalar_float(KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() != 0) {
    c.fail(fmt::format("{} must be scalar: {}", name, c.input_shape(index).debug_string()));
  }
  return c.input(index).value<float>();
}

void check_colors(KernelContext& c, int rank) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() < rank) {
    c.fail(fmt::format("input must be at least {}{}", rank == 1 ? "1D" : fmt::format("{}-D", rank),
                       rank == 1 ? "" : ", got shape" + shape.debug_string()));
  }
  const std::int64_t channels = shape.dim(-1);
  if (channels == 3) return;
  const std::string message = fmt::format("input must have 3 channels but {} {} channels.",
                                          rank == 1 ? "input only has" : "instead has", channels);
  if (rank != 1) c.fail(message);
  throw errors::FailedPreconditionError(message, {.node = c.op().name()});
}

// Calls f(color) for every pixel, in float32 for narrower types.
template <typename T, typename F>
void map_colors(KernelContext& c, F&& f) {
  Tensor& out = c.allocate_output(0, c.input_shape(0));
  compute_wide(
      [&](const Tensor& input, Tensor& output) {
        const auto x = input.data<T>();
        const auto y = output.template mutable_data<T>();
        for (std::size_t i = 0; i + 2 < x.size(); i += 3) {
          const Color<T> color = f(Color<T>{x[i], x[i + 1], x[i + 2]});
          std::copy(color.begin(), color.end(), y.begin() + static_cast<std::ptrdiff_t>(i));
        }
      },
      out, c.input(0));
}

template <typename Make>
Kernel for_colors(const Operation& op, Make&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

template <bool kToHsv>
Kernel make_conversion(const Operation& op) {
  return for_colors(op, []<typename T>(T) -> Kernel {
    return [](KernelContext& c) {
      check_colors(c, 1);
      map_colors<T>(c, kToHsv ? to_hsv<T> : to_rgb<T>);
    };
  });
}

// The hue moved round its circle; the smallest and the largest of the three stay what they are.
Color<float> with_hue_moved(const Color<float>& rgb, float delta) {
  const auto [r, g, b] = rgb;
  const float low = std::min(r, std::min(g, b));
  const float high = std::max(r, std::max(g, b));
  const float range = high - low;
  if (!(range > 0)) return rgb;
  float hue = r == high   ? (g - b) / range
              : g == high ? 2.0f + (b - r) / range
                          : 4.0f + (r - g) / range;
  hue += delta * 6.0f;
  hue -= std::floor(hue / 6.0f) * 6.0f;
  const int sector = hue >= 0.0f && hue < 6.0f ? static_cast<int>(hue) : 0;
  const float part = hue - static_cast<float>(sector);
  const float middle = low + (sector % 2 == 0 ? part : 1.0f - part) * range;
  switch (sector) {
    case 0:
      return {high, middle, low};
    case 1:
      return {middle, high, low};
    case 2:
      return {low, high, middle};
    case 3:
      return {low, middle, high};
    case 4:
      return {middle, low, high};
    default:
      return {high, low, middle};
  }
}

void adjust_hue(KernelContext& c) {
  const float delta = scalar_float(c, 1, "delta");
  check_colors(c, 3);
  map_colors<float>(c, [delta](const Color<float>& rgb) { return with_hue_moved(rgb, delta); });
}

void adjust_saturation(KernelContext& c) {
  const float scale = scalar_float(c, 1, "scale");
  check_colors(c, 3);
  map_colors<float>(c, [scale](const Color<float>& rgb) {
    Color<float> hsv = to_hsv(rgb);
    hsv[1] = std::min(std::max(hsv[1] * scale, 0.0f), 1.0f);
    return to_rgb(hsv);
  });
}

// (x - mean) * factor + mean, where each channel of each image has its mean.
void adjust_contrast(KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() < 3) c.fail("input must be at least 3-D, got shape" + shape.debug_string());
  if (c.input_shape(1).rank() != 0) {
    c.fail("contrast_factor must be scalar: " + c.input_shape(1).debug_string());
  }
  const float factor = c.input(1).value<float>();
  Tensor& out = c.allocate_output(0, shape);
  if (out.num_elements() == 0) return;
  const auto channels = static_cast<std::size_t>(shape.dim(-1));
  const auto pixels = static_cast<std::size_t>(shape.dim(-2) * shape.dim(-3));
  compute_wide(
      [&](const Tensor& input, Tensor& output) {
        const auto x = input.data<float>();
        const auto y = output.mutable_data<float>();
        for (std::size_t image = 0; image < x.size(); image += pixels * channels) {
          std::vector<double> mean(channels, 0.0);
          for (std::size_t i = 0; i < pixels * channels; ++i) {
            mean[i % channels] += static_cast<double>(x[image + i]);
          }
          for (std::size_t i = 0; i < pixels * channels; ++i) {
            const auto center =
                static_cast<float>(mean[i % channels] / static_cast<double>(pixels));
            y[image + i] = (x[image + i] - center) * factor + center;
          }
        }
      },
      out, c.input(0));
}

}  // namespace

void register_image_color_kernels(KernelRegistry& registry) {
  registry.add("RGBToHSV", make_conversion<true>);
  registry.add("HSVToRGB", make_conversion<false>);
  registry.add_function("AdjustHue", adjust_hue);
  registry.add_function("AdjustSaturation", adjust_saturation);
  registry.add_function("AdjustContrastv2", adjust_contrast);
}

}  // namespace tensorkeep::runtime
