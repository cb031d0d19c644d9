#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "tensorkeep/dtype.h"
#include "tensorkeep/literal.h"
#include "tensorkeep/proto.h"
#include "tensorkeep/shape.h"
#include "tensorkeep/tensor.h"

// A graph of operations, as TensorFlow 1 has it. Handles (Operation*, Output) are valid as long as
// their graph. Building a graph needs one thread at a time (or the caller's lock); a graph that is
// not changing may be read and run by many.
namespace tensorkeep {

class ControlFlowContext;  // a branch of a cond or a while_loop (src/graph/control_flow_context.h)
class Graph;
class Operation;
class Session;
class Output;
// Values for tensors of the graph in one run: {{x, batch}, {keep_prob, 0.5}}.
using Feeds = std::vector<std::pair<Output, Literal>>;

// One output of an operation: the symbolic tensor `name:index`. A null Output (default) stands for
// "none".
class Output {
 public:
  Output() = default;
  Output(Operation* op, int index) : op_(op), index_(index) {}
  explicit operator bool() const { return op_ != nullptr; }
  Operation& op() const { return *op_; }
  Operation* op_or_null() const { return op_; }
  int index() const { return index_; }
  Graph& graph() const;
  std::string name() const;  // "add:0"
  DType dtype() const;       // may be a reference type
  const Shape& shape() const;
  void set_shape(const Shape& shape) const;  // merges; throws ValueError if it contradicts
  const std::string& device() const;
  std::vector<Operation*> consumers() const;
  // Runs the graph for this one value (defined in the runtime).
  Tensor eval(Session& session, const Feeds& feeds = {}) const;
  // "Tensor(\"add:0\", shape=(1,), dtype=float32)"
  std::string to_string() const;

  bool operator==(const Output&) const = default;
  auto operator<=>(const Output&) const = default;

 private:
  Operation* op_ = nullptr;
  int index_ = 0;
};

// An attribute's value, from the C++ types that attributes have.
class Attr {
 public:
  Attr(DType value);
  Attr(bool value);
  Attr(int value) : Attr(static_cast<std::int64_t>(value)) {}
  Attr(std::int64_t value);
  Attr(float value);
  Attr(double value) : Attr(static_cast<float>(value)) {}
  Attr(const char* value) : Attr(std::string(value)) {}
  Attr(std::string value);
  Attr(const Shape& value);
  Attr(const Tensor& value);
  Attr(const std::vector<std::int64_t>& value);
  Attr(const std::vector<int>& value)
      : Attr(std::vector<std::int64_t>(value.begin(), value.end())) {}
  Attr(const std::vector<float>& value);
  Attr(const std::vector<std::string>& value);
  Attr(const std::vector<DType>& value);
  Attr(const std::vector<Shape>& value);
  Attr(proto::AttrValue value) : value_(std::move(value)) {}

  const proto::AttrValue& value() const { return value_; }

 private:
  proto::AttrValue value_;
};

using AttrMap = std::map<std::string, proto::AttrValue, std::less<>>;

// What a resource handle points at, as far as shape inference knows.
struct HandleData {
  DType dtype = DType::kInvalid;
  Shape shape = Shape::unknown();
  bool operator==(const HandleData&) const = default;
};

// A node of the graph. Made by Graph::add_operation only.
class Operation {
 public:
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  const std::string& name() const { return name_; }
  const std::string& type() const { return type_; }
  Graph& graph() const { return *graph_; }
  int id() const { return id_; }  // position in creation order

  const std::vector<Output>& inputs() const { return inputs_; }
  Output input(int index) const { return inputs_.at(static_cast<std::size_t>(index)); }
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const std::vector<Operation*>& control_inputs() const { return control_inputs_; }
  int num_outputs() const { return static_cast<int>(output_dtypes_.size()); }
  Output output(int index = 0) const;
  std::vector<Output> outputs() const;
  DType output_dtype(int index) const { return output_dtypes_.at(static_cast<std::size_t>(index)); }
  const Shape& output_shape(int index) const {
    return output_shapes_.at(static_cast<std::size_t>(index));
  }
  // The outputs of one argument of the definition (a list for number and list arguments).
  std::pair<int, int> output_range(std::string_view arg) const;  // [begin, end)
  std::pair<int, int> input_range(std::string_view arg) const;

