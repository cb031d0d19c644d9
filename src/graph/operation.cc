#include <fmt/format.h>

#include <algorithm>

#include "graph/device_spec.h"
#include "graph/op_arguments.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/graph.h"

namespace tensorkeep {

Graph& Output::graph() const {
  return op_->graph();
}
std::string Output::name() const {
  return fmt::format("{}:{}", op_->name(), index_);
}
DType Output::dtype() const {
  return op_->output_dtype(index_);
}
const Shape& Output::shape() const {
  return op_->output_shape(index_);
}
void Output::set_shape(const Shape& shape) const {
  op_->set_output_shape(index_, this->shape().merge_with(shape));
}
const std::string& Output::device() const {
  return op_->device();
}

std::vector<Operation*> Output::consumers() const {
  std::vector<Operation*> result;
  for (Operation* consumer : op_->consumers()) {
    const auto& inputs = consumer->inputs();
    if (std::find(inputs.begin(), inputs.end(), *this) != inputs.end() &&
        std::find(result.begin(), result.end(), consumer) == result.end()) {
      result.push_back(consumer);
    }
  }
  return result;
}

std::string Output::to_string() const {
  if (!op_) return "Tensor(none)";
  const std::string shape = this->shape().rank_known()
                                ? fmt::format(", shape={}", this->shape().to_string())
                                : std::string();
  return fmt::format("Tensor(\"{}\"{}, dtype={})", name(), shape, name_of(dtype()));
}

Output Operation::output(int index) const {
  if (index < 0 || index >= num_outputs()) {
    throw errors::InvalidArgumentError(
        fmt::format("operation '{}' has {} outputs, not an output {}", name_, num_outputs(), index),
        {.node = name_, .python_class = errors::PythonClass::kKeyError});
  }
  return Output(const_cast<Operation*>(this), index);
}

std::vector<Output> Operation::outputs() const {
  std::vector<Output> all;
  for (int i = 0; i < num_outputs(); ++i) all.push_back(output(i));
  return all;
}

std::pair<int, int> Operation::output_range(std::string_view arg) const {
  return argument_range(op_def_->output_arg(), attrs_, arg);
}

std::pair<int, int> Operation::input_range(std::string_view arg) const {
  return argument_range(op_def_->input_arg(), attrs_, arg);
}

void Operation::set_device(const std::string& device) {
  device_ = canonical_device(device);
}

std::vector<std::string> Operation::colocation_groups() const {
  std::vector<std::string> groups;
  if (const auto found = attrs_.find("_class"); found != attrs_.end()) {
    for (const std::string& entry : found->second.list().s()) {
      if (entry.starts_with("loc:@")) groups.push_back(entry);
    }
  }
  if (groups.empty()) groups.push_back("loc:@" + name_);
  return groups;
}

const proto::AttrValue& Operation::attr(std::string_view name) const {
  const auto found = attrs_.find(name);
  if (found == attrs_.end()) {
    errors::raise_value_error(fmt::format("Operation '{}' has no attr named '{}'.", name_, name),
                              {.node = name_});
  }
  return found->second;
}

DType Operation::attr_dtype(std::string_view name) const {
  return static_cast<DType>(attr(name).type());
}
std::int64_t Operation::attr_int(std::string_view name) const {
  return attr(name).i();
}
float Operation::attr_float(std::string_view name) const {
  return attr(name).f();
}
bool Operation::attr_bool(std::string_view name) const {
  return attr(name).b();
}
const std::string& Operation::attr_string(std::string_view name) const {
  return attr(name).s();
}
Shape Operation::attr_shape(std::string_view name) const {
  return shape_from_proto(attr(name).shape());
}
Tensor Operation::attr_tensor(std::string_view name) const {
  return tensor_from_proto(attr(name).tensor());
}
std::vector<std::int64_t> Operation::attr_ints(std::string_view name) const {
  const auto& list = attr(name).list().i();
  return {list.begin(), list.end()};
}
std::vector<DType> Operation::attr_dtypes(std::string_view name) const {
  std::vector<DType> types;
  for (const int type : attr(name).list().type()) types.push_back(static_cast<DType>(type));
  return types;
}
void Operation::set_attr(std::string_view name, const Attr& value) {
  attrs_[std::string(name)] = value.value();
  graph_->mark_changed();
}

proto::NodeDef Operation::node_def() const {
  proto::NodeDef node = other_fields_ ? *other_fields_ : proto::NodeDef();
  node.set_name(name_);
  node.set_op(type_);
  for (const Output& input : inputs_) {
    node.add_input(input.index() == 0 ? input.op().name() : input.name());
  }
  std::vector<std::string> controls;  // by name, as TensorFlow writes them
  for (const Operation* control : control_inputs_) controls.push_back("^" + control->name());
  std::sort(controls.begin(), controls.end());
  for (std::string& control : controls) node.add_input(std::move(control));
  node.set_device(device_);
  for (const auto& [key, value] : attrs_) (*node.mutable_attr())[key] = value;
  return node;
}

void Operation::add_control_input(Operation* op) {
  if (std::find(control_inputs_.begin(), control_inputs_.end(), op) != control_inputs_.end())
    return;
  control_inputs_.push_back(op);
  op->control_outputs_.push_back(this);
  graph_->mark_changed();
}

void Operation::set_control_inputs(const std::vector<Operation*>& ops) {
  for (Operation* control : control_inputs_) std::erase(control->control_outputs_, this);
  control_inputs_.clear();
  for (Operation* op : ops) add_control_input(op);
  graph_->mark_changed();
}

void Operation::set_input(int index, Output value) {
  Output& slot = inputs_.at(static_cast<std::size_t>(index));
  if (slot) {
    auto& consumers = slot.op().consumers_;
    consumers.erase(std::find(consumers.begin(), consumers.end(), this));
  }
  slot = value;
  value.op().consumers_.push_back(this);
  graph_->mark_changed();
}

void Operation::set_output_shape(int index, Shape shape) {
  output_shapes_.at(static_cast<std::size_t>(index)) = std::move(shape);
}

void Operation::set_handle_data(int index, HandleData data) {
  handle_data_.at(static_cast<std::size_t>(index)) = std::move(data);
}

}  // namespace tensorkeep
