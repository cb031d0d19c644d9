#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "graph/device_spec.h"
#include "graph/op_arguments.h"
#include "graph/op_def_lookup.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/scopes.h"
#include "transform/node_order.h"
#include "transform/node_validation.h"
#include "transform/tensor_id.h"

namespace tensorkeep {
namespace {

using google::protobuf::util::MessageDifferencer;
using transform::GraphDefNode;
using transform::kControl;
using transform::order_nodes;
using transform::parse_argument;
using transform::parse_input;
using transform::TensorId;

// The GraphDef version of TensorFlow 2.21, the newest whose graphs we know.
constexpr int kCurrentVersion = 2474;
constexpr const char* kOutputShapes = "_output_shapes";
constexpr const char* kClass = "_class";
constexpr std::string_view kLocation = "loc:@";

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
    check_versions();
    const int first = static_cast<int>(graph_.operations().size());
    const proto::FunctionDefLibrary library = graph_.library();
    const proto::VersionDef versions = graph_.versions();
    try {
      open_scope();
      index_nodes();
      check_library();
      merge_versions();  // before any shape function asks for the producer
      std::vector<const GraphDefNode*> plain;
      for (const Node& node : nodes_) plain.push_back(&node);
      order_ =
          order_nodes(plain, index_, [&](const TensorId& id) { return mapped(id) != nullptr; });
      guess_unknown_outputs();
      for (const int n : order_) add_node(n);
      connect_back_edges();
      rename_colocations();
      place_nodes();
      check_input_map();
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
  struct Node : GraphDefNode {
    std::string name;  // in the graph
    Operation* op = nullptr;
  };
  struct BackEdge {
    int node;
    int input;
    TensorId source;
  };

  void check_versions() const {
    const auto& versions = def_.versions();
    if (versions.min_consumer() > kCurrentVersion) {
      errors::raise_value_error(
          fmt::format("GraphDef min consumer version {} above current version {} for TensorFlow "
                      "2.21.0.  Please upgrade TensorFlow.",
                      versions.min_consumer(), kCurrentVersion));
    }
    for (const int bad : versions.bad_consumers()) {
      if (bad == kCurrentVersion) {
        errors::raise_value_error(
            fmt::format("GraphDef disallows consumer version {}.  Please upgrade TensorFlow: this "
                        "version is likely buggy.",
                        bad));
      }
    }
  }

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
        fail(*node.def, "Node name contains invalid characters");
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
          fail(*node.def, "Control dependencies must come after regular dependencies");
        }
      }
      imported_.add(name);
    }
    for (const Node& node : nodes_) check_colocation(*node.def);
  }

  void check_colocation(const NodeDef& def) const {
    const auto found = def.attr().find(kClass);
    if (found == def.attr().end()) return;
    for (const std::string& entry : found->second.list().s()) {
      if (entry.starts_with(kLocation) && !index_.contains(entry.substr(kLocation.size()))) {
        errors::raise_value_error(
            fmt::format("Node '{}' expects to be colocated with unknown node '{}'", def.name(),
                        entry.substr(kLocation.size())),
            {.node = def.name()});
      }
    }
  }

  [[noreturn]] static void fail(const NodeDef& def, const std::string& what) {
    errors::raise_value_error(fmt::format("Node '{}': {}", def.name(), what), {.node = def.name()});
  }

  const Output* mapped(const TensorId& id) const {
    const auto found = input_map_.find(id);
    return found == input_map_.end() ? nullptr : &found->second;
  }

  // The functions of the GraphDef join the graph's.
  void check_library() {
    auto& library = graph_.mutable_library();
    std::map<std::string, const proto::FunctionDef*> known;
    for (const auto& function : library.function()) known[function.signature().name()] = &function;
    std::vector<const proto::FunctionDef*> added;
    for (const auto& function : def_.library().function()) {
      const auto [place, is_new] = known.emplace(function.signature().name(), &function);
      if (is_new) {
        added.push_back(&function);
      } else if (!MessageDifferencer::Equals(*place->second, function)) {
        errors::raise_value_error(
            fmt::format("Cannot add function '{}' because a different function with the same name "
                        "already exists.",
                        function.signature().name()));
      }
    }
    for (const auto* function : added) *library.add_function() = *function;
    for (const auto& gradient : def_.library().gradient()) {
      const bool have = std::any_of(
          library.gradient().begin(), library.gradient().end(),
          [&](const auto& each) { return each.function_name() == gradient.function_name(); });
      if (!have) *library.add_gradient() = gradient;
    }
    for (const auto& function : graph_.library().function()) {
      functions_[function.signature().name()] = &function.signature();
    }
  }

  const proto::OpDef* definition(const NodeDef& def) const {
    if (const proto::OpDef* found = graph::find_op_def(def.op())) return found;
    const auto function = functions_.find(def.op());
    return function == functions_.end() ? nullptr : function->second;
  }

  // The attributes a node will have: those that count, defaults filled in.
  AttrMap attrs_of(const NodeDef& def, const proto::OpDef* op_def) const {
    AttrMap attrs;
    for (const auto& [name, value] : def.attr()) {
      if (name == kOutputShapes || value.value_case() == AttrValue::VALUE_NOT_SET) continue;
      if (!has_unknown_default(def, op_def, name, value)) attrs.emplace(name, value);
    }
    if (op_def == nullptr) return attrs;
    for (const auto& attr : op_def->attr()) {
      if (attr.has_default_value()) attrs.try_emplace(attr.name(), attr.default_value());
    }
    return attrs;
  }

  bool has_unknown_default(const NodeDef& def, const proto::OpDef* op_def, const std::string& name,
                           const AttrValue& value) const {
    if (options_.producer_op_list == nullptr || op_def == nullptr) return false;
    for (const auto& attr : op_def->attr()) {
      if (attr.name() == name) return false;
    }
    for (const auto& producer : options_.producer_op_list->op()) {
      if (producer.name() != def.op()) continue;
      for (const auto& attr : producer.attr()) {
        if (attr.name() == name && attr.has_default_value()) {
          return MessageDifferencer::Equals(attr.default_value(), value);
        }
      }
    }
    return false;
  }

  // What consumers say about the outputs of operations without a definition.
  void guess_unknown_outputs() {
    std::unordered_map<std::string, std::vector<DType>> unknown;
    for (const Node& node : nodes_) {
      if (definition(*node.def) != nullptr) continue;
      const auto shapes = node.def->attr().find(kOutputShapes);
      const int outputs = shapes == node.def->attr().end() ? 0 : shapes->second.list().shape_size();
      unknown[node.def->name()].resize(static_cast<std::size_t>(outputs), guess_type(*node.def));
    }
    if (unknown.empty()) return;
    for (const Node& node : nodes_) {
      const proto::OpDef* op_def = definition(*node.def);
      std::vector<DType> wanted;
      if (op_def != nullptr) {
        const AttrMap attrs = attrs_of(*node.def, op_def);
        transform::check_attrs(node.def->name(), *op_def, attrs);
        wanted = expand_types(op_def->input_arg(), attrs);
      }
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorId& id = node.inputs[i];
        const auto source = unknown.find(id.node);
        if (id.index == kControl || source == unknown.end()) continue;
        check_output_index(*node.def, id);
        auto& types = source->second;
        const auto index = static_cast<std::size_t>(id.index);
        if (types.size() <= index) {
          types.resize(index + 1, guess_type(*nodes_[index_of(id.node)].def));
        }
        if (i < wanted.size()) types[index] = wanted[i];
      }
    }
    unknown_outputs_ = std::move(unknown);
  }

  // No honest operation has more outputs.
  static void check_output_index(const NodeDef& def, const TensorId& id) {
    constexpr int kMaxOutputs = 1 << 16;
    if (id.index >= kMaxOutputs) {
      fail(def,
           fmt::format("Connecting to invalid output {} of source node {}", id.index, id.node));
    }
  }

  static DType guess_type(const NodeDef& def) {
    for (const char* name : {"T", "dtype"}) {
      const auto found = def.attr().find(name);
      if (found != def.attr().end() && found->second.value_case() == AttrValue::kType) {
        return static_cast<DType>(found->second.type());
      }
    }
    return DType::kInvalid;
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
    const proto::OpDef* op_def = definition(def);
    spec.attrs = attrs_of(def, op_def);
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
    add_prefix_to_class(spec.attrs);
    node.op = graph_.add_operation(std::move(spec));
    merge_output_shapes(def, *node.op);
  }

  Operation* control_source(const TensorId& id) const {
    if (const Output* replacement = mapped(id)) return &replacement->op();
    return nodes_[index_of(id.node)].op;
  }

  // Null for an edge that closes a loop.
  Output data_source(int n, int input, const TensorId& id) {
    if (const Output* replacement = mapped(id)) return *replacement;
    const Node& source = nodes_[index_of(id.node)];
    if (source.op == nullptr) {
      back_edges_.push_back({n, input, id});
      return {};
    }
    return output_of(*nodes_[static_cast<std::size_t>(n)].def, source, id);
  }

  Output output_of(const NodeDef& consumer, const Node& source, const TensorId& id) const {
    if (id.index >= source.op->num_outputs()) {
      fail(consumer,
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

  void add_prefix_to_class(AttrMap& attrs) const {
    const auto found = attrs.find(kClass);
    if (found == attrs.end()) return;
    for (std::string& entry : *found->second.mutable_list()->mutable_s()) {
      if (entry.starts_with(kLocation)) entry.insert(kLocation.size(), prefix_);
    }
  }

  void merge_output_shapes(const NodeDef& def, Operation& op) const {
    const auto found = def.attr().find(kOutputShapes);
    if (found == def.attr().end() || !found->second.has_list()) return;
    const auto& shapes = found->second.list().shape();
    if (shapes.size() < op.num_outputs()) {
      errors::raise_value_error(
          fmt::format("Node '{}' has {} outputs but the _output_shapes attribute specifies shapes "
                      "for {} outputs",
                      op.name(), op.num_outputs(), shapes.size()),
          {.node = op.name()});
    }
    for (int i = 0; i < op.num_outputs(); ++i) merge_output_shape(shapes[i], op, i);
  }

  static void merge_output_shape(const TensorShapeProto& message, Operation& op, int index) {
    Shape shape;
    try {
      shape = shape_from_proto(message);
    } catch (const errors::Error& error) {
      errors::raise_value_error(
          fmt::format("Node '{} has an invalid _output_shapes attribute (shape #{} error:'{}'",
                      op.name(), index, error.message()),
          {.node = op.name()});
    }
    try {
      op.set_output_shape(index, op.output_shape(index).merge_with(shape));
    } catch (const errors::Error& error) {
      errors::raise_value_error(
          fmt::format("Node '{}' has an _output_shapes attribute inconsistent with the GraphDef "
                      "for output #{}: {}",
                      op.name(), index, error.message()),
          {.node = op.name()});
    }
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

  // Names in _class follow the nodes that had to be renamed.
  void rename_colocations() {
    if (!prefix_.empty()) return;
    for (Node& node : nodes_) {
      const auto found = node.op->attrs().find(kClass);
      if (found == node.op->attrs().end()) continue;
      AttrValue value = found->second;
      for (std::string& entry : *value.mutable_list()->mutable_s()) {
        if (!entry.starts_with(kLocation)) continue;
        entry = std::string(kLocation) + nodes_[index_of(entry.substr(kLocation.size()))].name;
      }
      node.op->set_attr(kClass, value);
    }
  }

  // Devices: the node's own completed by the scopes around the import; a colocated node has that
  // of the first node it lies with that has one.
  void place_nodes() {
    for (const int n : order_) {
      Node& node = nodes_[static_cast<std::size_t>(n)];
      if (colocated_with(*node.op).empty()) {
        const std::string& own = node.def->device();
        node.op->set_device(graph_.device_in_scope(own.empty() ? "" : canonical_device(own)));
      }
    }
    for (const int n : order_) {
      Operation& op = *nodes_[static_cast<std::size_t>(n)].op;
      for (const std::string& name : colocated_with(op)) {
        const Operation* other = graph_.find_operation(name);
        if (other == nullptr || other->device().empty()) continue;
        op.set_device(other->device());
        break;
      }
    }
  }

  static std::vector<std::string> colocated_with(const Operation& op) {
    std::vector<std::string> names;
    if (!op.has_attr(kClass)) return names;
    for (const std::string& entry : op.attr(kClass).list().s()) {
      if (!entry.starts_with(kLocation)) continue;
      std::string name = entry.substr(kLocation.size());
      if (name != op.name()) names.push_back(std::move(name));
    }
    return names;
  }

  void check_input_map() const {
    std::string missing;
    for (const auto& [id, replacement] : input_map_) {
      const auto found = index_.find(id.node);
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

  void merge_versions() const {
    proto::VersionDef versions = graph_.versions();
    versions.set_producer(std::min(versions.producer(), def_.versions().producer()));
    versions.set_min_consumer(std::max(versions.min_consumer(), def_.versions().min_consumer()));
    std::set<int> bad(versions.bad_consumers().begin(), versions.bad_consumers().end());
    bad.insert(def_.versions().bad_consumers().begin(), def_.versions().bad_consumers().end());
    versions.clear_bad_consumers();
    for (const int consumer : bad) versions.add_bad_consumers(consumer);
    graph_.set_versions(versions);
  }

  Graph& graph_;
  const GraphDef& def_;
  const ImportGraphDefOptions& options_;
  std::string prefix_;  // empty, or with its slash
  std::map<TensorId, Output> input_map_;
  NameSet existing_;
  NameSet imported_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, int> index_;
  std::unordered_map<std::string, const proto::OpDef*> functions_;
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