  const std::string& device() const { return device_; }
  void set_device(const std::string& device);
  // "loc:@x" entries of `_class`, or the operation's own.
  std::vector<std::string> colocation_groups() const;

  const AttrMap& attrs() const { return attrs_; }
  bool has_attr(std::string_view name) const { return attrs_.contains(name); }
  // Throws InvalidArgumentError (ValueError): "Operation 'x' has no attr named 'y'."
  const proto::AttrValue& attr(std::string_view name) const;
  DType attr_dtype(std::string_view name) const;
  std::int64_t attr_int(std::string_view name) const;
  float attr_float(std::string_view name) const;
  bool attr_bool(std::string_view name) const;
  const std::string& attr_string(std::string_view name) const;
  Shape attr_shape(std::string_view name) const;
  Tensor attr_tensor(std::string_view name) const;
  std::vector<std::int64_t> attr_ints(std::string_view name) const;
  std::vector<DType> attr_dtypes(std::string_view name) const;
  void set_attr(std::string_view name, const Attr& value);

  // The definition; for an operation nobody defined, one without arguments.
  const proto::OpDef& op_def() const { return *op_def_; }
  proto::NodeDef node_def() const;

  const std::vector<Operation*>& consumers() const { return consumers_; }  // by data, with repeats
  const std::vector<Operation*>& control_outputs() const { return control_outputs_; }

  // Editing, for imports and control flow.
  void add_control_input(Operation* op);
  void set_control_inputs(const std::vector<Operation*>& ops);
  void set_input(int index, Output value);
  void set_output_shape(int index, Shape shape);
  const std::optional<HandleData>& handle_data(int index) const {
    return handle_data_.at(static_cast<std::size_t>(index));
  }
  void set_handle_data(int index, HandleData data);

  // The branch or loop it was made in; null outside of any.
  ControlFlowContext* control_flow_context() const { return control_flow_context_; }
  void set_control_flow_context(ControlFlowContext* context) { control_flow_context_ = context; }
  // What lies inside a branch or loop has no value that a run could fetch, or be fed.
  bool fetchable() const { return fetchable_; }
  bool feedable() const { return feedable_; }
  void prevent_fetching() { fetchable_ = false; }
  void prevent_feeding() { feedable_ = false; }

  // Runs it in the session (defined in the runtime).
  void run(Session& session, const Feeds& feeds = {});

 private:
  friend class Graph;
  Operation() = default;

  Graph* graph_ = nullptr;
  int id_ = 0;
  std::string name_;
  std::string type_;
  const proto::OpDef* op_def_ = nullptr;
  std::vector<Output> inputs_;
  std::vector<Operation*> control_inputs_;
  std::vector<Operation*> consumers_;
  std::vector<Operation*> control_outputs_;
  std::string device_;
  AttrMap attrs_;
  std::vector<DType> output_dtypes_;
  std::vector<Shape> output_shapes_;
  std::vector<std::optional<HandleData>> handle_data_;
  ControlFlowContext* control_flow_context_ = nullptr;
  bool fetchable_ = true;
  bool feedable_ = true;
  std::shared_ptr<const proto::NodeDef> other_fields_;
};

// Something that lives in a collection and knows its serialised form (a Variable, a cond context).
class CollectionObject {
 public:
  virtual ~CollectionObject() = default;
  virtual std::string name() const = 0;
  // The bytes of its message; names lose the prefix `export_scope` and its slash.
  virtual std::string to_proto_bytes(const std::string& export_scope) const = 0;
};

using CollectionItem = std::variant<Operation*, Output, std::shared_ptr<CollectionObject>,
                                    std::string, std::int64_t, double>;

// Tells the device of an operation that is being made, which has what inner scopes gave it.
using DeviceFunction = std::function<std::string(Operation&)>;

// What Graph::add_operation takes. Attributes that have a default in the definition may be left
// out.
struct OperationSpec {
  std::string type = {};
  std::string name =
      {};  // made unique in the current scope; "a/b/" is taken exactly, without the slash
  std::vector<Output> inputs = {};
  std::vector<Operation*> control_inputs = {};
  AttrMap attrs = {};
  std::string device = {};
  // Imports: no scopes, devices, colocations or control dependencies of the moment are applied.
  bool verbatim = false;
  // For operations that are in no table: the types of the outputs.
  std::optional<std::vector<DType>> output_dtypes = std::nullopt;
  // Imports: fields of the NodeDef beyond these, written again on export; null for none.
  std::shared_ptr<const proto::NodeDef> other_fields = nullptr;
};

class Graph : public std::enable_shared_from_this<Graph> {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Makes this the thread's default graph while the returned object lives.
  class AsDefault {
   public:
    explicit AsDefault(Graph& graph);
    ~AsDefault();
    AsDefault(const AsDefault&) = delete;
    AsDefault& operator=(const AsDefault&) = delete;

