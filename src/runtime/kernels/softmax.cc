#include <fmt/format.h>

#include <cmath>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/broadcast.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/parallel.h"
#include "runtime/simd/loops.h"

namespace tensorkeep::runtime {
namespace {

template <typename F>
Kernel dispatch_float(const Operation& op, F&& make) {
  const DType dtype = op.output_dtype(0);
  return dispatch<float, double>(op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, make);
}

template <bool kLog>
Kernel make_softmax(const Operation& op) {
  return dispatch_float(op, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      const Shape shape = c.input_shape(0);
      if (shape.rank() < 1) {
        c.fail("logits must have >= 1 dimension, got " + shape.debug_string());
      }
      const std::int64_t columns = shape.dim(shape.rank() - 1);
      Tensor& output = c.forward_or_allocate({0}, 0, shape);
      if (output.num_elements() == 0) return;
      const std::int64_t rows = output.num_elements() / columns;
      compute_wide(
          [&](const Tensor& input, Tensor& result) {
            const T* x = input.data<T>().data();
            T* y = result.mutable_data<T>().data();
            const auto loop = kLog ? simd::loops_of<T>().log_softmax : simd::loops_of<T>().softmax;
            parallel_for(rows, (1 << 14) / columns + 1, [&](std::int64_t begin, std::int64_t end) {
              loop(x + begin * columns, y + begin * columns, end - begin, columns);
            });
          },
          output, c.input(0));
    };
  });
}

// Repeats a [rows or 1, columns or 1] tensor to `shape`.
template <typename T>
Tensor broadcast_matrix(const Tensor& tensor, const Shape& shape) {
  if (tensor.shape() == shape) return tensor;
  Tensor result(tensor.dtype(), shape);
  const auto walk = Broadcast::of(tensor.shape(), shape);
  const T* x = tensor.data<T>().data();
  T* y = result.mutable_data<T>().data();
  const bool steps = walk->operands() != simd::Operands::kLeftFixed;
  walk->for_each_row([&](std::int64_t at_x, std::int64_t, std::int64_t at_y) {
    for (std::int64_t i = 0; i < walk->row_size(); ++i) y[at_y + i] = x[at_x + (steps ? i : 0)];
  });
  return result;
}

// loss = -sum(labels * log_softmax(logits)), gradient = softmax(logits) - labels.
template <typename T>
void cross_entropy(const Tensor& all_logits, const Tensor& all_labels, const Shape& shape,
                   Tensor& loss, Tensor& gradient) {
  const Tensor logits = broadcast_matrix<T>(all_logits, shape);
  const Tensor labels = broadcast_matrix<T>(all_labels, shape);
  const std::int64_t rows = shape.dim(0);
  const std::int64_t columns = shape.dim(1);
  const simd::Loops<T>& loops = simd::loops_of<T>();
  T* out = gradient.mutable_data<T>().data();
  T* losses = loss.mutable_data<T>().data();
  const T* label = labels.data<T>().data();
  std::vector<T> product(static_cast<std::size_t>(columns));
  loops.log_softmax(logits.data<T>().data(), out, rows, columns);
  for (std::int64_t r = 0; r < rows && columns > 0; ++r) {
    const T* expected = label + r * columns;
    T* row = out + r * columns;
    // A label of 0 counts for nothing, also where the probability is 0.
    for (std::int64_t j = 0; j < columns; ++j) {
      product[static_cast<std::size_t>(j)] = expected[j] == T(0) ? T(0) : expected[j] * row[j];
    }
    losses[r] = -loops.reduce[simd::Reduction::kSum](product.data(), columns);
  }
  loops.unary[simd::Unary::kExp](out, out, rows * columns);
  loops.binary[simd::Binary::kSub][simd::Operands::kBothVary](out, label, out, rows * columns);
}

