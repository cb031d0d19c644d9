#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/kernels/families.h"
#include "runtime/kernels/gemm.h"
#include "runtime/kernels/narrow.h"

// Recurrent cells as one operation: a step of an LSTM, all its steps, a step of a GRU.
namespace tensorkeep::runtime {
namespace {

using simd::Binary;
using simd::Operands;
using simd::Unary;

struct CellSizes {
  std::int64_t batch;
  std::int64_t inputs;
  std::int64_t cells;
};

void check_shape(KernelContext& c, int index, const Shape& wanted) {
  if (c.input_shape(index) == wanted) return;
  c.fail(fmt::format("{} must have the shape {}, got {}", c.op().op_def().input_arg(index).name(),
                     wanted.debug_string(), c.input_shape(index).debug_string()));
}

// [x, h] * weights + bias: [batch, width].
std::vector<float> gates(const CellSizes& sizes, const float* x, const float* h,
                         const Tensor& weights, const Tensor& bias) {
  const std::int64_t depth = sizes.inputs + sizes.cells;
  const std::int64_t width = bias.num_elements();
  std::vector<float> joined(static_cast<std::size_t>(sizes.batch * depth));
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    float* const row = joined.data() + n * depth;
    std::copy_n(x + n * sizes.inputs, sizes.inputs, row);
    std::copy_n(h + n * sizes.cells, sizes.cells, row + sizes.inputs);
  }
  std::vector<float> result(static_cast<std::size_t>(sizes.batch * width));
  multiply_matrices<float>({.m = sizes.batch, .n = width, .k = depth}, joined.data(),
                           weights.data<float>().data(), result.data());
  const float* const b = bias.data<float>().data();
  const auto add = simd::loops_of<float>().binary[Binary::kAdd][Operands::kBothVary];
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    add(result.data() + n * width, b, result.data() + n * width, width);
  }
  return result;
}

// What an LSTM has beside x and its state: weights, then those of the peepholes i, f, o, and bias.
struct Lstm {
  Tensor weights;
  Tensor peepholes[3];
  Tensor bias;
  bool use_peephole = false;
  float forget_bias = 1.0f;
  float cell_clip = -1.0f;
};

// Where a step's results go; in the order of the operation's outputs.
struct LstmStep {
  float* i;
  float* cs;
  float* f;
  float* o;
  float* ci;
  float* co;
  float* h;
};

void lstm_step(const CellSizes& sizes, const Lstm& lstm, const float* x, const float* cs_prev,
               const float* h_prev, const LstmStep& out) {
  const std::vector<float> icfo = gates(sizes, x, h_prev, lstm.weights, lstm.bias);
  const simd::Loops<float>& loops = simd::loops_of<float>();
  const auto sigmoid = loops.unary[Unary::kSigmoid];
  const auto tanh = loops.unary[Unary::kTanh];
  const std::int64_t cells = sizes.cells;
  const auto peep = [&](int which, std::int64_t cell, float state) {
    if (!lstm.use_peephole) return 0.0f;
    return lstm.peepholes[which].data<float>()[static_cast<std::size_t>(cell)] * state;
  };
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    const float* const row = icfo.data() + n * 4 * cells;
    const std::int64_t at = n * cells;
    for (std::int64_t k = 0; k < cells; ++k) {
      out.i[at + k] = row[k] + peep(0, k, cs_prev[at + k]);
      out.f[at + k] = row[2 * cells + k] + lstm.forget_bias + peep(1, k, cs_prev[at + k]);
    }
    sigmoid(out.i + at, out.i + at, cells);
    sigmoid(out.f + at, out.f + at, cells);
    tanh(row + cells, out.ci + at, cells);
    for (std::int64_t k = at; k < at + cells; ++k) {
      float state = out.ci[k] * out.i[k] + cs_prev[k] * out.f[k];
      if (lstm.cell_clip > 0) state = std::clamp(state, -lstm.cell_clip, lstm.cell_clip);
      out.cs[k] = state;
      out.o[k] = row[3 * cells + k - at] + peep(2, k - at, state);
    }
    sigmoid(out.o + at, out.o + at, cells);
    tanh(out.cs + at, out.co + at, cells);
    for (std::int64_t k = at; k < at + cells; ++k) out.h[k] = out.o[k] * out.co[k];
  }
}

