#include <fmt/format.h>

#include <algorithm>

#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Cross-entropies.
namespace tensorkeep::nn {
namespace {

void check_arguments(const char* name, const Input& labels, const Input& logits) {
  const auto given = [](const Input& input) {
    return input.is_literal() || input.graph() != nullptr;
  };
  if (given(labels) && given(logits)) return;
  errors::raise_value_error(
      fmt::format("Both `labels` and `logits` must be provided for {}", name));
}

using ops::binary;

Output cast_to(const Output& tensor, DType dtype) {
  if (base_dtype(tensor.dtype()) == dtype) return tensor;
  return OpBuilder("Cast").input(tensor).attr("DstT", dtype).output();
}

// input[begin : begin + size] along the only dimension; a null `begin` is 0, a null `size` 1. In
// Python's lists [0], [rank - 1], tensors become a Pack in the slice's own scope.
Output slice_of(const Output& input, const Output& begin, const Output& size) {
  const NameScope scope(input.graph(), "Slice");
  const auto packed = [](const Output& tensor, int otherwise, const char* name) {
    return tensor ? stack({tensor}, {.name = name}) : Input{otherwise}.to_tensor(name);
  };
  const Output from = packed(begin, 0, "begin");
  const Output count = packed(size, 1, "size");
  return slice(input, from, count, {scope.name()});
}

// Every dimension but the last becomes one.
Output flatten_outer_dims(const Output& tensor) {
  const Output dims = rank(tensor);
  const Output all = shape(tensor);
  const Output size = slice_of(all, binary("Sub", "Sub", dims, 1), Output());
  const Output wanted = concat({Input{-1}, size}, 0);
  const Output flat = reshape(tensor, wanted);
  const Shape& shape = tensor.shape();
  if (shape.rank_known() && shape.rank() > 0) {
    const Shape outer(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end() - 1));
    if (const auto product = outer.checked_num_elements()) {
      flat.set_shape(Shape{*product, shape.dim(-1)});
    }
  }
  return flat;
}

Output moved_to_end(const Output& tensor, int axis, const Output& dims) {
  const Output before = range(axis);
  const Output after = range(axis + 1, dims);
  return transpose(tensor, concat({before, after, Literal{axis}}, 0));
}

}  // namespace

Output softmax_cross_entropy_with_logits_v2(const CrossEntropyArguments& arguments) {
  check_arguments("softmax_cross_entropy_with_logits", arguments.labels, arguments.logits);
  Graph& graph = graph_of({arguments.logits, arguments.labels});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, arguments.name, "softmax_cross_entropy_with_logits");
  const Output logits = arguments.logits.to_tensor("logits");
  const Output given = arguments.labels.to_tensor("labels");
  const DType dtype = base_dtype(logits.dtype());
  const bool narrow = dtype == float16 || dtype == bfloat16;
  Output precise = narrow ? cast_to(logits, float32) : logits;
  Output labels = cast_to(given, base_dtype(precise.dtype()));
  const Shape& static_shape = logits.shape();
  const Output dims = rank(precise);
  if (arguments.axis != -1) {
    precise = moved_to_end(precise, arguments.axis, dims);
    labels = moved_to_end(labels, arguments.axis, dims);
  }
  const Output input_shape = shape(precise);
  const Output logits_2d = flatten_outer_dims(precise);
  const Output labels_2d = flatten_outer_dims(labels);
  const Output loss = OpBuilder("SoftmaxCrossEntropyWithLogits", scope.name())
                          .input(logits_2d)
                          .input(labels_2d)
                          .output();
  const Output outer = binary("Sub", "Sub", dims, 1);
  const Output output_shape = slice_of(input_shape, Output(), outer);
  const Output cost = reshape(loss, output_shape);
  if (static_shape.rank_known() && static_shape.rank() > 0) {
    const int rank = static_shape.rank();
    if (arguments.axis < -rank || arguments.axis >= rank) {
      errors::raise_value_error(fmt::format("axis {} is out of range for logits of shape {}",
                                            arguments.axis, static_shape.to_string()));
    }
    std::vector<std::int64_t> outer = static_shape.dims();
    outer.erase(outer.begin() + (arguments.axis < 0 ? arguments.axis + rank : arguments.axis));
    cost.set_shape(Shape(std::move(outer)));
  }
  return narrow ? cast_to(cost, dtype) : cost;
}

Output softmax_cross_entropy_with_logits(const CrossEntropyArguments& arguments) {
  check_arguments("softmax_cross_entropy_with_logits", arguments.labels, arguments.logits);
  Graph& graph = graph_of({arguments.logits, arguments.labels});
  const auto as_default = graph.as_default();
  std::string name;
  Output labels;
  {
    const NameScope scope(graph, arguments.name, "softmax_cross_entropy_with_logits_sg");
    name = scope.name();
    labels = stop_gradient(arguments.labels, {"labels_stop_gradient"});
  }
  return softmax_cross_entropy_with_logits_v2(
      {.labels = labels, .logits = arguments.logits, .axis = arguments.axis, .name = name});
}

