#include <fmt/format.h>

#include "graph/op_arguments.h"
#include "transform/imported_node.h"
#include "transform/node_validation.h"

namespace tensorkeep::transform {
namespace {

// No honest operation has more outputs.
constexpr int kMaxOutputs = 1 << 16;

DType guess_type(const proto::NodeDef& def) {
  for (const char* name : {"T", "dtype"}) {
    const auto found = def.attr().find(name);
    if (found != def.attr().end() && found->second.value_case() == proto::AttrValue::kType) {
      return static_cast<DType>(found->second.type());
    }
  }
  return DType::kInvalid;
}

std::vector<DType> wanted_types(const ImportedNode& node, const Definitions& definitions) {
  const proto::OpDef* op_def = definitions.find(*node.def);
  if (op_def == nullptr) return {};
  const AttrMap attrs = definitions.attrs_of(*node.def, op_def);
  check_attrs(node.def->name(), *op_def, attrs);
  return expand_types(op_def->input_arg(), attrs);
}

}  // namespace

std::unordered_map<std::string, std::vector<DType>> guess_unknown_outputs(
    const std::vector<ImportedNode>& nodes, const NodeIndex& index,
    const Definitions& definitions) {
  std::unordered_map<std::string, std::vector<DType>> unknown;
  for (const ImportedNode& node : nodes) {
    if (definitions.find(*node.def) != nullptr) continue;
    const auto shapes = node.def->attr().find("_output_shapes");
    const int outputs = shapes == node.def->attr().end() ? 0 : shapes->second.list().shape_size();
    unknown[node.def->name()].resize(static_cast<std::size_t>(outputs), guess_type(*node.def));
  }
  if (unknown.empty()) return unknown;
  for (const ImportedNode& node : nodes) {
    const std::vector<DType> wanted = wanted_types(node, definitions);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId& id = node.inputs[i];
      const auto source = unknown.find(id.node);
      if (id.index == kControl || source == unknown.end()) continue;
      if (id.index >= kMaxOutputs) {
        fail_node(*node.def, fmt::format("Connecting to invalid output {} of source node {}",
                                         id.index, id.node));
      }
      auto& types = source->second;
      const auto output = static_cast<std::size_t>(id.index);
      if (types.size() <= output) {
        const auto n = static_cast<std::size_t>(index.at(id.node));
        types.resize(output + 1, guess_type(*nodes[n].def));
      }
      if (i < wanted.size()) types[output] = wanted[i];
    }
  }
  return unknown;
}

}  // namespace tensorkeep::transform
