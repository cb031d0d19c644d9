#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/kernels/window.h"
#include "runtime/parallel.h"

// Batch normalisation and its gradient, on pixels of channels (NHWC; NCHW is turned round).
namespace tensorkeep::runtime {
namespace {

struct BatchNormAttrs {
  float epsilon = 0;
  float fresh = 1;  // the new batch's part in the running mean and variance
  bool training = false;
  bool channels_first = false;
  bool volumes_too = false;  // five dimensions, with a depth
};

BatchNormAttrs batch_norm_attrs(const Operation& op) {
  BatchNormAttrs attrs;
  attrs.epsilon = op.attr_float("epsilon");
  attrs.training = op.attr_bool("is_training");
  const std::string& format = op.attr_string("data_format");
  attrs.channels_first = format.starts_with("NC");
  attrs.volumes_too = op.type().ends_with("V3");
  if (op.has_attr("exponential_avg_factor")) attrs.fresh = op.attr_float("exponential_avg_factor");
  return attrs;
}

// Any of N(D)HWC as rows of channels in float32, and back.
struct Pixels {
  std::int64_t count = 0;
  std::int64_t channels = 0;
};

Tensor pixels_of(const BatchNormAttrs& attrs, const Tensor& tensor) {
  if (!attrs.channels_first) return widen(tensor);
  return widen(to_channels_last(tensor));
}

void put_pixels(const BatchNormAttrs& attrs, const Tensor& pixels, Tensor& out) {
  Tensor turned = pixels;
  if (attrs.channels_first) turned = to_channels_first(pixels);
  if (is_narrow_float(out.dtype())) return narrow_into(turned, out);
  out = turned.reshaped(out.shape());
}

Shape channels_last(const BatchNormAttrs& attrs, const Shape& shape) {
  if (!attrs.channels_first) return shape;
  std::vector<std::int64_t> dims = shape.dims();
  dims.push_back(dims[1]);
  dims.erase(dims.begin() + 1);
  return Shape(std::move(dims));
}

// Adds up values of each channel over all pixels: add(first pixel, end, sums) for blocks of them,
// in float, whose sums are added in double, in order.
using Sums = std::vector<double>;
template <int kSums, typename Add>
std::array<Sums, kSums> sum_over_pixels(const Pixels& pixels, Add&& add) {
  constexpr std::int64_t kBlock = 128;
  const std::int64_t blocks = (pixels.count + kBlock - 1) / kBlock;
  const auto width = static_cast<std::size_t>(pixels.channels) * kSums;
  std::vector<float> partial(static_cast<std::size_t>(blocks) * width, 0.0f);
  const std::int64_t grain =
      std::max<std::int64_t>(1, 64 / std::max<std::int64_t>(pixels.channels, 1));
  parallel_for(blocks, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      add(b * kBlock, std::min((b + 1) * kBlock, pixels.count),
          partial.data() + static_cast<std::size_t>(b) * width);
    }
  });
  std::array<Sums, kSums> sums;
  sums.fill(Sums(static_cast<std::size_t>(pixels.channels), 0.0));
  const float* from = partial.data();
  for (std::int64_t b = 0; b < blocks; ++b) {
    for (Sums& sum : sums) {
      for (double& value : sum) value += static_cast<double>(*from++);
    }
  }
  return sums;
}

void for_each_pixel_range(const Pixels& pixels,
                          const std::function<void(std::int64_t, std::int64_t)>& work) {
  const std::int64_t grain =
      std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(pixels.channels, 1));
  parallel_for(pixels.count, grain, work);
}

void check_vector(KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() == 1) return;
  c.fail(fmt::format("{} must be 1-dimensional{}", name, c.input_shape(index).debug_string()));
}

void check_channels(KernelContext& c, int index, const char* name, std::int64_t channels,
                    const char* when = "") {
  const std::int64_t count = c.input(index).num_elements();
  if (count == channels) return;
  c.fail(
      fmt::format("{}{} must have the same number of elements as the channels of x, got {} and {}",
                  when, name, count, channels));
}

Pixels check_image(KernelContext& c, const BatchNormAttrs& attrs, int index, const char* name) {
  const Shape& shape = c.input_shape(index);
  if (shape.rank() != 4 && !(attrs.volumes_too && shape.rank() == 5)) {
    c.fail(fmt::format("{} must be {}-dimensional{}", name, attrs.volumes_too ? "4 or 5" : "4",
                       shape.debug_string()));
  }
  const std::int64_t channels = shape.dim(attrs.channels_first ? 1 : -1);
  return {channels == 0 ? 0 : shape.num_elements() / channels, channels};
}

std::vector<float> floats(const Tensor& tensor) {
  const Tensor wide = widen(tensor);
  const auto data = wide.data<float>();
  return {data.begin(), data.end()};
}

void set_floats(KernelContext& c, int index, const std::vector<float>& values) {
  Tensor& out = c.allocate_output(index, {static_cast<std::int64_t>(values.size())});
  const Tensor wide = Tensor::vector<float>(values);
  is_narrow_float(out.dtype()) ? narrow_into(wide, out) : void(out = wide);
}