   private:
    Graph* graph_;
  };
  [[nodiscard]] AsDefault as_default() { return AsDefault(*this); }

  // Adds a node: fills default attributes, checks types against the definition, applies the scopes
  // of the moment, infers shapes, and lets values from outside into the branch or loop of the
  // moment. Throws InvalidArgumentError; then the graph is unchanged.
  Operation* add_operation(OperationSpec spec);

  // Takes away every operation whose id is `first` or above: how an import that fails half-way
  // leaves the graph as it was. None of them may be an input of an older operation.
  void remove_operations_from(int first);
  // Completes an operation's device by the device scopes of the moment.
  void apply_device_scopes(Operation& op) const;

  const std::vector<std::unique_ptr<Operation>>& operations() const { return operations_; }
  std::vector<Operation*> get_operations() const;
  Operation* find_operation(std::string_view name) const;  // null if there is none
  // Throws InvalidArgumentError (KeyError): "The name 'x' refers to an Operation not in the graph."
  Operation* get_operation_by_name(const std::string& name) const;
  Output get_tensor_by_name(const std::string& name) const;  // "add:0"
  // "add" is an operation, "add:0" a tensor.
  std::variant<Operation*, Output> as_graph_element(const std::string& name) const;

  // `name` under the current scope, with _1, _2, ... if it is taken (ignoring case).
  std::string unique_name(const std::string& name, bool mark_as_used = true);
  // The current scope without a trailing slash.
  const std::string& name_scope() const { return name_scope_; }

  proto::GraphDef as_graph_def(bool add_shapes = false) const;
  const proto::VersionDef& versions() const { return versions_; }
  void set_versions(const proto::VersionDef& versions) { versions_ = versions; }
  const proto::FunctionDefLibrary& library() const { return library_; }
  proto::FunctionDefLibrary& mutable_library() { return library_; }

  void add_to_collection(const std::string& key, CollectionItem item);
  const std::vector<CollectionItem>& get_collection(const std::string& key) const;
  std::vector<CollectionItem>& get_collection_ref(const std::string& key);
  void clear_collection(const std::string& key);
  std::vector<std::string> get_all_collection_keys() const;  // sorted, without empty ones
  // What imported MetaGraphDefs held that the graph has no place for, kept for the next export:
  // signatures, tags, collections that could not be understood.
  proto::MetaGraphDef& carried_parts() { return carried_parts_; }
  const proto::MetaGraphDef& carried_parts() const { return carried_parts_; }

  // No more nodes: add_operation throws RuntimeError ("Graph is finalized and cannot be
  // modified.").
  void finalize() { finalized_ = true; }
  void unfinalize() { finalized_ = false; }  // for tools that own the graph
  bool finalized() const { return finalized_; }

  std::optional<std::int64_t> seed() const { return seed_; }
  void set_random_seed(std::int64_t seed) { seed_ = seed; }
  // The branch or loop that is being built; null outside of any.
  ControlFlowContext* control_flow_context() const { return control_flow_context_; }
  void set_control_flow_context(ControlFlowContext* context) { control_flow_context_ = context; }
  // Contexts live as long as the graph.
  void keep_control_flow_context(std::shared_ptr<ControlFlowContext> context) {
    control_flow_contexts_.push_back(std::move(context));
  }
  // What an operation with these inputs has to wait for by the control dependencies of the moment,
  // and that `op` does: what takes its outputs need not wait again.
  std::vector<Operation*> control_inputs_of_scopes(const std::vector<Output>& inputs) const;
  void mark_seen_by_control_scopes(const Operation& op);