// Inputs from `first`: x, cs_prev, h_prev, w, wci, wcf, wco, b.
struct LstmArguments {
  CellSizes sizes;
  Lstm lstm;
  Tensor x;
  Tensor cs;
  Tensor h;
};

LstmArguments lstm_arguments(KernelContext& c, int first, int x_rank) {
  const Operation& op = c.op();
  if (c.input_shape(first).rank() != x_rank) {
    c.fail(fmt::format("x must be {}D but is rank {}", x_rank, c.input_shape(first).rank()));
  }
  if (c.input_shape(first + 1).rank() != 2) {
    c.fail(fmt::format("cs_prev must be rank 2 but is rank {}", c.input_shape(first + 1).rank()));
  }
  LstmArguments a{};
  a.sizes = {c.input_shape(first).dim(-2), c.input_shape(first).dim(-1),
             c.input_shape(first + 1).dim(1)};
  const std::int64_t cells = a.sizes.cells;
  if (cells > std::int64_t{1} << 40) c.fail("too many cells");
  check_shape(c, first + 1, Shape{a.sizes.batch, cells});
  check_shape(c, first + 2, Shape{a.sizes.batch, cells});
  check_shape(c, first + 3, Shape{a.sizes.inputs + cells, 4 * cells});
  for (int i = 4; i <= 6; ++i) check_shape(c, first + i, Shape{cells});
  check_shape(c, first + 7, Shape{4 * cells});
  a.x = widen(c.input(first));
  a.cs = widen(c.input(first + 1));
  a.h = widen(c.input(first + 2));
  a.lstm.weights = widen(c.input(first + 3));
  for (int i = 0; i < 3; ++i) a.lstm.peepholes[i] = widen(c.input(first + 4 + i));
  a.lstm.bias = widen(c.input(first + 7));
  a.lstm.use_peephole = op.attr_bool("use_peephole");
  a.lstm.forget_bias = op.attr_float("forget_bias");
  a.lstm.cell_clip = op.attr_float("cell_clip");
  return a;
}

// Runs steps that write one after another into float32 outputs of `shape`.
template <typename Step>
void run_lstm(KernelContext& c, const Shape& shape, Step&& steps) {
  std::vector<Tensor> wide;
  std::vector<float*> to;
  for (int i = 0; i < 7; ++i) wide.push_back(Tensor::zeros(DType::kFloat32, shape));
  for (Tensor& tensor : wide) to.push_back(tensor.mutable_data<float>().data());
  steps(LstmStep{to[0], to[1], to[2], to[3], to[4], to[5], to[6]});
  for (int i = 0; i < 7; ++i) {
    Tensor& tensor = wide[static_cast<std::size_t>(i)];
    if (c.op().output_dtype(i) == DType::kFloat32) {
      c.set_output(i, std::move(tensor));
    } else {
      narrow_into(tensor, c.allocate_output(i, shape));
    }
  }
}

void lstm_block_cell(KernelContext& c) {
  const LstmArguments a = lstm_arguments(c, 0, 2);
  run_lstm(c, Shape{a.sizes.batch, a.sizes.cells}, [&](const LstmStep& out) {
    lstm_step(a.sizes, a.lstm, a.x.data<float>().data(), a.cs.data<float>().data(),
              a.h.data<float>().data(), out);
  });
}

