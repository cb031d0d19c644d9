#include "tensorkeep/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "graph/control_flow_context.h"
#include "graph/device_spec.h"
#include "graph/names.h"
#include "graph/op_arguments.h"
#include "graph/op_def_lookup.h"
#include "graph/op_registry.h"
#include "graph/program_gradients.h"
#include "graph/shape_inference.h"
#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

// What the first article's graph says, and TensorFlow 1.x to 2.x accept.
constexpr int kProducer = 24;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

const proto::OpDef& empty_op_def() {
  static const proto::OpDef* const empty = new proto::OpDef;
  return *empty;
}

void fill_default_attrs(const proto::OpDef& def, AttrMap& attrs) {
  for (const auto& attr : def.attr()) {
    if (attr.has_default_value() && !attrs.contains(attr.name())) {
      attrs.emplace(attr.name(), attr.default_value());
    }
  }
}

// A data input may be a reference where a value is wanted, not the other way round.
bool fits(DType given, DType wanted) {
  return given == wanted || (is_ref(given) && base_dtype(given) == wanted);
}

// `name` is made in `scope`, or is whole if it ends in a slash.
void check_name(const std::string& name, const std::string& scope) {
  const bool is_whole = name.ends_with('/');
  const bool at_root = is_whole || scope.empty();
  if (graph::is_valid_name(name, at_root)) return;
  errors::raise_value_error(
      fmt::format("'{}' is not a valid node name", at_root ? name : scope + "/" + name));
}

// A loop's tensors have no value outside of it.
void check_inputs_are_inside(Graph& graph, const Operation& op) {
  for (const Output& input : op.inputs()) {
    if (!input || input.op().control_flow_context() == nullptr) continue;
    std::string name = op.name();
    if (name.ends_with('/')) {
      name.pop_back();
    } else {
      name = graph.unique_name(name, /*mark_as_used=*/false);
    }
    control_flow::check_input(op, name, input.op());
  }
}

}  // namespace

Graph::Graph() {
  versions_.set_producer(kProducer);
}
Graph::~Graph() = default;

Operation* Graph::add_operation(OperationSpec spec) {
  if (finalized_) {
    throw errors::FailedPreconditionError("Graph is finalized and cannot be modified.",
                                          {.python_class = errors::PythonClass::kRuntimeError});
  }
  const proto::OpDef* def = graph::find_op_def(spec.type);
  auto owned = std::unique_ptr<Operation>(new Operation);
  Operation& op = *owned;
  op.graph_ = this;
  op.type_ = spec.type;
  op.op_def_ = def != nullptr ? def : &empty_op_def();
  op.attrs_ = std::move(spec.attrs);
  op.other_fields_ = std::move(spec.other_fields);
  op.inputs_ = std::move(spec.inputs);
  fill_default_attrs(*op.op_def_, op.attrs_);
  if (def != nullptr) {
    const std::vector<DType> wanted = expand_types(def->input_arg(), op.attrs_);
    if (wanted.size() != op.inputs_.size()) {
      throw errors::InvalidArgumentError(
          fmt::format("NodeDef expected {} inputs but got {} for '{}' (op '{}')", wanted.size(),
                      op.inputs_.size(), spec.name, spec.type),
          {.node = spec.name, .python_class = errors::PythonClass::kValueError});
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (op.inputs_[i] && !fits(op.inputs_[i].dtype(), wanted[i])) {
        throw errors::InvalidArgumentError(
            fmt::format("Input {} of node {} was passed {} from {} incompatible with expected {}.",
                        i, spec.name, op_name_of(op.inputs_[i].dtype()), op.inputs_[i].name(),
                        op_name_of(wanted[i])),
            {.node = spec.name, .python_class = errors::PythonClass::kValueError});
      }
    }
    op.output_dtypes_ = expand_types(def->output_arg(), op.attrs_);
  } else {
    op.output_dtypes_ = spec.output_dtypes.value_or(std::vector<DType>());
  }
  op.output_shapes_.assign(op.output_dtypes_.size(), Shape::unknown());
  op.handle_data_.resize(op.output_dtypes_.size());

  std::vector<Operation*> controls = std::move(spec.control_inputs);
  if (!spec.verbatim) {
    for (Operation* control : control_inputs_of_scopes(op.inputs_)) controls.push_back(control);
  }
  for (Operation* control : controls) {
    auto& list = op.control_inputs_;
    if (std::find(list.begin(), list.end(), control) == list.end()) list.push_back(control);
  }
  op.device_ = spec.device;
  if (!spec.verbatim) {
    for (auto scope = attr_scopes_.rbegin(); scope != attr_scopes_.rend(); ++scope) {
      if (scope->first == "container") {  // only where there is one to set
        const auto own = op.attrs_.find("container");
        if (own != op.attrs_.end() && own->second.s().empty()) own->second = scope->second;
        continue;
      }
      op.attrs_.try_emplace(scope->first, scope->second);
    }
    if (const std::string* name = overriding_gradient(*this, spec.type)) {
      op.attrs_["_gradient_op_type"].set_s(*name);
    }
  }
  op.name_ = spec.name.empty() ? spec.type : spec.name;  // for messages of the shape function
  if (!spec.verbatim) {
    op.control_flow_context_ = control_flow_context_;
    check_inputs_are_inside(*this, op);
  }
  if (const OpTraits* traits = OpRegistry::global().find(spec.type);
      traits != nullptr && traits->shape != nullptr &&
      std::all_of(op.inputs_.begin(), op.inputs_.end(), [](const Output& o) { return bool(o); })) {
    ShapeContext context(op);
    traits->shape(context);
  }

  if (!spec.verbatim) check_name(op.name_, name_scope_);
  // A failure above leaves the graph as it was.
  if (op.name_.ends_with('/')) {
    op.name_.pop_back();
    names_in_use_.try_emplace(lower(op.name_), 1);
  } else if (spec.verbatim) {
    names_in_use_.try_emplace(lower(op.name_), 1);
  } else {
    op.name_ = unique_name(op.name_);
  }
  if (by_name_.contains(op.name_)) {
    errors::raise_value_error(fmt::format("Duplicate node name in graph: '{}'", op.name_),
                              {.node = op.name_});
  }
  op.id_ = static_cast<int>(operations_.size());
  for (const Output& input : op.inputs_) {
    if (input) input.op().consumers_.push_back(&op);
  }
  for (Operation* control : op.control_inputs_) control->control_outputs_.push_back(&op);
  operations_.push_back(std::move(owned));
  by_name_.emplace(op.name_, &op);
  if (op.control_flow_context_ != nullptr) op.control_flow_context_->add_op(op);
  mark_seen_by_control_scopes(op);
  if (!spec.verbatim) {
    if (!devices_.empty()) apply_device_scopes(op);
    apply_colocation(op);
  }
  return &op;
}

