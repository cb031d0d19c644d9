#include <algorithm>
#include <array>

#include "tensorkeep/graph_util.h"

namespace tensorkeep::graph_util {
namespace {

constexpr std::array<std::string_view, 10> kVariableOps = {
    "Assign",     "AssignAdd",     "AssignSub",       "Queue",    "ScatterAdd",
    "ScatterSub", "ScatterUpdate", "TruncatedNormal", "Variable", "VariableV2"};

}  // namespace

bool must_run_on_cpu(const NodeDef& node, bool pin_variables_on_cpu) {
  const auto type_is = [&](const char* name, DType dtype) {
    const auto found = node.attr().find(name);
    return found != node.attr().end() && static_cast<DType>(found->second.type()) == dtype;
  };
  const std::string& op = node.op();
  if (pin_variables_on_cpu &&
      std::find(kVariableOps.begin(), kVariableOps.end(), op) != kVariableOps.end()) {
    return true;
  }
  if (op == "Const") return type_is("dtype", string) || type_is("dtype", int32);
  if (op == "DynamicStitch" || op == "ParallelDynamicStitch") return type_is("T", int32);
  return op == "Cast" && type_is("SrcT", int32);
}

bool must_run_on_cpu(const Operation& node, bool pin_variables_on_cpu) {
  return must_run_on_cpu(node.node_def(), pin_variables_on_cpu);
}

Shape tensor_shape_from_node_def_name(const Graph& graph, const std::string& input_name) {
  const bool has_index = input_name.find(':') != std::string::npos;
  return graph.get_tensor_by_name(has_index ? input_name : input_name + ":0").shape();
}

}  // namespace tensorkeep::graph_util
