#include <fmt/format.h>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Sequences of different lengths, each turned around up to its end.
namespace tensorkeep::runtime {
namespace {

// The two dimensions, and what lies before, between and behind them.
struct Layout {
  std::int64_t outer, first, middle, second, inner;
};

Layout layout_of(const std::vector<std::int64_t>& dims, std::size_t a, std::size_t b) {
  const std::size_t low = std::min(a, b);
  const std::size_t high = std::max(a, b);
  return {product(dims, 0, low), dims[low], product(dims, low + 1, high), dims[high],
          product(dims, high + 1, dims.size())};
}

std::vector<std::int64_t> checked_lengths(const KernelContext& c, std::int64_t seq_dim,
                                          std::int64_t batch_dim) {
  const Shape& shape = c.input_shape(0);
  if (c.input_shape(1).rank() != 1) {
    c.fail(fmt::format("seq_lengths must be 1-dim, not {}", c.input_shape(1).rank()));
  }
  if (batch_dim == seq_dim) c.fail(fmt::format("batch_dim == seq_dim == {}", seq_dim));
  if (seq_dim < 0) c.fail(fmt::format("Invalid seq_dim {}", seq_dim));
  if (batch_dim < 0) c.fail(fmt::format("Invalid batch_dim {}", batch_dim));
  if (seq_dim >= shape.rank()) {
    c.fail(fmt::format("seq_dim must be < input rank ( {} vs. {})", seq_dim, shape.rank()));
  }
  if (batch_dim >= shape.rank()) {
    c.fail(fmt::format("batch_dim must be < input rank ( {} vs. {})", batch_dim, shape.rank()));
  }
  std::vector<std::int64_t> lengths = integers(c, 1);
  const std::int64_t batch = shape.dim(static_cast<int>(batch_dim));
  const std::int64_t steps = shape.dim(static_cast<int>(seq_dim));
  if (static_cast<std::int64_t>(lengths.size()) != batch) {
    c.fail(fmt::format("Length of seq_lengths != input.dims({}), ({} vs. {})", batch_dim,
                       lengths.size(), batch));
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] < 0) c.fail(fmt::format("seq_lens({}) < 0", i));
    if (lengths[i] > steps) c.fail(fmt::format("seq_lens({}) > input.dims({})", i, seq_dim));
  }
  return lengths;
}

template <typename T>
void reverse(const Layout& l, bool batch_first, const std::vector<std::int64_t>& lengths,
             const T* from, T* to) {
  for (std::int64_t o = 0; o < l.outer; ++o) {
    for (std::int64_t i = 0; i < l.first; ++i) {
      for (std::int64_t m = 0; m < l.middle; ++m) {
        for (std::int64_t j = 0; j < l.second; ++j) {
          const std::int64_t length = lengths[static_cast<std::size_t>(batch_first ? i : j)];
          const std::int64_t step = batch_first ? j : i;
          const std::int64_t source = step < length ? length - 1 - step : step;
          const std::int64_t x = batch_first ? i : source;
          const std::int64_t y = batch_first ? source : j;
          std::copy_n(from + (((o * l.first + x) * l.middle + m) * l.second + y) * l.inner, l.inner,
                      to);
          to += l.inner;
        }
      }
    }
  }
}

Kernel make_reverse_sequence(const Operation& op) {
  return
      [seq_dim = op.attr_int("seq_dim"), batch_dim = op.attr_int("batch_dim")](KernelContext& c) {
        const std::vector<std::int64_t> lengths = checked_lengths(c, seq_dim, batch_dim);
        const Tensor& input = c.input(0);
        const Layout layout = layout_of(input.shape().dims(), static_cast<std::size_t>(seq_dim),
                                        static_cast<std::size_t>(batch_dim));
        Tensor& output = c.allocate_output(0, input.shape());
        by_width(c, input.dtype(), [&](auto zero) {
          using T = decltype(zero);
          reverse(layout, batch_dim < seq_dim, lengths, elements<T>(input),
                  mutable_elements<T>(output));
        });
      };
}

}  // namespace

void register_reverse_sequence_kernels(KernelRegistry& registry) {
  registry.add("ReverseSequence", make_reverse_sequence);
}

}  // namespace tensorkeep::runtime
