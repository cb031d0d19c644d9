#include <fmt/format.h>

#include <set>
#include <unordered_map>
#include <unordered_set>

#include "graph/control_flow_context.h"
#include "graph/op_arguments.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/scopes.h"
#include "transform/colocation.h"
#include "transform/imported_node.h"
#include "transform/node_validation.h"
#include "transform/tensor_id.h"

namespace tensorkeep {
namespace {

using transform::Definitions;
using transform::fail_node;
using transform::GraphDefNode;
using transform::kControl;
using transform::order_nodes;
using transform::parse_argument;
using transform::parse_input;
using transform::TensorId;

void add_scopes_of(std::string_view name, std::unordered_set<std::string>& scopes) {
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    scopes.emplace(name.substr(0, slash));
  }
}

// Names of nodes and of the scopes they lie in.
struct NameSet {
  std::unordered_set<std::string> names;
  std::unordered_set<std::string> scopes;
  void add(const std::string& name) {
    names.insert(name);
    add_scopes_of(name, scopes);
  }
  bool contains(const std::string& name) const {
    return names.contains(name) || scopes.contains(name);
  }
};

// One import: the state that its steps share.
class Importer {
 public:
  Importer(Graph& graph, const GraphDef& graph_def, const ImportGraphDefOptions& options)
      : graph_(graph), def_(graph_def), options_(options) {}

  std::vector<std::variant<Operation*, Output>> run() {
    transform::check_versions(def_.versions());
    const int first = static_cast<int>(graph_.operations().size());
    const proto::FunctionDefLibrary library = graph_.library();
    const proto::VersionDef versions = graph_.versions();
    try {
      open_scope();
      index_nodes();
      transform::merge_library(def_.library(), graph_.mutable_library());
      definitions_.emplace(graph_.library(), options_.producer_op_list);
      // Before any shape function asks for the producer.
      graph_.set_versions(transform::merged_versions(graph_.versions(), def_.versions()));
      std::vector<const GraphDefNode*> plain;
      for (const Node& node : nodes_) plain.push_back(&node);
      order_ =
          order_nodes(plain, index_, [&](const TensorId& id) { return mapped(id) != nullptr; });
      unknown_outputs_ = transform::guess_unknown_outputs(nodes_, index_, *definitions_);
      for (const int n : order_) add_node(n);
      connect_back_edges();
      if (prefix_.empty()) transform::rename_colocations(nodes_, index_);
      transform::place_nodes(graph_, nodes_, order_);
      check_input_map();
      join_surroundings();
      return return_elements();
    } catch (const errors::Error& error) {
      graph_.remove_operations_from(first);
      graph_.mutable_library() = library;
      graph_.set_versions(versions);
      if (error.code() != errors::Code::kInvalidArgument) throw;
      // TensorFlow's Python turns whatever its importer refuses into a ValueError.
      errors::raise_value_error(error.message(), error.where());
    } catch (...) {
      graph_.remove_operations_from(first);
      graph_.mutable_library() = library;
      graph_.set_versions(versions);
      throw;
    }
  }

 private:
  using Node = transform::ImportedNode;
  struct BackEdge {
    int node;
    int input;
    TensorId source;
  };

  void open_scope() {
    const NameScope scope(graph_, options_.name);
    prefix_ = scope.name();
    for (const auto& [key, value] : options_.input_map) {
      TensorId id = parse_argument(key);
      if (value.is_literal() && options_.name.empty()) {
        errors::raise_value_error(
            "tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor "
            "values. Try calling tf.convert_to_tensor() on `input_map` values before calling "
            "tf.import_graph_def().");
      }
      Output tensor;
      if (value.is_tensor()) {
        tensor = value.to_tensor("Const");
      } else {
        const NameScope inputs(graph_, "_inputs");
        tensor = value.to_tensor("Const");
      }
      input_map_.emplace(std::move(id), tensor);
    }
    for (const auto& op : graph_.operations()) existing_.add(op->name());
  }

