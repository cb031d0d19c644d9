#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/parallel.h"

// Local response normalisation: x * (bias + alpha * sum of x^2 over near channels)^-beta.
namespace tensorkeep::runtime {
namespace {

constexpr std::int64_t kGrain = 64;  // pixels

struct Response {
  std::int64_t radius;
  float bias;
  float alpha;
  float beta;

  explicit Response(const Operation& op)
      : radius(op.attr_int("depth_radius")),
        bias(op.attr_float("bias")),
        alpha(op.attr_float("alpha")),
        beta(op.attr_float("beta")) {}

  std::int64_t first(std::int64_t channel) const { return radius > channel ? 0 : channel - radius; }
  std::int64_t last(std::int64_t channel, std::int64_t channels) const {
    return radius >= channels - channel ? channels : channel + radius + 1;
  }
  float norm(const float* x, std::int64_t channel, std::int64_t channels) const {
    float squares = 0;
    for (std::int64_t i = first(channel); i < last(channel, channels); ++i) squares += x[i] * x[i];
    return bias + alpha * squares;
  }
};

void check_image(KernelContext& c, int input) {
  if (c.input_shape(input).rank() != 4) c.fail("in must be 4-dimensional");
}

Kernel make_lrn(const Operation& op) {
  return [response = Response(op)](KernelContext& c) {
    check_image(c, 0);
    const Shape shape = c.input_shape(0);
    const std::int64_t channels = shape.dim(3);
    Tensor& out = c.allocate_output(0, shape);
    if (out.num_elements() == 0) return;
    compute_wide(
        [&](const Tensor& input, Tensor& output) {
          const float* const xs = input.data<float>().data();
          float* const ys = output.mutable_data<float>().data();
          parallel_for(input.num_elements() / channels, kGrain,
                       [&](std::int64_t begin, std::int64_t end) {
                         for (std::int64_t pixel = begin; pixel < end; ++pixel) {
                           const float* const x = xs + pixel * channels;
                           for (std::int64_t i = 0; i < channels; ++i) {
                             ys[pixel * channels + i] =
                                 x[i] * std::pow(response.norm(x, i, channels), -response.beta);
                           }
                         }
                       });
        },
        out, c.input(0));
  };
}

void add_pixel_gradient(const Response& response, std::int64_t channels, const float* grads,
                        const float* x, const float* y, float* out) {
  std::fill_n(out, channels, 0.0F);
  for (std::int64_t j = 0; j < channels; ++j) {
    const float norm = response.norm(x, j, channels);
    const float shared = -2 * response.alpha * response.beta * y[j] / norm;
    for (std::int64_t k = response.first(j); k < response.last(j, channels); ++k) {
      out[k] += grads[j] * shared * x[k];
    }
    out[j] += grads[j] * std::pow(norm, -response.beta);
  }
}

Kernel make_lrn_grad(const Operation& op) {
  return [response = Response(op)](KernelContext& c) {
    for (int i = 0; i < 3; ++i) {
      check_image(c, i);
      if (c.input_shape(i) != c.input_shape(0)) {
        c.fail("input_grads, input_image, and out_image should have the same shape");
      }
    }
    const Shape shape = c.input_shape(0);
    const std::int64_t channels = shape.dim(3);
    Tensor& out = c.allocate_output(0, shape);
    if (out.num_elements() == 0) return;
    compute_wide(
        [&](const Tensor& grads, const Tensor& input, const Tensor& output, Tensor& result) {
          const auto at = [&](const Tensor& tensor, std::int64_t pixel) {
            return tensor.data<float>().data() + pixel * channels;
          };
          float* const results = result.mutable_data<float>().data();
          parallel_for(
              input.num_elements() / channels, kGrain, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t pixel = begin; pixel < end; ++pixel) {
                  add_pixel_gradient(response, channels, at(grads, pixel), at(input, pixel),
                                     at(output, pixel), results + pixel * channels);
                }
              });
        },
        out, c.input(0), c.input(1), c.input(2));
  };
}

}  // namespace

void register_lrn_kernels(KernelRegistry& registry) {
  registry.add("LRN", make_lrn);
  registry.add("LRNGrad", make_lrn_grad);
}

}  // namespace tensorkeep::runtime