Kernel make_softmax_cross_entropy(const Operation& op) {
  return dispatch_float(op, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      const Shape& a = c.input_shape(0);
      const Shape& b = c.input_shape(1);
      const auto walk = Broadcast::of(a, b);
      if (!walk) {
        c.fail(fmt::format("logits and labels must be broadcastable: logits_size={} labels_size={}",
                           a.debug_string(), b.debug_string()));
      }
      const Shape shape = walk->shape();
      if (shape.rank() != 2) {
        c.fail(
            "logits and labels must be either 2-dimensional, or broadcasted to be "
            "2-dimensional");
      }
      Tensor loss = Tensor::zeros(c.op().output_dtype(0), Shape{shape.dim(0)});
      Tensor gradient(c.op().output_dtype(1), shape);
      if (shape.num_elements() > 0 && is_narrow_float(loss.dtype())) {
        Tensor wide_loss(DType::kFloat32, loss.shape());
        Tensor wide_gradient(DType::kFloat32, shape);
        cross_entropy<T>(widen(c.input(0)), widen(c.input(1)), shape, wide_loss, wide_gradient);
        narrow_into(wide_loss, loss);
        narrow_into(wide_gradient, gradient);
      } else if (shape.num_elements() > 0) {
        cross_entropy<T>(c.input(0), c.input(1), shape, loss, gradient);
      }
      c.set_output(0, std::move(loss));
      c.set_output(1, std::move(gradient));
    };
  });
}

void check_sparse_labels(KernelContext& c, const std::vector<std::int64_t>& labels) {
  const Shape& logits = c.input_shape(0);
  const std::int64_t classes = logits.dim(1);
  for (const std::int64_t label : labels) {
    if (label >= 0 && label < classes) continue;
    std::string all;
    for (const std::int64_t value : labels) all += fmt::format(" {}", value);
    c.fail(
        fmt::format("Received a label value of {} which is outside the valid range of [0, {}).  "
                    "Label values:{}",
                    label, classes, all));
  }
}

template <typename T>
void sparse_cross_entropy(const Tensor& logits, const std::vector<std::int64_t>& labels,
                          Tensor& loss, Tensor& gradient) {
  const std::int64_t rows = logits.shape().dim(0);
  const std::int64_t columns = logits.shape().dim(1);
  const simd::Loops<T>& loops = simd::loops_of<T>();
  T* out = gradient.mutable_data<T>().data();
  T* losses = loss.mutable_data<T>().data();
  loops.log_softmax(logits.data<T>().data(), out, rows, columns);
  for (std::int64_t r = 0; r < rows; ++r) {
    losses[r] = -out[r * columns + labels[static_cast<std::size_t>(r)]];
  }
  loops.unary[simd::Unary::kExp](out, out, rows * columns);
  for (std::int64_t r = 0; r < rows; ++r) {
    out[r * columns + labels[static_cast<std::size_t>(r)]] -= T(1);
  }
}

void check_sparse_shapes(KernelContext& c) {
  const Shape& logits = c.input_shape(0);
  const Shape& labels = c.input_shape(1);
  if (logits.rank() != 2) c.fail("logits must be 2-D, but got shape " + logits.debug_string());
  if (labels.rank() != 1) c.fail("labels must be 1-D, but got shape " + labels.debug_string());
  if (logits.dim(0) != labels.dim(0)) {
    c.fail(
        fmt::format("logits and labels must have the same first dimension, got logits shape {} "
                    "and labels shape {}",
                    logits.debug_string(), labels.debug_string()));
  }
  if (logits.dim(1) == 0) {
    c.fail("Must have at least one class, but got logits shape " + logits.debug_string());
  }
}

Kernel make_sparse_cross_entropy(const Operation& op) {
  return dispatch_float(op, [](auto zero) -> Kernel {
    using T = decltype(zero);
    return [](KernelContext& c) {
      check_sparse_shapes(c);
      const Shape shape = c.input_shape(0);
      const auto labels = integers_of(c.input(1));
      check_sparse_labels(c, labels);
      Tensor& loss = c.allocate_output(0, Shape{shape.dim(0)});
      Tensor& gradient = c.allocate_output(1, shape);
      if (!is_narrow_float(loss.dtype())) {
        sparse_cross_entropy<T>(c.input(0), labels, loss, gradient);
        return;
      }
      Tensor wide_loss(DType::kFloat32, loss.shape());
      Tensor wide_gradient(DType::kFloat32, shape);
      sparse_cross_entropy<T>(widen(c.input(0)), labels, wide_loss, wide_gradient);
      narrow_into(wide_loss, loss);
      narrow_into(wide_gradient, gradient);
    };
  });
}

}  // namespace

void register_softmax_kernels(KernelRegistry& registry) {
  registry.add("Softmax", make_softmax<false>);
  registry.add("LogSoftmax", make_softmax<true>);
  registry.add("SoftmaxCrossEntropyWithLogits", make_softmax_cross_entropy);
  registry.add("SparseSoftmaxCrossEntropyWithLogits", make_sparse_cross_entropy);
}

}  // namespace tensorkeep::runtime
