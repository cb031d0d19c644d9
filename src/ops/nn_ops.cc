#include "tensorkeep/nn_ops.h"

#include <fmt/format.h>

#include "graph/shape_inference.h"
#include "ops/array_util.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/constant_op.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/random_ops.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::nn {
namespace {

using ops::unary;

double as_number(const Input& value) {
  return value.literal().to_tensor(float64).value<double>();
}

std::int64_t as_integer(const Input& value) {
  return value.literal().to_tensor(int64).value<std::int64_t>();
}

// Fails for an axis the tensor does not have; returns whether it is the last one.
bool is_last_axis(const Output& tensor, int axis) {
  if (axis == -1) return true;
  const Shape& shape = tensor.shape();
  if (!shape.rank_known()) {
    errors::raise_type_error(
        "The rank of the input must be known where `dim` is not -1; set its shape first.");
  }
  const int rank = shape.rank();
  if (axis < -rank || axis >= rank) {
    throw errors::InvalidArgumentError(
        fmt::format("`dim` must be in the range [{}, {}) where {} is the number of dimensions in "
                    "the input. Received: dim={}",
                    -rank, rank, rank, axis));
  }
  return axis == rank - 1;
}

// The tensor with the dimensions `axis` (a number or a tensor) and `last` exchanged.
Output exchanged(const Output& tensor, const Input& axis, const Output& last,
                 const std::string& name) {
  const Output before = range(axis);
  const Input next = axis.is_literal() ? Input(as_integer(axis) + 1) : Input(axis + Input(1));
  const Output between = range(next, last);
  Output order;
  {
    const NameScope scope(tensor.graph(), "concat");
    const Output second = ops::packed({last}, "values_1");
    const Output fourth = ops::packed({axis}, "values_3");
    order = concat({before, second, between, fourth}, 0, {scope.name()});
  }
  return transpose(tensor, order, {name});
}

Output softmax_of(const char* type, const Input& logits, const SoftmaxOptions& options) {
  const auto as_default = graph_of({logits}).as_default();
  const Output tensor = logits.to_tensor("");
  if (is_last_axis(tensor, options.axis)) return unary(type, options.name, tensor);
  const Shape shape = tensor.shape();
  const Output dims = rank(tensor);
  Input axis = options.axis;
  if (options.axis < 0) axis = options.axis + dims;
  const Output all = rank(tensor);
  if (axis.is_tensor()) axis = axis % Input(shape.rank());
  const auto last = [&] { return OpBuilder("Sub").input(all).input(1).output(); };
  const Output moved = unary(type, "", exchanged(tensor, axis, last(), ""));
  const Output result = exchanged(moved, axis, last(), options.name);
  result.set_shape(shape);
  return result;
}

std::string bias_format(const std::string& format) {
  if (format.empty()) return "NHWC";
  if (format.starts_with("NC")) return "NCHW";
  if (format.starts_with("N") && format.ends_with("C")) return "NHWC";
  errors::raise_value_error(
      "`data_format` must be of the form `N...C` or `NC...`. Received: data_format=" + format);
}

// The rate of a dropout; a number stays one.
Input dropout_rate(const DropoutOptions& options) {
  if (options.rate && options.keep_prob) {
    errors::raise_value_error("Cannot specify both 'rate' and 'keep_prob'.");
  }
  if (options.rate) return *options.rate;
  if (!options.keep_prob) errors::raise_value_error("`rate` must be provided. Received: rate=None");
  if (options.keep_prob->is_literal()) return Input(1.0 - as_number(*options.keep_prob));
  return Input(OpBuilder("Sub", "sub").input(1.0).input(*options.keep_prob).output());
}

Output scaled_by_rate_number(const Output& x, double rate) {
  const Output scale = constant(1.0 / (1.0 - rate), {.dtype = base_dtype(x.dtype())});
  return OpBuilder("Mul").input(x).input(scale).output();
}

Output scaled_by_rate_tensor(const Output& x, Output& rate) {
  if (rate.shape().rank_known() && rate.shape().rank() != 0) {
    errors::raise_value_error(fmt::format("Shape {} must have rank 0", rate.shape().to_string()));
  }
  const DType dtype = base_dtype(x.dtype());
  if (base_dtype(rate.dtype()) != dtype) {
    errors::raise_value_error(
        fmt::format("`x.dtype` must be compatible with `rate.dtype`. Received: x.dtype={} and "
                    "rate.dtype={}",
                    name_of(dtype), name_of(rate.dtype())));
  }
  const Output one = constant(1, {.dtype = dtype});
  const Output kept = OpBuilder("Sub").input(one).input(rate).output();
  return OpBuilder("RealDiv").input(x).input(kept).output();
}

}  // namespace

