#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/families.h"

// Values rounded as if they were stored in a few bits between a minimum and a maximum.
// https://arxiv.org/abs/1712.05877, section 3.
namespace tensorkeep::runtime {
namespace {

struct Levels {
  float lowest;  // the first level's number
  float highest;
};

Levels levels_of(const Operation& op) {
  const std::int64_t bits = op.attr_int("num_bits");
  if (bits < 2 || bits > 16) {
    throw errors::InvalidArgumentError("num_bits must be between 2 and 16, inclusive",
                                       {.node = op.name()});
  }
  return {op.attr_bool("narrow_range") ? 1.0f : 0.0f,
          static_cast<float>((std::int64_t{1} << bits) - 1)};
}

// The range moved so that zero is one of its levels.
struct Quantizer {
  Quantizer(float min, float max, const Levels& levels) {
    step = (max - min) / (levels.highest - levels.lowest);
    const float exact = levels.lowest - min / step;
    const float zero = exact < levels.lowest    ? levels.lowest
                       : exact > levels.highest ? levels.highest
                                                : std::round(exact);
    low = (levels.lowest - zero) * step;
    high = (levels.highest - zero) * step;
    zero_level = std::floor(-low * (1.0f / step) + 0.5f);
  }
  float operator()(float x) const {
    const float clamped = std::max(std::min(x, high), low);
    return std::floor((clamped - low) * (1.0f / step) - zero_level + 0.5f) * step;
  }
  float step;
  float low;
  float high;
  float zero_level;
};

// Elements i, i + stride, ... of the input; between 0 and 0 there is only 0.
void quantize(const Tensor& input, Tensor& out, float min, float max, const Levels& levels,
              std::size_t first, std::size_t stride) {
  const float* const x = input.data<float>().data();
  const auto y = out.mutable_data<float>();
  if (min == 0.0f && max == 0.0f) {
    for (std::size_t i = first; i < y.size(); i += stride) y[i] = 0.0f;
    return;
  }
  const Quantizer quantizer(min, max, levels);
  for (std::size_t i = first; i < y.size(); i += stride) y[i] = quantizer(x[i]);
}

Kernel make_by_attributes(const Operation& op) {
  const Levels levels = levels_of(op);
  const float min = op.attr_float("min");
  const float max = op.attr_float("max");
  if (!(min < max)) {
    throw errors::InvalidArgumentError(
        fmt::format("min has to be smaller than max, was: {} >= {}", min, max),
        {.node = op.name()});
  }
  return [=](KernelContext& c) {
    Tensor& out = c.forward_or_allocate({0}, 0, c.input_shape(0));
    quantize(c.input(0), out, min, max, levels, 0, 1);
  };
}

Kernel make_by_inputs(const Operation& op) {
  const Levels levels = levels_of(op);
  return [levels](KernelContext& c) {
    for (const int i : {1, 2}) {
      if (c.input_shape(i).rank() == 0) continue;
      c.fail(fmt::format("`{}` must be rank 0 but is rank {}", i == 1 ? "min" : "max",
                         c.input_shape(i).rank()));
    }
    const float min = c.input(1).value<float>();
    const float max = c.input(2).value<float>();
    Tensor& out = c.forward_or_allocate({0}, 0, c.input_shape(0));
    quantize(c.input(0), out, min, max, levels, 0, 1);
  };
}

Kernel make_by_channel(const Operation& op) {
  const Levels levels = levels_of(op);
  return [levels](KernelContext& c) {
    const Shape& shape = c.input_shape(0);
    if (shape.rank() < 1) c.fail("inputs must have at least one dimension");
    const std::int64_t depth = shape.dim(-1);
    for (const int i : {1, 2}) {
      if (c.input_shape(i).rank() == 1 && c.input_shape(i).dim(0) == depth) continue;
      c.fail(fmt::format("{} has incorrect size, expected {} was {}", i == 1 ? "min" : "max", depth,
                         c.input(i).num_elements()));
    }
    Tensor& out = c.forward_or_allocate({0}, 0, shape);
    for (std::size_t channel = 0; channel < static_cast<std::size_t>(depth); ++channel) {
      quantize(c.input(0), out, c.input(1).data<float>()[channel],
               c.input(2).data<float>()[channel], levels, channel, static_cast<std::size_t>(depth));
    }
  };
}

}  // namespace

void register_fake_quant_kernels(KernelRegistry& registry) {
  registry.add("FakeQuantWithMinMaxArgs", make_by_attributes);
  registry.add("FakeQuantWithMinMaxVars", make_by_inputs);
  registry.add("FakeQuantWithMinMaxVarsPerChannel", make_by_channel);
}

}  // namespace tensorkeep::runtime