  void index_nodes() {
    nodes_.resize(static_cast<std::size_t>(def_.node_size()));
    for (int n = 0; n < def_.node_size(); ++n) {
      Node& node = nodes_[static_cast<std::size_t>(n)];
      node.def = &def_.node(n);
      const std::string& name = node.def->name();
      if (!transform::valid_node_name(name))
        fail_node(*node.def, "Node name contains invalid characters");
      if (!index_.emplace(name, n).second) {
        errors::raise_value_error(fmt::format("Node '{}' is not unique", name), {.node = name});
      }
      if (node.def->op().empty()) {
        errors::raise_value_error(fmt::format("Node '{}' does not specify an operation", name),
                                  {.node = name});
      }
      for (const std::string& input : node.def->input()) {
        node.inputs.push_back(parse_input(input));
        const auto& all = node.inputs;
        if (all.size() > 1 && all[all.size() - 2].index == kControl &&
            all.back().index != kControl) {
          fail_node(*node.def, "Control dependencies must come after regular dependencies");
        }
      }
      imported_.add(name);
    }
    for (const Node& node : nodes_) transform::check_colocations(*node.def, index_);
  }

  const Output* mapped(const TensorId& id) const {
    const auto found = input_map_.find(id);
    return found == input_map_.end() ? nullptr : &found->second;
  }

  const Output* use_mapped(const TensorId& id) {
    const Output* replacement = mapped(id);
    if (replacement != nullptr) used_.insert(id);
    return replacement;
  }

  std::size_t index_of(const std::string& name) const {
    return static_cast<std::size_t>(index_.at(name));
  }

  std::string name_in_graph(const std::string& name) {
    if (!prefix_.empty()) return prefix_ + name;
    std::string unique = name;
    for (int count = 1; existing_.contains(unique) || (count > 1 && imported_.contains(unique));
         ++count) {
      unique = fmt::format("{}_{}", name, count);
    }
    return unique;
  }

  void add_node(int n) {
    Node& node = nodes_[static_cast<std::size_t>(n)];
    const NodeDef& def = *node.def;
    node.name = name_in_graph(def.name());
    OperationSpec spec;
    spec.type = def.op();
    spec.name = node.name;
    spec.verbatim = true;
    const proto::OpDef* op_def = definitions_->find(def);
    spec.attrs = definitions_->attrs_of(def, op_def);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId& id = node.inputs[i];
      if (id.index == kControl) {
        spec.control_inputs.push_back(control_source(id));
      } else {
        spec.inputs.push_back(data_source(n, static_cast<int>(i), id));
      }
    }
    if (op_def != nullptr) {
      transform::check_attrs(node.name, *op_def, spec.attrs);
      check_inputs(node, *op_def, spec);
    }
    spec.output_dtypes = output_types(def, op_def, spec.attrs);
    spec.other_fields = transform::other_fields(def);
    transform::add_prefix_to_colocations(spec.attrs, prefix_);
    node.op = graph_.add_operation(std::move(spec));
    if (control_flow::is_merge(*node.op)) node.op->set_output_shape(1, Shape());
    transform::merge_output_shapes(def, *node.op);
  }

  Operation* control_source(const TensorId& id) {
    if (const Output* replacement = use_mapped(id)) return &replacement->op();
    return nodes_[index_of(id.node)].op;
  }

  // Null for an edge that closes a loop.
  Output data_source(int n, int input, const TensorId& id) {
    if (const Output* replacement = use_mapped(id)) return *replacement;
    const Node& source = nodes_[index_of(id.node)];
    if (source.op == nullptr) {
      back_edges_.push_back({n, input, id});
      return {};
    }
    return output_of(*nodes_[static_cast<std::size_t>(n)].def, source, id);
  }

  Output output_of(const NodeDef& consumer, const Node& source, const TensorId& id) const {
    if (id.index >= source.op->num_outputs()) {
      fail_node(
          consumer,
          fmt::format("Connecting to invalid output {} of source node {} which has {} outputs.",
                      id.index, id.node, source.op->num_outputs()));
    }
    return source.op->output(id.index);
  }

  void check_inputs(const Node& node, const proto::OpDef& op_def, const OperationSpec& spec) const {
    const std::vector<DType> wanted = expand_types(op_def.input_arg(), spec.attrs);
    if (wanted.size() == spec.inputs.size()) return;
    std::string names;
    for (const DType dtype : wanted) names += (names.empty() ? "" : ", ") + op_name_of(dtype);
    errors::raise_value_error(
        fmt::format("NodeDef expected inputs '{}' do not match {} inputs specified; Op<name={}>; "
                    "NodeDef: {{{{node {}}}}}",
                    names, spec.inputs.size(), spec.type, node.name),
        {.node = node.name});
  }