Output relu(const Input& features, const Name& name) {
  return unary("Relu", name.name, features);
}
Output relu6(const Input& features, const Name& name) {
  return unary("Relu6", name.name, features);
}
Output elu(const Input& features, const Name& name) {
  return unary("Elu", name.name, features);
}
Output selu(const Input& features, const Name& name) {
  return unary("Selu", name.name, features);
}
Output softplus(const Input& features, const Name& name) {
  return unary("Softplus", name.name, features);
}
Output softsign(const Input& features, const Name& name) {
  return unary("Softsign", name.name, features);
}
Output sigmoid(const Input& x, const Name& name) {
  return unary("Sigmoid", name.name, x);
}
Output tanh(const Input& x, const Name& name) {
  return unary("Tanh", name.name, x);
}

Output leaky_relu(const Input& features, const LeakyReluOptions& options) {
  return OpBuilder("LeakyRelu", options.name).input(features).attr("alpha", options.alpha).output();
}

Output softmax(const Input& logits, const SoftmaxOptions& options) {
  return softmax_of("Softmax", logits, options);
}
Output log_softmax(const Input& logits, const SoftmaxOptions& options) {
  return softmax_of("LogSoftmax", logits, options);
}

Output bias_add(const Input& value, const Input& bias, const BiasOptions& options) {
  return OpBuilder("BiasAdd", options.name)
      .input(value)
      .input(bias)
      .attr("data_format", bias_format(options.data_format))
      .output();
}

Output xw_plus_b(const Input& x, const Input& weights, const Input& biases, const Name& name) {
  Graph& graph = graph_of({x, weights, biases});
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name.name, "xw_plus_b");
  const Output product =
      OpBuilder("MatMul").input(x.to_tensor("x")).input(weights.to_tensor("weights")).output();
  return bias_add(product, biases.to_tensor("biases"), {.name = scope.name()});
}

Output l2_loss(const Input& t, const Name& name) {
  return unary("L2Loss", name.name, t);
}

Output dropout(const Input& x, const DropoutOptions& options) {
  Graph& graph = graph_of({x});
  const auto as_default = graph.as_default();
  const Input rate = dropout_rate(options);
  const NameScope scope(graph, options.name, "dropout");
  const bool is_number = rate.is_literal();
  const double number = is_number ? as_number(rate) : 0;
  if (is_number && !(number >= 0 && number < 1)) {
    errors::raise_value_error(fmt::format(
        "`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={}",
        number));
  }
  const Output input = x.to_tensor("x");
  if (!is_floating(base_dtype(input.dtype()))) {
    errors::raise_value_error(fmt::format(
        "`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={}",
        name_of(input.dtype())));
  }
  if (is_number && number == 0) {
    (void)get_seed(options.seed);  // counts as a random operation all the same
    return input;
  }
  Output limit = is_number ? Output() : rate.to_tensor("rate");
  const Output scaled =
      is_number ? scaled_by_rate_number(input, number) : scaled_by_rate_tensor(input, limit);
  const Input noise_shape = options.noise_shape ? *options.noise_shape : Input(shape(input));
  const Output random =
      random_uniform(noise_shape, {.dtype = base_dtype(input.dtype()), .seed = options.seed});
  const Output kept = OpBuilder("GreaterEqual")
                          .input(random)
                          .input(is_number ? Input(number) : Input(limit))
                          .output();
  const Output zero = constant(0, {.dtype = base_dtype(input.dtype())});
  const Output result = OpBuilder("SelectV2").input(kept).input(scaled).input(zero).output();
  result.set_shape(input.shape());
  return result;
}

Output in_top_k(const Input& predictions, const Input& targets, const Input& k, const Name& name) {
  Graph& graph = graph_of({predictions, targets, k});
  const NameScope scope(graph, name.name, "in_top_k");
  return OpBuilder("InTopKV2").input(predictions).input(targets).input(k).output();
}

}  // namespace tensorkeep::nn