  // How many random operations took their seed from the graph so far; see tf::set_random_seed.
  int next_random_op_count() { return random_ops_++; }

  // The (shape, axes) whose reduced shape a gradient has computed in this graph; TensorFlow adds
  // the nodes of that computation only once.
  using ShapeAndAxes = std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>>;
  std::set<ShapeAndAxes>& reduced_shapes_seen() { return reduced_shapes_seen_; }

  // The one object of type T that somebody keeps for this graph (its variable store, say), made
  // when it is first asked for.
  template <typename T>
  T& attachment() {
    std::shared_ptr<void>& kept = attachments_[typeid(T)];
    if (!kept) kept = std::make_shared<T>();
    return *static_cast<T*>(kept.get());
  }

  // Grows whenever a node that is there already is edited (not when one is added): what sessions
  // compiled at another version is stale.
  std::uint64_t version() const { return version_; }
  void mark_changed() { ++version_; }

 private:
  friend class NameScope;
  friend class ControlDependencies;
  friend class DeviceScope;
  friend class ColocationScope;
  friend class AttrScope;

  struct ControlGroup {
    std::vector<Operation*> inputs;
    std::set<const Operation*> seen;
    bool clears = false;  // hides the groups below it
  };

  std::size_t first_control_group() const;
  void apply_colocation(Operation& op) const;

  std::vector<std::unique_ptr<Operation>> operations_;
  std::unordered_map<std::string_view, Operation*> by_name_;
  std::unordered_map<std::string, int> names_in_use_;  // lower case -> next suffix
  std::string name_scope_;
  std::vector<ControlGroup> control_groups_;
  std::vector<std::variant<std::string, DeviceFunction>> devices_;
  std::vector<Operation*> colocations_;
  std::vector<std::pair<std::string, proto::AttrValue>> attr_scopes_;
  std::map<std::string, std::vector<CollectionItem>> collections_;
  proto::MetaGraphDef carried_parts_;
  proto::VersionDef versions_;
  proto::FunctionDefLibrary library_;
  std::optional<std::int64_t> seed_;
  int random_ops_ = 0;
  std::set<ShapeAndAxes> reduced_shapes_seen_;
  std::unordered_map<std::type_index, std::shared_ptr<void>> attachments_;
  std::uint64_t version_ = 0;
  ControlFlowContext* control_flow_context_ = nullptr;
  std::vector<std::shared_ptr<ControlFlowContext>> control_flow_contexts_;
  bool finalized_ = false;
};

// The innermost default graph of this thread, or else the process's own.
Graph& get_default_graph();
// Replaces the process's own default graph by an empty one; handles into the old one are dead
// unless a session still holds it. Throws AssertionError-like InvalidArgumentError inside
// as_default.
void reset_default_graph();

void add_to_collection(const std::string& key, CollectionItem item);
const std::vector<CollectionItem>& get_collection(const std::string& key);

// Names of the standard collections.
struct GraphKeys {
  static constexpr const char* GLOBAL_VARIABLES = "variables";
  static constexpr const char* LOCAL_VARIABLES = "local_variables";
  static constexpr const char* MODEL_VARIABLES = "model_variables";
  static constexpr const char* TRAINABLE_VARIABLES = "trainable_variables";
  static constexpr const char* MOVING_AVERAGE_VARIABLES = "moving_average_variables";
  static constexpr const char* SUMMARIES = "summaries";
  static constexpr const char* QUEUE_RUNNERS = "queue_runners";
  static constexpr const char* TABLE_INITIALIZERS = "table_initializer";
  static constexpr const char* ASSET_FILEPATHS = "asset_filepaths";
  static constexpr const char* REGULARIZATION_LOSSES = "regularization_losses";
  static constexpr const char* LOSSES = "losses";
  static constexpr const char* SAVERS = "savers";
  static constexpr const char* SAVEABLE_OBJECTS = "saveable_objects";
  static constexpr const char* UPDATE_OPS = "update_ops";
  static constexpr const char* TRAIN_OP = "train_op";
  static constexpr const char* GLOBAL_STEP = "global_step";
  static constexpr const char* COND_CONTEXT = "cond_context";
  static constexpr const char* WHILE_CONTEXT = "while_context";
};

}  // namespace tensorkeep
