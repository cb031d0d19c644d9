#include "transform/constant_spread.h"

#include <fmt/format.h>

#include "graph/op_arguments.h"
#include "graph/op_def_lookup.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/tensor.h"
#include "transform/sub_graph.h"

namespace tensorkeep::transform {
namespace {

using proto::AttrValue;
using proto::NodeDef;

// Operations that hand their first input on, and what they are for values.
const std::unordered_map<std::string_view, const char*>& operations_handing_on() {
  static const std::unordered_map<std::string_view, const char*> kOperations = {
      {"Enter", "Enter"},          {"Exit", "Exit"},
      {"Identity", "Identity"},    {"NextIteration", "NextIteration"},
      {"Switch", "Switch"},        {"_SwitchN", "_SwitchN"},
      {"RefEnter", "Enter"},       {"RefExit", "Exit"},
      {"RefIdentity", "Identity"}, {"RefNextIteration", "NextIteration"},
      {"RefSwitch", "Switch"},
  };
  return kOperations;
}

AttrValue type_attr(DType dtype) {
  AttrValue value;
  value.set_type(static_cast<proto::DataType>(dtype));
  return value;
}

// Makes `node` another operation: the name stays, and of the attributes `_class` and the device's
// place in it.
void become(NodeDef& node, const char* op, const std::vector<std::string>& inputs) {
  NodeDef made;
  made.set_name(node.name());
  made.set_op(op);
  for (const auto& input : inputs) made.add_input(input);
  if (node.attr().contains("_class")) {
    (*made.mutable_attr())["_class"] = node.attr().at("_class");
  }
  node = std::move(made);
}

void make_constant(NodeDef& node, const std::string& name, proto::TensorProto value) {
  node.Clear();
  node.set_name(name);
  node.set_op("Const");
  (*node.mutable_attr())["dtype"].set_type(value.dtype());
  *(*node.mutable_attr())["value"].mutable_tensor() = std::move(value);
}

}  // namespace

const AttrValue& attr_of(const NodeDef& node, const std::string& name) {
  const auto found = node.attr().find(name);
  return found == node.attr().end() ? AttrValue::default_instance() : found->second;
}

ConstantSpread::ConstantSpread(proto::GraphDef& graph_def) : graph_def_(graph_def) {
  add_body(*graph_def.mutable_node(), nullptr);
  for (auto& function : *graph_def.mutable_library()->mutable_function()) {
    functions_[function.signature().name()] = static_cast<int>(bodies_.size());
    add_body(*function.mutable_node_def(), &function);
  }
}

void ConstantSpread::add_body(Nodes& nodes, proto::FunctionDef* function) {
  Body body = {.nodes = &nodes, .function = function};
  const int b = static_cast<int>(bodies_.size());
  for (int n = 0; n < nodes.size(); ++n) {
    for (int i = 0; i < nodes[n].input_size(); ++i) {
      const std::string& input = nodes[n].input(i);
      if (input.starts_with('^')) continue;
      body.uses[std::string(node_of_input(input))].push_back({b, n, i});
    }
  }
  bodies_.push_back(std::move(body));
}

void ConstantSpread::replace(const std::string& variable, proto::TensorProto value) {
  variable_ = variable;
  dtype_ = static_cast<DType>(value.dtype());
  shape_ = value.tensor_shape();
  const int n = nodes_by_name(graph_def_.node()).at(variable);
  make_constant(*graph_def_.mutable_node(n), variable, std::move(value));
  follow(0, variable);
  while (!pending_.empty()) {
    const Use use = pending_.back();
    pending_.pop_back();
    if (done_.insert(fmt::format("{}/{}/{}", use.body, use.node, use.input)).second) convert(use);
  }
}

void ConstantSpread::follow(int body, const std::string& name) {
  const auto found = bodies_[static_cast<std::size_t>(body)].uses.find(name);
  if (found == bodies_[static_cast<std::size_t>(body)].uses.end()) return;
  pending_.insert(pending_.end(), found->second.rbegin(), found->second.rend());
}

void ConstantSpread::convert(const Use& use) {
  NodeDef& node = (*bodies_[static_cast<std::size_t>(use.body)].nodes)[use.node];
  if (hand_on(use, node) || call(use, node)) return;
  const std::string& op = node.op();
  if (use.input == 0 && op == "ReadVariableOp") {
    convert_read(use, node);
  } else if (use.input == 0 && (op == "ResourceGather" || op == "ResourceGatherNd")) {
    convert_gather(use, node);
  } else if (use.input == 0 && op == "VariableShape") {
    const AttrValue out_type = attr_of(node, "out_type");
    become(node, "Shape", {node.input(0)});
    (*node.mutable_attr())["T"] = type_attr(dtype_);
    if (out_type.value_case() != AttrValue::VALUE_NOT_SET) {
      (*node.mutable_attr())["out_type"] = out_type;
    }
  } else if (op == "VarIsInitializedOp" || op == "IsVariableInitialized") {
    make_constant(node, std::string(node.name()), tensor_to_proto(Tensor::scalar(true)));
  } else {
    note_writer(use, node);
  }
}

bool ConstantSpread::hand_on(const Use& use, NodeDef& node) {
  const auto& operations = operations_handing_on();
  const auto found = operations.find(node.op());
  const bool merges = node.op() == "RefMerge" ||
                      (node.op() == "Merge" && attr_of(node, "T").type() == proto::DT_RESOURCE);
  if (!merges && (found == operations.end() || use.input != 0)) return false;
  node.set_op(merges ? "Merge" : found->second);
  (*node.mutable_attr())["T"] = type_attr(dtype_);
  node.mutable_attr()->erase("_output_shapes");
  follow(use.body, node.name());
  return true;
}

void ConstantSpread::convert_read(const Use& use, NodeDef& node) {
  const AttrValue dtype = attr_of(node, "dtype");
  become(node, "Identity", {node.input(0)});
  (*node.mutable_attr())["T"] = dtype;
  Body& body = bodies_[static_cast<std::size_t>(use.body)];
  if (body.function == nullptr) return;
  // In functions outputs go by their arguments' names.
  const std::string before = node.name() + ":value";
  const auto renamed = [&](const std::string& input) {
    const bool same =
        input.starts_with(before) && (input.size() == before.size() || input[before.size()] == ':');
    return same ? node.name() + ":output" + input.substr(before.size()) : input;
  };
  if (const auto users = body.uses.find(node.name()); users != body.uses.end()) {
    for (const Use& user : users->second) {
      std::string& input = *(*body.nodes)[user.node].mutable_input(user.input);
      input = renamed(input);
    }
  }
  for (auto& [name, source] : *body.function->mutable_ret()) source = renamed(source);
}

void ConstantSpread::convert_gather(const Use& use, NodeDef& node) {
  const bool nd = node.op() == "ResourceGatherNd";
  const AttrValue params = attr_of(node, "dtype");
  const AttrValue indices = attr_of(node, "Tindices");
  const std::int64_t batch_dims = attr_of(node, "batch_dims").i();
  const std::string name = node.name();
  std::vector<std::string> inputs(node.input().begin(), node.input().end());
  std::erase_if(inputs, [](const std::string& input) { return input.starts_with('^'); });
  Body& body = bodies_[static_cast<std::size_t>(use.body)];
  const std::string axis = name + "/axis";
  if (!nd) inputs.push_back(body.function == nullptr ? axis : axis + ":output:0");
  become(node, nd ? "GatherNd" : "GatherV2", inputs);
  auto& attrs = *node.mutable_attr();
  attrs["Tparams"] = params;
  attrs["Tindices"] = indices;
  if (nd) return;
  attrs["Taxis"] = indices;
  if (batch_dims != 0) attrs["batch_dims"].set_i(batch_dims);
  const Tensor value = indices.type() == proto::DT_INT64
                           ? Tensor::scalar(batch_dims)
                           : Tensor::scalar(static_cast<std::int32_t>(batch_dims));
  make_constant(*body.nodes->Add(), axis, tensor_to_proto(value));
}

void ConstantSpread::note_writer(const Use& use, const NodeDef& node) {
  const proto::OpDef* def = graph::find_op_def(node.op());
  if (def == nullptr) return;
  AttrMap attrs(node.attr().begin(), node.attr().end());
  for (const auto& attr : def->attr()) {
    if (attr.has_default_value()) attrs.try_emplace(attr.name(), attr.default_value());
  }
  const std::vector<DType> types = expand_types(def->input_arg(), attrs);
  const auto input = static_cast<std::size_t>(use.input);
  if (input >= types.size()) return;
  if (is_ref(types[input]) || types[input] == DType::kResource) {
    writers_.push_back({&node, use.body != 0, variable_});
  }
}

}  // namespace tensorkeep::transform