void Graph::mark_seen_by_control_scopes(const Operation& op) {
  for (std::size_t i = first_control_group(); i < control_groups_.size(); ++i) {
    control_groups_[i].seen.insert(&op);
  }
}

void Graph::remove_operations_from(int first) {
  // Detached all before any is gone, for in loops they refer to each other both ways.
  for (std::size_t i = operations_.size(); i > static_cast<std::size_t>(first); --i) {
    Operation& op = *operations_[i - 1];
    for (const Output& input : op.inputs_) {
      if (!input) continue;
      auto& consumers = input.op().consumers_;
      consumers.erase(std::find(consumers.begin(), consumers.end(), &op));
    }
    for (Operation* control : op.control_inputs_) std::erase(control->control_outputs_, &op);
    for (ControlGroup& group : control_groups_) group.seen.erase(&op);
    by_name_.erase(op.name_);
    names_in_use_.erase(lower(op.name_));
  }
  if (operations_.size() > static_cast<std::size_t>(first)) {
    operations_.resize(static_cast<std::size_t>(first));
  }
  mark_changed();
  // A survivor's name may differ from a removed one by case alone.
  for (const auto& op : operations_) names_in_use_.try_emplace(lower(op->name_), 1);
}

void Graph::apply_device_scopes(Operation& op) const {
  const auto devices = devices_;  // a function may open scopes itself
  for (auto outer = devices.rbegin(); outer != devices.rend(); ++outer) {
    if (const auto* function = std::get_if<DeviceFunction>(&*outer)) {
      op.device_ = (*function)(op);
      continue;
    }
    const std::string& name = std::get<std::string>(*outer);
    if (name.empty()) break;  // device("") hides what lies outside
    op.device_ = merge_devices(name, op.device_);
  }
}

// What clears hides all groups below it.
std::size_t Graph::first_control_group() const {
  std::size_t begin = control_groups_.size();
  while (begin > 0 && !control_groups_[begin - 1].clears) --begin;
  return begin > 0 ? begin - 1 : 0;
}

std::vector<Operation*> Graph::control_inputs_of_scopes(const std::vector<Output>& inputs) const {
  std::vector<Operation*> controls;
  for (std::size_t i = first_control_group(); i < control_groups_.size(); ++i) {
    const ControlGroup& group = control_groups_[i];
    // An input made inside the group already waits for the group's operations.
    const bool dominated = std::any_of(inputs.begin(), inputs.end(), [&](const Output& input) {
      return group.seen.contains(&input.op());
    });
    if (dominated) continue;
    for (Operation* control : group.inputs) {
      const bool is_data_input =
          std::any_of(inputs.begin(), inputs.end(),
                      [&](const Output& input) { return &input.op() == control; });
      if (!is_data_input) controls.push_back(control);
    }
  }
  return controls;
}

void Graph::apply_colocation(Operation& op) const {
  if (colocations_.empty()) return;
  std::set<std::string> groups;
  bool device_set = false;
  for (auto entry = colocations_.rbegin(); entry != colocations_.rend(); ++entry) {
    for (std::string& group : (*entry)->colocation_groups()) groups.insert(std::move(group));
    if (!device_set && !(*entry)->device().empty()) {
      op.device_ = (*entry)->device();
      device_set = true;
    }
  }
  op.attrs_["_class"] = Attr(std::vector<std::string>(groups.begin(), groups.end())).value();
}

