#include <string>

#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/op_scope.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// Arrays of tensors: shapes, and gradients by an array of gradients beside each.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

const Shape kHandle = Shape{2};
const Shape kFlow = Shape(std::vector<std::int64_t>());

// The elements' shape, where it is one and known.
void make_shape(ShapeContext& c) {
  c.input_with_rank(0, 0);
  c.set_output(0, kHandle);
  c.set_output(1, kFlow);
  const Shape& element = c.op().attr_shape("element_shape");
  if (element.fully_defined() || c.op().attr_bool("identical_element_shapes")) {
    c.set_output_handle(0, {c.op().attr_dtype("dtype"), element});
  }
}

void gradient_shape(ShapeContext& c) {
  c.set_output(0, kHandle);
  c.set_output(1, kFlow);
  if (const auto& handle = c.input_handle(0)) c.set_output_handle(0, *handle);
}

Shape element_of(ShapeContext& c) {
  return c.input_handle(0).value_or(HandleData()).shape;
}

void read_shape(ShapeContext& c) {
  c.input_with_rank(1, 0);
  c.input_with_rank(2, 0);
  c.set_output(0, element_of(c));
}

void write_shape(ShapeContext& c) {
  c.input_with_rank(1, 0);
  c.input_with_rank(3, 0);
  c.merge_shapes(element_of(c), c.input(2));
  c.set_output(0, kFlow);
}

void gather_shape(ShapeContext& c) {
  const Shape indices = c.input_with_rank(1, 1);
  c.input_with_rank(2, 0);
  const Shape element = c.input_handle(0) ? element_of(c) : c.op().attr_shape("element_shape");
  c.set_output(0, element.rank_known() ? indices.concatenate(element) : Shape::unknown());
}

void scatter_shape(ShapeContext& c) {
  const Shape indices = c.input_with_rank(1, 1);
  c.input_with_rank(3, 0);
  const Shape element = element_of(c);
  if (element.rank_known()) c.merge_shapes(indices.concatenate(element), c.input(2));
  c.set_output(0, kFlow);
}

void concat_shape(ShapeContext& c) {
  c.input_with_rank(1, 0);
  c.set_output(0, Shape::unknown());
  c.set_output(1, Shape{None});
}

// What tells the gradients of one call from those of another: the part of the name that begins
// "gradients", and what is before it.
std::string source_of(const Output& grad) {
  const std::string name = grad.name();
  std::string source;
  for (std::size_t begin = 0; begin < name.size();) {
    std::size_t end = name.find('/', begin);
    if (end == std::string::npos) end = name.size();
    if (name.compare(begin, 9, "gradients") == 0) source = name.substr(0, end);
    begin = end + 1;
  }
  if (source.empty()) {
    errors::raise_value_error(
        "Expected op/tensor name to start with gradients (excluding scope), got: " + name +
        ". This means that a tf.gradients op with this op in its dependency path has a custom name "
        "that does not start with 'gradients'. Please make sure all calls to tf.gradients that "
        "have non-empty `name` arguments use names that start with 'gradients'.");
  }
  return source;
}

// The array of gradients that belongs to an array.
struct GradientArray {
  Output handle;
  Output flow;
  Output barrier = {};  // the gradient's flow, after everything was written
};

GradientArray gradients_of(const Output& handle, const Output& flow, const std::string& source) {
  Graph& graph = handle.graph();
  { const NameScope unused(graph, "TensorArray"); }  // TensorFlow makes an object of each
  const NameScope scope(graph, "TensorArrayGrad");
  const ColocationScope beside(graph, &handle.op());
  Operation* made =
      OpBuilder("TensorArrayGradV3").input(handle).input(flow).attr("source", source).build();
  const ControlDependencies after(graph, {made});
  const Output passed = OpBuilder("Identity", "gradient_flow").input(flow).output();
  { const NameScope unused(graph, "TensorArray"); }
  return {made->output(0), passed};
}