struct Moments {
  std::vector<float> mean;
  std::vector<float> variance;
};

Moments moments_of(const Pixels& pixels, const float* x) {
  const auto channels = static_cast<std::size_t>(pixels.channels);
  const auto count = static_cast<double>(pixels.count);
  Moments moments{std::vector<float>(channels), std::vector<float>(channels)};
  const auto sums =
      sum_over_pixels<1>(pixels, [&](std::int64_t begin, std::int64_t end, float* sum) {
        for (std::int64_t p = begin; p < end; ++p) {
          for (std::size_t ch = 0; ch < channels; ++ch)
            sum[ch] += x[p * pixels.channels + static_cast<std::int64_t>(ch)];
        }
      });
  for (std::size_t ch = 0; ch < channels; ++ch)
    moments.mean[ch] = static_cast<float>(sums[0][ch] / count);
  const float* mean = moments.mean.data();
  const auto squares =
      sum_over_pixels<1>(pixels, [&](std::int64_t begin, std::int64_t end, float* sum) {
        for (std::int64_t p = begin; p < end; ++p) {
          const float* const pixel = x + p * pixels.channels;
          for (std::size_t ch = 0; ch < channels; ++ch) {
            const float centered = pixel[ch] - mean[ch];
            sum[ch] += centered * centered;
          }
        }
      });
  for (std::size_t ch = 0; ch < channels; ++ch) {
    moments.variance[ch] = static_cast<float>(squares[0][ch] / count);
  }
  return moments;
}

// The running values: the old ones, of which `fresh` is replaced.
std::vector<float> blended(KernelContext& c, int old_index, float fresh, std::vector<float> batch) {
  if (fresh == 1.0f) return batch;
  const std::vector<float> old = floats(c.input(old_index));
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i] = (1 - fresh) * old[i] + fresh * batch[i];
  return batch;
}

void check_forward(KernelContext& c, const BatchNormAttrs& attrs, const Pixels& pixels) {
  constexpr const char* kNames[] = {"", "scale", "offset", "estimated_mean", "estimated_variance"};
  for (int i = 1; i <= 4; ++i) check_vector(c, i, kNames[i]);
  check_channels(c, 1, "scale", pixels.channels);
  check_channels(c, 2, "offset", pixels.channels);
  if (attrs.training && attrs.fresh == 1.0f) return;
  const char* const when =
      attrs.training ? "When exponential_avg_factor != 1, " : "When is_training=false, ";
  check_channels(c, 3, "mean", pixels.channels, when);
  check_channels(c, 4, "variance", pixels.channels, when);
}

void normalize(const Pixels& pixels, const Moments& moments, float epsilon,
               const std::vector<float>& scale, const std::vector<float>& offset, const float* x,
               float* y) {
  std::vector<float> factor(scale.size());
  for (std::size_t i = 0; i < factor.size(); ++i) {
    factor[i] = scale[i] / std::sqrt(moments.variance[i] + epsilon);
  }
  for_each_pixel_range(pixels, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const float* const from = x + p * pixels.channels;
      float* const to = y + p * pixels.channels;
      for (std::size_t ch = 0; ch < factor.size(); ++ch) {
        to[ch] = (from[ch] - moments.mean[ch]) * factor[ch] + offset[ch];
      }
    }
  });
}

// Inputs: x, scale, offset, mean, variance. Outputs: y, mean, variance, what the gradient keeps.
void forward(KernelContext& c, const BatchNormAttrs& attrs) {
  const Pixels pixels = check_image(c, attrs, 0, "input");
  check_forward(c, attrs, pixels);
  const auto channels = static_cast<std::size_t>(pixels.channels);
  if (c.num_outputs() > 5) c.allocate_output(5, {0});
  Tensor& y = c.allocate_output(0, c.input_shape(0));
  if (c.input(0).num_elements() == 0) {
    for (int i = 1; i <= 4; ++i) {
      set_floats(
          c, i,
          std::vector<float>(channels, i < 3 ? std::numeric_limits<float>::quiet_NaN() : 0.0f));
    }
    return;
  }
  const Tensor x = pixels_of(attrs, c.input(0));
  Moments kept;
  if (attrs.training) {
    kept = moments_of(pixels, x.data<float>().data());
    Moments running = kept;
    // The variance of the whole, estimated from a sample.
    const float unbiased = static_cast<float>(pixels.count) /
                           static_cast<float>(std::max<std::int64_t>(pixels.count - 1, 1));
    for (float& value : running.variance) value *= unbiased;
    set_floats(c, 1, blended(c, 3, attrs.fresh, running.mean));
    set_floats(c, 2, blended(c, 4, attrs.fresh, running.variance));
  } else {
    kept = {floats(c.input(3)), floats(c.input(4))};
    set_floats(c, 1, kept.mean);
    set_floats(c, 2, kept.variance);
  }
  set_floats(c, 3, kept.mean);
  set_floats(c, 4, kept.variance);
  Tensor result(float32, channels_last(attrs, c.input_shape(0)));
  normalize(pixels, kept, attrs.epsilon, floats(c.input(1)), floats(c.input(2)),
            x.data<float>().data(), result.mutable_data<float>().data());
  put_pixels(attrs, result, y);
}