// Steps behind the longest sequence stay zero.
void block_lstm(KernelContext& c) {
  const LstmArguments a = lstm_arguments(c, 1, 3);
  const std::int64_t steps = a.x.shape().dim(0);
  if (c.input_shape(0).rank() != 0) c.fail("seq_len_max must be a scalar");
  const std::int64_t longest = std::clamp<std::int64_t>(c.input(0).value<std::int64_t>(), 0, steps);
  const std::int64_t state = a.sizes.batch * a.sizes.cells;
  run_lstm(c, Shape{steps, a.sizes.batch, a.sizes.cells}, [&](LstmStep out) {
    const float* cs = a.cs.data<float>().data();
    const float* h = a.h.data<float>().data();
    for (std::int64_t t = 0; t < longest; ++t) {
      lstm_step(a.sizes, a.lstm, a.x.data<float>().data() + t * a.sizes.batch * a.sizes.inputs, cs,
                h, out);
      cs = out.cs;
      h = out.h;
      for (float** to : {&out.i, &out.cs, &out.f, &out.o, &out.ci, &out.co, &out.h}) *to += state;
    }
  });
}

// Inputs: x, h_prev, w_ru, w_c, b_ru, b_c. Outputs: r, u, c, h.
void gru_block_cell(KernelContext& c) {
  if (c.input_shape(0).rank() != 2) {
    c.fail(fmt::format("Rank of x must be 2, got {}", c.input_shape(0).rank()));
  }
  if (c.input_shape(1).rank() != 2) {
    c.fail(fmt::format("Rank of h_prev must be 2, got {}", c.input_shape(1).rank()));
  }
  const CellSizes sizes{c.input_shape(0).dim(0), c.input_shape(0).dim(1), c.input_shape(1).dim(1)};
  const std::int64_t cells = sizes.cells;
  if (cells > std::int64_t{1} << 40) c.fail("too many cells");
  check_shape(c, 1, Shape{sizes.batch, cells});
  check_shape(c, 2, Shape{sizes.inputs + cells, 2 * cells});
  check_shape(c, 3, Shape{sizes.inputs + cells, cells});
  check_shape(c, 4, Shape{2 * cells});
  check_shape(c, 5, Shape{cells});
  const float* const x = c.input(0).data<float>().data();
  const float* const h_prev = c.input(1).data<float>().data();
  const Shape state{sizes.batch, cells};
  float* const r = c.allocate_output(0, state).mutable_data<float>().data();
  float* const u = c.allocate_output(1, state).mutable_data<float>().data();
  float* const fresh = c.allocate_output(2, state).mutable_data<float>().data();
  float* const h = c.allocate_output(3, state).mutable_data<float>().data();
  const simd::Loops<float>& loops = simd::loops_of<float>();
  std::vector<float> ru = gates(sizes, x, h_prev, c.input(2), c.input(4));
  loops.unary[Unary::kSigmoid](ru.data(), ru.data(), std::ssize(ru));
  for (std::int64_t n = 0; n < sizes.batch; ++n) {
    std::copy_n(ru.data() + n * 2 * cells, cells, r + n * cells);
    std::copy_n(ru.data() + n * 2 * cells + cells, cells, u + n * cells);
  }
  const std::int64_t size = sizes.batch * cells;
  std::vector<float> reset(static_cast<std::size_t>(size));
  loops.binary[Binary::kMul][Operands::kBothVary](h_prev, r, reset.data(), size);
  const std::vector<float> candidates = gates(sizes, x, reset.data(), c.input(3), c.input(5));
  loops.unary[Unary::kTanh](candidates.data(), fresh, size);
  for (std::int64_t k = 0; k < size; ++k) h[k] = u[k] * h_prev[k] + (1.0f - u[k]) * fresh[k];
}

}  // namespace

void register_rnn_cell_kernels(KernelRegistry& registry) {
  registry.add_function("LSTMBlockCell", lstm_block_cell);
  registry.add_function("BlockLSTM", block_lstm);
  registry.add_function("GRUBlockCell", gru_block_cell);
}

}  // namespace tensorkeep::runtime