// Where something was written, gradients are read once everything has been written.
GradientArray gradients_after(const Operation& op, const Output& grad_flow) {
  const std::string source = source_of(grad_flow);
  const Output done = OpBuilder("Identity", "flow_out").input(op.output(0)).output();
  Output flow;
  {
    const ControlDependencies after(done.graph(), {&done.op()});
    flow = OpBuilder("Identity", "write_barrier").input(grad_flow).output();
  }
  GradientArray array = gradients_of(op.input(0), flow, source);
  array.barrier = flow;
  return array;
}

// The gradients of what was read at the places of input 1 are written there.
Gradients write_back(Operation& op, const Grads& grads, const std::string& scope_name) {
  const GradientArray array = gradients_of(op.input(0), op.input(2), source_of(grads[0]));
  const NameScope scope(grads[0].graph(), scope_name);
  const Output flow = OpBuilder(scope_name + "V3")
                          .input(array.handle)
                          .input(op.input(1))
                          .input(grads[0])
                          .input(array.flow)
                          .output();
  return {Gradient(), Gradient(), flow};
}

Gradients read_gradient(Operation& op, const Grads& grads) {
  return write_back(op, grads, "TensorArrayWrite");
}

Gradients write_gradient(Operation& op, const Grads& grads) {
  const GradientArray array = gradients_after(op, grads[0]);
  const Output value = OpBuilder("TensorArrayReadV3")
                           .input(array.handle)
                           .input(op.input(1))
                           .input(array.flow)
                           .attr("dtype", op.attr_dtype("T"))
                           .output();
  return {Gradient(), Gradient(), value, array.barrier};
}

Gradients gather_gradient(Operation& op, const Grads& grads) {
  return write_back(op, grads, "TensorArrayScatter");
}

Gradients scatter_gradient(Operation& op, const Grads& grads) {
  const GradientArray array = gradients_after(op, grads[0]);
  const Output value = OpBuilder("TensorArrayGatherV3")
                           .input(array.handle)
                           .input(op.input(1))
                           .input(array.flow)
                           .attr("dtype", op.attr_dtype("T"))
                           .attr("element_shape", Shape::unknown())
                           .output();
  return {Gradient(), Gradient(), value, array.barrier};
}

Gradients concat_gradient(Operation& op, const Grads& grads) {
  const GradientArray array = gradients_of(op.input(0), op.input(1), source_of(grads[0]));
  const NameScope scope(grads[0].graph(), "TensorArraySplit");
  const Output flow = OpBuilder("TensorArraySplitV3")
                          .input(array.handle)
                          .input(grads[0])
                          .input(op.output(1))
                          .input(array.flow)
                          .output();
  return {Gradient(), flow};
}

Gradients split_gradient(Operation& op, const Grads& grads) {
  const GradientArray array = gradients_after(op, grads[0]);
  Operation* joined = OpBuilder("TensorArrayConcatV3")
                          .input(array.handle)
                          .input(array.flow)
                          .attr("dtype", op.attr_dtype("T"))
                          .attr("element_shape_except0", Shape::unknown())
                          .build();
  return {Gradient(), joined->output(0), Gradient(), array.barrier};
}

void flow_shape(ShapeContext& c) {
  c.set_output(0, kFlow);
}

}  // namespace

void register_tensor_array(OpRegistry& registry) {
  const OpRow rows[] = {
      {"TensorArrayV3", {make_shape, nullptr, true}},
      {"TensorArrayGradV3", {gradient_shape, nullptr, true}},
      {"TensorArrayReadV3", {read_shape, read_gradient}},
      {"TensorArrayWriteV3", {write_shape, write_gradient}},
      {"TensorArrayGatherV3", {gather_shape, gather_gradient}},
      {"TensorArrayScatterV3", {scatter_shape, scatter_gradient}},
      {"TensorArrayConcatV3", {concat_shape, concat_gradient}},
      {"TensorArraySplitV3", {flow_shape, split_gradient}},
      {"TensorArraySizeV3", {flow_shape, nullptr, true}},
      {"TensorArrayCloseV3", {shape_fn::none, nullptr, true}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