namespace {

void check_sparse_shapes(const Output& labels, const Output& logits) {
  const Shape& a = labels.shape();
  const Shape& b = logits.shape();
  if (!b.rank_known()) return;
  if (b.rank() == 0) {
    errors::raise_value_error(
        fmt::format("`logits` cannot be a scalar. Received logits={}`", logits.to_string()));
  }
  if (a.rank_known() && a.rank() != b.rank() - 1) {
    errors::raise_value_error(fmt::format(
        "`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape={} of rank "
        "{} and logits.shape={} of rank {}",
        a.to_string(), a.rank(), b.to_string(), b.rank()));
  }
  const Shape outer(std::vector<std::int64_t>(b.dims().begin(), b.dims().end() - 1));
  if (a.fully_defined() && outer.fully_defined() && a != outer) {
    errors::raise_value_error(fmt::format(
        "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
        "labels.shape={} and logits.shape={}",
        a.to_string(), b.to_string()));
  }
}

// Whether all dimensions but the last are known.
bool outer_fully_defined(const Shape& shape) {
  if (!shape.rank_known() || shape.rank() == 0) return false;
  return std::all_of(shape.dims().begin(), shape.dims().end() - 1,
                     [](std::int64_t dim) { return dim >= 0; });
}

Output sparse_loss(const Output& logits, const Output& labels, const std::string& name) {
  return OpBuilder("SparseSoftmaxCrossEntropyWithLogits", name)
      .input(logits)
      .input(labels)
      .output();
}

}  // namespace

Output sparse_softmax_cross_entropy_with_logits(const LossArguments& arguments) {
  check_arguments("sparse_softmax_cross_entropy_with_logits", arguments.labels, arguments.logits);
  Graph& graph = graph_of({arguments.labels, arguments.logits});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, arguments.name, "SparseSoftmaxCrossEntropyWithLogits");
  const Output labels = arguments.labels.to_tensor("");
  const Output logits = arguments.logits.to_tensor("");
  const DType dtype = base_dtype(logits.dtype());
  const Output precise = dtype == float16 ? cast_to(logits, float32) : logits;
  const Output labels_shape = shape(labels);
  check_sparse_shapes(labels, logits);
  const Shape& logits_shape = logits.shape();
  if (logits_shape.rank_known() && logits_shape.rank() == 2) {
    return cast_to(sparse_loss(precise, labels, arguments.name), dtype);
  }
  std::vector<Operation*> checks;
  const bool shapes_known = labels.shape().fully_defined() && outer_fully_defined(logits_shape);
  if (!shapes_known) {
    const Output found = shape(labels);
    const Output expected = getitem(shape(logits), {Span{.end = -1}});
    checks.push_back(assert_equal(found, expected));
  }
  const ControlDependencies checked(graph, checks);
  const Output classes = getitem(shape(logits), {Subscript(binary("Sub", "sub", rank(logits), 1))});
  std::string reshaping;
  Output rows;
  {
    const NameScope scope_of_reshape(graph, "Reshape");
    reshaping = scope_of_reshape.name();
    rows = stack({Input(-1), classes}, {.name = "shape"});
  }
  const Output flat_logits = reshape(precise, rows, {reshaping});
  const Output flat_labels = reshape(labels, {-1});
  const Output cost = reshape(sparse_loss(flat_logits, flat_labels, arguments.name), labels_shape);
  cost.set_shape(labels.shape());
  return cast_to(cost, dtype);
}

Output sigmoid_cross_entropy_with_logits(const LossArguments& arguments) {
  check_arguments("sigmoid_cross_entropy_with_logits", arguments.labels, arguments.logits);
  Graph& graph = graph_of({arguments.logits, arguments.labels});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, arguments.name, "logistic_loss");
  const Output logits = arguments.logits.to_tensor("logits");
  const Output labels = arguments.labels.to_tensor("labels");
  if (!labels.shape().compatible_with(logits.shape())) {
    errors::raise_value_error(
        fmt::format("`logits` and `labels` must have the same shape, received ({} vs {}).",
                    logits.shape().to_string(), labels.shape().to_string()));
  }
  const auto select = [](const Output& condition, const Output& yes, const Output& no) {
    return OpBuilder("Select").input(condition).input(yes).input(no).output();
  };
  const Output zeros = zeros_like(logits);
  const Output positive = binary("GreaterEqual", "", logits, zeros);
  const Output rectified = select(positive, logits, zeros);
  const Output negated = OpBuilder("Neg").input(logits).output();
  const Output minus_abs = select(positive, negated, logits);
  const Output linear = binary("Sub", "sub", rectified, binary("Mul", "mul", logits, labels));
  const Output exponential = OpBuilder("Exp").input(minus_abs).output();
  const Output logarithm = OpBuilder("Log1p").input(exponential).output();
  return binary("Add", scope.name(), linear, logarithm);
}

}  // namespace tensorkeep::nn