std::vector<Operation*> Graph::get_operations() const {
  std::vector<Operation*> all;
  all.reserve(operations_.size());
  for (const auto& op : operations_) all.push_back(op.get());
  return all;
}

Operation* Graph::find_operation(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Operation* Graph::get_operation_by_name(const std::string& name) const {
  if (Operation* op = find_operation(name)) return op;
  if (name.find(':') != std::string::npos) {
    errors::raise_value_error(
        fmt::format("Name '{}' appears to refer to a Tensor, not a Operation.", name));
  }
  throw errors::NotFoundError(
      fmt::format("The name '{}' refers to an Operation not in the graph.", name),
      {.node = name, .python_class = errors::PythonClass::kKeyError});
}

Output Graph::get_tensor_by_name(const std::string& name) const {
  const std::size_t colon = name.rfind(':');
  int index = 0;
  const char* end = name.data() + name.size();
  if (colon == std::string::npos || colon + 1 == name.size()) {
    errors::raise_value_error(
        fmt::format("The name '{}' looks like an (invalid) Operation name, not a Tensor. Tensor "
                    "names must be of the form \"<op_name>:<output_index>\".",
                    name));
  }
  const auto [stop, error] = std::from_chars(name.data() + colon + 1, end, index);
  if (error != std::errc() || stop != end || index < 0) {
    errors::raise_value_error(fmt::format(
        "The name '{}' looks a like a Tensor name, but is not a valid one. Tensor names "
        "must be of the form \"<op_name>:<output_index>\".",
        name));
  }
  const std::string op_name = name.substr(0, colon);
  Operation* op = find_operation(op_name);
  if (op == nullptr) {
    throw errors::NotFoundError(
        fmt::format("The name '{}' refers to a Tensor which does not exist. The operation, '{}', "
                    "does not exist in the graph.",
                    name, op_name),
        {.node = op_name, .python_class = errors::PythonClass::kKeyError});
  }
  if (index >= op->num_outputs()) {
    throw errors::NotFoundError(
        fmt::format("The name '{}' refers to a Tensor which does not exist. The operation, '{}', "
                    "exists but only has {} outputs.",
                    name, op_name, op->num_outputs()),
        {.node = op_name, .python_class = errors::PythonClass::kKeyError});
  }
  return op->output(index);
}

std::variant<Operation*, Output> Graph::as_graph_element(const std::string& name) const {
  if (name.find(':') != std::string::npos) return get_tensor_by_name(name);
  return get_operation_by_name(name);
}

std::string Graph::unique_name(const std::string& name, bool mark_as_used) {
  std::string full = name_scope_.empty() ? name : name_scope_ + "/" + name;
  const std::string base = lower(full);
  const auto found = names_in_use_.find(base);
  int count = found == names_in_use_.end() ? 0 : found->second;
  if (mark_as_used) names_in_use_[base] = count + 1;
  if (count == 0) return full;
  std::string key = base;
  while (names_in_use_.contains(key)) key = fmt::format("{}_{}", base, count++);
  if (mark_as_used) names_in_use_[key] = 1;
  return fmt::format("{}_{}", full, count - 1);
}

proto::GraphDef Graph::as_graph_def(bool add_shapes) const {
  proto::GraphDef graph_def;
  for (const auto& op : operations_) {
    proto::NodeDef* node = graph_def.add_node();
    *node = op->node_def();
    if (add_shapes && op->num_outputs() > 0) {
      auto* list = (*node->mutable_attr())["_output_shapes"].mutable_list();
      for (int i = 0; i < op->num_outputs(); ++i) {
        *list->add_shape() = shape_to_proto(op->output_shape(i));
      }
    }
  }
  if (library_.function_size() > 0 || library_.gradient_size() > 0) {
    *graph_def.mutable_library() = library_;
  }
  *graph_def.mutable_versions() = versions_;
  return graph_def;
}

void Graph::add_to_collection(const std::string& key, CollectionItem item) {
  collections_[key].push_back(std::move(item));
}

const std::vector<CollectionItem>& Graph::get_collection(const std::string& key) const {
  static const std::vector<CollectionItem> empty;
  const auto found = collections_.find(key);
  return found == collections_.end() ? empty : found->second;
}

std::vector<CollectionItem>& Graph::get_collection_ref(const std::string& key) {
  return collections_[key];
}

void Graph::clear_collection(const std::string& key) {
  collections_.erase(key);
}

std::vector<std::string> Graph::get_all_collection_keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, items] : collections_) {
    if (!items.empty()) keys.push_back(key);
  }
  return keys;
}

void add_to_collection(const std::string& key, CollectionItem item) {
  get_default_graph().add_to_collection(key, std::move(item));
}

const std::vector<CollectionItem>& get_collection(const std::string& key) {
  return get_default_graph().get_collection(key);
}

}  // namespace tensorkeep