  std::optional<std::vector<DType>> output_types(const NodeDef& def, const proto::OpDef* op_def,
                                                 const AttrMap& attrs) const {
    if (op_def != nullptr) return expand_types(op_def->output_arg(), attrs);
    return unknown_outputs_.at(def.name());
  }

  void connect_back_edges() {
    for (const BackEdge& edge : back_edges_) {
      Node& node = nodes_[static_cast<std::size_t>(edge.node)];
      const Output source = output_of(*node.def, nodes_[index_of(edge.source.node)], edge.source);
      const std::vector<DType> wanted =
          expand_types(node.op->op_def().input_arg(), node.op->attrs());
      const DType dtype = wanted[static_cast<std::size_t>(edge.input)];
      if (source.dtype() != dtype && base_dtype(source.dtype()) != dtype) {
        errors::raise_value_error(
            fmt::format("Input {} of node {} was passed {} from {} incompatible with expected {}.",
                        edge.input, node.name, op_name_of(source.dtype()), source.name(),
                        op_name_of(dtype)),
            {.node = node.name});
      }
      node.op->set_input(edge.input, source);
    }
  }

  // What is imported in a branch or a loop, or under control dependencies, belongs there.
  void join_surroundings() {
    ControlFlowContext* const context = graph_.control_flow_context();
    for (const int n : order_) {
      Operation& op = *nodes_[static_cast<std::size_t>(n)].op;
      op.set_control_flow_context(context);
      graph_.mark_seen_by_control_scopes(op);
    }
    for (const int n : order_) {
      Operation& op = *nodes_[static_cast<std::size_t>(n)].op;
      // All of them, as TensorFlow does, whatever the inputs wait for.
      for (Operation* control : graph_.control_inputs_of_scopes({})) op.add_control_input(control);
      if (context != nullptr) context->add_op(op);
    }
  }

  void check_input_map() const {
    std::string missing;
    for (const auto& [id, replacement] : input_map_) {
      const auto found = index_.find(id.node);
      if (used_.contains(id)) continue;
      if (found != index_.end() &&
          id.index < nodes_[static_cast<std::size_t>(found->second)].op->num_outputs()) {
        continue;
      }
      missing += (missing.empty() ? "" : ", ") + transform::to_string(id);
    }
    if (!missing.empty()) {
      errors::raise_value_error(
          fmt::format("Attempted to map inputs that were not found in graph_def: [{}]", missing));
    }
  }

  std::vector<std::variant<Operation*, Output>> return_elements() const {
    std::vector<std::variant<Operation*, Output>> result;
    for (const std::string& name : options_.return_elements) {
      const bool tensor = name.find(':') != std::string::npos;
      const TensorId id = tensor ? parse_argument(name) : TensorId{name, 0};
      if (const Output* replacement = mapped(id); tensor && replacement != nullptr) {
        result.emplace_back(*replacement);
        continue;
      }
      const auto found = index_.find(id.node);
      if (found == index_.end()) {
        errors::raise_value_error(fmt::format("Requested return {} '{}' not found in graph def",
                                              tensor ? "tensor" : "node", name));
      }
      Operation* op = nodes_[static_cast<std::size_t>(found->second)].op;
      if (!tensor) {
        result.emplace_back(op);
        continue;
      }
      if (id.index >= op->num_outputs()) {
        errors::raise_value_error(
            fmt::format("Invalid return output {} of node '{}', which has {} output(s)", id.index,
                        id.node, op->num_outputs()));
      }
      result.emplace_back(op->output(id.index));
    }
    return result;
  }

  Graph& graph_;
  const GraphDef& def_;
  const ImportGraphDefOptions& options_;
  std::string prefix_;  // empty, or with its slash
  std::map<TensorId, Output> input_map_;
  std::set<TensorId> used_;  // of the input_map
  NameSet existing_;
  NameSet imported_;
  std::vector<Node> nodes_;
  transform::NodeIndex index_;
  std::optional<Definitions> definitions_;
  std::unordered_map<std::string, std::vector<DType>> unknown_outputs_;
  std::vector<int> order_;
  std::vector<BackEdge> back_edges_;
};

}  // namespace

std::vector<std::variant<Operation*, Output>> import_graph_def(
    const GraphDef& graph_def, const ImportGraphDefOptions& options) {
  return Importer(get_default_graph(), graph_def, options).run();
}

}  // namespace tensorkeep
