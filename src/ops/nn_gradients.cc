#include "graph/op_registry.h"
#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Gradients of activations, biases and losses, as TensorFlow builds them.
namespace tensorkeep::ops {
namespace {

using Grads = const std::vector<Output>&;

Output mul(const Input& a, const Input& b) {
  return binary("Mul", "mul", a, b);
}

// An operation of activations' gradients that takes the gradient and one of the forward tensors.
OpBuilder activation_gradient(const Operation& op, const std::string& type, const Output& grad,
                              const Output& forward) {
  OpBuilder builder(type);
  builder.input(grad).input(forward);
  if (op.has_attr("alpha")) builder.attr("alpha", op.attr_float("alpha"));
  return builder;
}

// From the output: Relu, Relu6, Elu, Selu.
Gradients from_output(Operation& op, Grads grads) {
  return {activation_gradient(op, op.type() + "Grad", grads[0], op.output()).output()};
}
// From the input: Softsign, LeakyRelu.
Gradients from_input(Operation& op, Grads grads) {
  return {activation_gradient(op, op.type() + "Grad", grads[0], op.input(0)).output()};
}
// ReluGrad, Relu6Grad, LeakyReluGrad are linear in the gradient and flat in the features.
Gradients of_linear_gradient(Operation& op, Grads grads) {
  const Output features = op.input(1);
  const Output first = activation_gradient(op, op.type(), grads[0], features).output();
  return {first, zeros_like(features)};
}
// EluGrad, SeluGrad.
Gradients of_exponential_gradient(Operation& op, Grads grads) {
  const Output features = op.input(1);
  const Output first = activation_gradient(op, op.type(), grads[0], features).output();
  const Input zero = 0;
  const Output negative = binary("Less", "Less", features, zero);
  const Output product = mul(grads[0], op.input(0));
  const Output second =
      OpBuilder("Select").input(negative).input(product).input(zeros_like(features)).output();
  return {first, second};
}

Gradients softplus(Operation& op, Grads grads) {
  return {mul(grads[0], OpBuilder("Sigmoid").input(op.input(0)).output())};
}
Gradients softplus_grad(Operation& op, Grads grads) {
  const Output dy = op.input(0);
  const Output x = op.input(1);
  const ControlDependencies after({&grads[0].op()});
  const Output first = binary("SoftplusGrad", "", grads[0], x);
  const Output product = mul(grads[0], dy);
  const Output falling = OpBuilder("Exp").input(OpBuilder("Neg").input(x).output()).output();
  const Input two = 2.0;
  const Output two_more = binary("Add", "add", falling, two);
  const Output sum = binary("Add", "add", two_more, OpBuilder("Exp").input(x).output());
  return {first, binary("RealDiv", "truediv", product, sum)};
}

Output sum_of_last(const Output& tensor) {
  const NameScope scope(tensor.graph(), "Sum");
  const Output last = Input(-1).to_tensor("reduction_indices", int32);
  return OpBuilder("Sum", scope.name()).input(tensor).input(last).attr("keep_dims", true).output();
}

Gradients softmax(Operation& op, Grads grads) {
  const Output sum = sum_of_last(mul(grads[0], op.output()));
  return {mul(binary("Sub", "sub", grads[0], sum), op.output())};
}

Gradients log_softmax(Operation& op, Grads grads) {
  const Output exponential = OpBuilder("Exp").input(op.output()).output();
  return {binary("Sub", "sub", grads[0], mul(sum_of_last(grads[0]), exponential))};
}

Gradients bias_add(Operation& op, Grads grads) {
  const Output bias = OpBuilder("BiasAddGrad")
                          .input(grads[0])
                          .attr("data_format", op.attr_string("data_format"))
                          .output();
  return {grads[0], bias};
}

// Repeats the gradient of the channels over all the others.
Gradients bias_add_grad(Operation& op, Grads grads) {
  const Output all = shape(op.input(0));
  const Output channels = shape(grads[0]);
  Output expanded;
  Output multiples;
  if (op.attr_string("data_format") == "NCHW") {
    const Output before = ones_like(getitem(all, {Span{.end = 1}}));
    const Output after = ones_like(getitem(all, {Span{.begin = 2}}));
    expanded = concat({before, channels, after}, 0);
    const Output batch = getitem(all, {Span{.end = 1}});
    multiples = concat({batch, Input{1}, getitem(all, {Span{.begin = 2}})}, 0);
  } else {
    const Output before = ones_like(getitem(all, {Span{.end = -1}}));
    expanded = concat({before, channels}, 0);
    multiples = concat({getitem(all, {Span{.end = -1}}), Input{1}}, 0);
  }
  return {tile(reshape(grads[0], expanded), multiples)};
}

Output of_each_row(const Output& vector, const Output& matrix) {
  return mul(expand_dims(vector, -1), matrix);
}

// Output 1 of a cross-entropy is its gradient, so what comes back through it is a second one.
Output cross_entropy(Operation& op, Grads grads) {
  const Output first = of_each_row(grads[0], op.output(1));
  const Output second = grads[1];
  if (!second || second.op().type() == "ZerosLike") return first;
  const Output probabilities = OpBuilder("Softmax").input(op.input(0)).output();
  const Output rows = expand_dims(second, 1);
  const Output columns = expand_dims(probabilities, 2);
  const Output product = binary("BatchMatMulV2", "MatMul", rows, columns);
  const Output centred = binary("Sub", "sub", second, squeeze(product, {1}));
  return binary("Add", "add", first, mul(centred, probabilities));
}

Gradients softmax_cross_entropy(Operation& op, Grads grads) {
  const Output features = cross_entropy(op, grads);
  const Output log_probabilities = OpBuilder("LogSoftmax").input(op.input(0)).output();
  // In Python the vector is made a column before the negated matrix is.
  const Output negated = OpBuilder("Neg").input(log_probabilities).output();
  return {features, of_each_row(grads[0], negated)};
}

Gradients sparse_softmax_cross_entropy(Operation& op, Grads grads) {
  return {cross_entropy(op, grads), Gradient()};
}

Gradients l2_loss(Operation& op, Grads grads) {
  return {mul(op.input(0), grads[0])};
}

constexpr GradientRow kRows[] = {
    {"BiasAdd", bias_add},
    {"BiasAddGrad", bias_add_grad},
    {"Elu", from_output},
    {"EluGrad", of_exponential_gradient},
    {"L2Loss", l2_loss},
    {"LeakyRelu", from_input},
    {"LeakyReluGrad", of_linear_gradient},
    {"LogSoftmax", log_softmax},
    {"Relu", from_output},
    {"Relu6", from_output},
    {"Relu6Grad", of_linear_gradient},
    {"ReluGrad", of_linear_gradient},
    {"Selu", from_output},
    {"SeluGrad", of_exponential_gradient},
    {"Softmax", softmax},
    {"SoftmaxCrossEntropyWithLogits", softmax_cross_entropy},
    {"Softplus", softplus},
    {"SoftplusGrad", softplus_grad},
    {"Softsign", from_input},
    {"SparseSoftmaxCrossEntropyWithLogits", sparse_softmax_cross_entropy},
};

}  // namespace

void register_nn_gradients(OpRegistry& registry) {
  add_rows(registry, kRows);
}

}  // namespace tensorkeep::ops