// What the gradient of one channel is made of: dx = dy * by_gradient + x * by_input + constant.
struct Line {
  std::vector<float> by_gradient;
  std::vector<float> by_input;
  std::vector<float> constant;
};

// Inputs: y_backprop, x, scale, mean and variance. Outputs: the gradients of x, scale, offset.
void backward(KernelContext& c, const BatchNormAttrs& attrs) {
  check_image(c, attrs, 0, "out_backprop");
  const Pixels pixels = check_image(c, attrs, 1, "input");
  constexpr const char* kNames[] = {"", "", "scale", "saved mean", "saved variance"};
  for (int i = 2; i <= 4; ++i) {
    check_vector(c, i, kNames[i]);
    check_channels(c, i, kNames[i], pixels.channels);
  }
  if (c.input_shape(0) != c.input_shape(1)) {
    c.fail(
        fmt::format("x and y_backprop must have same shape, but x has shape {} and y_backprop "
                    "has shape {}",
                    c.input_shape(1).debug_string(), c.input_shape(0).debug_string()));
  }
  for (int i = 3; i <= 4; ++i) c.allocate_output(i, {0});
  const auto channels = static_cast<std::size_t>(pixels.channels);
  Tensor& dx = c.allocate_output(0, c.input_shape(1));
  const Tensor gradient = pixels_of(attrs, c.input(0));
  const Tensor input = pixels_of(attrs, c.input(1));
  const float* const dy = gradient.data<float>().data();
  const float* const x = input.data<float>().data();
  const std::vector<float> scale = floats(c.input(2));
  const std::vector<float> mean = floats(c.input(3));
  const std::vector<float> variance = floats(c.input(4));
  // Of dy, and of dy * (x - mean).
  const auto sums =
      sum_over_pixels<2>(pixels, [&](std::int64_t begin, std::int64_t end, float* sum) {
        for (std::int64_t p = begin; p < end; ++p) {
          const std::int64_t at = p * pixels.channels;
          for (std::size_t ch = 0; ch < channels; ++ch) {
            const float g = dy[at + static_cast<std::int64_t>(ch)];
            sum[ch] += g;
            sum[channels + ch] += g * (x[at + static_cast<std::int64_t>(ch)] - mean[ch]);
          }
        }
      });
  std::vector<float> d_scale(channels);
  std::vector<float> d_offset(channels);
  Line line{std::vector<float>(channels), std::vector<float>(channels, 0.0f),
            std::vector<float>(channels, 0.0f)};
  for (std::size_t ch = 0; ch < channels; ++ch) {
    const double inverse =
        1.0 / std::sqrt(static_cast<double>(variance[ch]) + static_cast<double>(attrs.epsilon));
    d_offset[ch] = static_cast<float>(sums[0][ch]);
    d_scale[ch] = static_cast<float>(sums[1][ch] * inverse);
    const double factor = static_cast<double>(scale[ch]) * inverse;
    line.by_gradient[ch] = static_cast<float>(factor);
    if (!attrs.training || pixels.count == 0) continue;
    // The batch's own mean and variance depend on x, too.
    const auto count = static_cast<double>(pixels.count);
    line.by_input[ch] = static_cast<float>(-factor * sums[1][ch] / count * inverse * inverse);
    line.constant[ch] = static_cast<float>(-factor * sums[0][ch] / count);
  }
  set_floats(c, 1, d_scale);
  set_floats(c, 2, d_offset);
  if (dx.num_elements() == 0) return;
  Tensor result(float32, channels_last(attrs, c.input_shape(1)));
  float* const out = result.mutable_data<float>().data();
  for_each_pixel_range(pixels, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const std::int64_t at = p * pixels.channels;
      for (std::size_t ch = 0; ch < channels; ++ch) {
        const std::int64_t i = at + static_cast<std::int64_t>(ch);
        out[i] = dy[i] * line.by_gradient[ch] + (x[i] - mean[ch]) * line.by_input[ch] +
                 line.constant[ch];
      }
    }
  });
  put_pixels(attrs, result, dx);
}

template <void (*kCompute)(KernelContext&, const BatchNormAttrs&)>
Kernel make(const Operation& op) {
  const BatchNormAttrs attrs = batch_norm_attrs(op);
  return [attrs](KernelContext& c) { kCompute(c, attrs); };
}

}  // namespace

void register_batch_norm_kernels(KernelRegistry& registry) {
  for (const std::string version : {"", "V2", "V3"}) {
    registry.add("FusedBatchNorm" + version, make<forward>);
    registry.add("FusedBatchNormGrad" + version, make<backward>);
  }
}

}  // namespace tensorkeep::runtime
