#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"
#include "tensorkeep/proto.h"

// Variables: values that live from one run of a session to the next. Two kinds, as in TensorFlow 1:
// reference variables (VariableV2, the default) and resource variables (VarHandleOp).
namespace tensorkeep {

class VariableImpl;
class AnyVariable;  // of variable_scope.h

enum class VariableSynchronization { kAuto, kNone, kOnWrite, kOnRead };
enum class VariableAggregation { kNone, kSum, kMean, kOnlyFirstReplica };

struct VariableOptions {
  // Keeps `{{1.0}, {2.0}}` from being read as a value and its options; not to be set.
  struct Designated {
    explicit Designated() = default;
  };
  Designated designated{};

  std::optional<bool> trainable = std::nullopt;  // true, unless synchronization is kOnRead
  std::optional<std::vector<std::string>> collections = std::nullopt;  // GLOBAL_VARIABLES
  bool validate_shape = true;  // false: the initial value's shape may be unknown, and may change
  std::string caching_device = {};
  std::string name = {};
  std::optional<DType> dtype = std::nullopt;
  std::optional<Shape> expected_shape = std::nullopt;  // ignored, as in TensorFlow
  std::function<Output(Output)> constraint = {};       // applied after an optimizer's update
  bool use_resource = false;
  VariableSynchronization synchronization = VariableSynchronization::kAuto;
  VariableAggregation aggregation = VariableAggregation::kNone;
  std::optional<Shape> shape = std::nullopt;  // the initial value's
};

// Which part of a partitioned tensor a variable holds.
struct SaveSliceInfo {
  std::string full_name = {};
  std::vector<std::int64_t> full_shape = {};
  std::vector<std::int64_t> var_offset = {};
  std::vector<std::int64_t> var_shape = {};
  // The shape_and_slice of a save: "6 2 0,2:0,2".
  std::string spec() const;
};

// What an assignment returns: where a tensor is wanted, the value after it; and the operation.
class Assigned {
 public:
  Assigned(Operation* op, Output value, std::shared_ptr<const TensorConvertible> later_reads)
      : op_(op), value_(value), later_reads_(std::move(later_reads)) {}
  Operation* op() const { return op_; }
  Output as_graph_element() const { return value_; }
  operator Output() const { return value_; }
  // For a resource variable, every use is a read of its own after the assignment.
  operator Input() const { return later_reads_ ? Input(later_reads_) : Input(value_); }
  Tensor eval(Session& session, const Feeds& feeds = {}) const {
    return value_.eval(session, feeds);
  }

 private:
  Operation* op_;
  Output value_;
  std::shared_ptr<const TensorConvertible> later_reads_;
};

struct AssignOptions {
  std::optional<bool> use_locking = std::nullopt;
  std::string name = {};
  bool read_value = true;  // false: a resource variable is not read, only the operation counts
};

// A handle to a variable of a graph: copies mean the same variable. Valid as long as its graph.
// Goes wherever an operation takes an Input.
class Variable {
 public:
  Variable() = default;  // none
  // Throws InvalidArgumentError (ValueError) if the shape of `initial_value` is not known and
  // validate_shape is true: "initial_value must have a shape specified: ...".
  explicit Variable(Input initial_value, const VariableOptions& options = {});
  // The initial value is made by `initial_value()` inside the scope `<name>/Initializer`.
  template <typename F>
  requires std::is_invocable_r_v<Output, F>
  explicit Variable(F initial_value, const VariableOptions& options = {})
      : Variable(make(std::function<Output()>(std::move(initial_value)), options)) {}
  template <std::same_as<std::shared_ptr<VariableImpl>> Impl>  // a literal 0 is no pointer
  explicit Variable(Impl impl) : impl_(std::move(impl)) {}

  // What get_variable gave, if it is not in parts: else InvalidArgumentError (TypeError).
  template <std::same_as<AnyVariable> T>
  Variable(const T& any) : Variable(any.variable()) {}

  explicit operator bool() const { return impl_ != nullptr; }
  operator Input() const;
  bool operator==(const Variable& other) const { return op_or_null() == other.op_or_null(); }

  std::string name() const;  // "w:0"
  Operation& op() const;     // the VariableV2 or VarHandleOp
  Graph& graph() const;
  DType dtype() const;  // without reference
  Shape shape() const;
  Shape get_shape() const { return shape(); }
  const std::string& device() const;
  bool is_resource() const;
  bool trainable() const;
  VariableSynchronization synchronization() const;
  VariableAggregation aggregation() const;
  const std::function<Output(Output)>& constraint() const;

  Operation* initializer() const;
  Output initial_value() const;  // null for a variable from an old VariableDef
  // The reference tensor or the resource handle.
  Output handle() const;
  // A reference variable's one snapshot; a resource variable's value, by a new ReadVariableOp.
  Output value() const;
  Output read_value() const;  // always a new read
  // The value, or the initial value as long as the variable is not initialised.
  Output initialized_value() const;
  // What a session runs when it is asked for the variable, and what a Saver saves.
  Output as_graph_element() const;
  Output is_initialized(const Name& name = {}) const;
  Tensor eval(Session& session, const Feeds& feeds = {}) const {
    return as_graph_element().eval(session, feeds);
  }

  Assigned assign(Input value, const AssignOptions& options = {}) const;
  Assigned assign_add(Input delta, const AssignOptions& options = {}) const;
  Assigned assign_sub(Input delta, const AssignOptions& options = {}) const;

  const std::optional<SaveSliceInfo>& save_slice_info() const;
  void set_save_slice_info(std::optional<SaveSliceInfo> info) const;

  // The message that stands for the variable in a MetaGraphDef; nullopt if it is not in
  // `export_scope`.
  std::optional<VariableDef> to_proto(const std::string& export_scope = {}) const;
  // A variable of nodes that are in the default graph already. Throws what
  // Graph::get_tensor_by_name throws, and InvalidArgumentError for a message that fits no variable.
  static Variable from_proto(const VariableDef& def, const std::string& import_scope = {});
  // The variable in an item of a collection; none if it is something else.
  static Variable from_collection_item(const CollectionItem& item);
  // "<tf.Variable 'w:0' shape=(2, 3) dtype=float32_ref>"
  std::string to_string() const;

  const std::shared_ptr<VariableImpl>& impl() const { return impl_; }

 private:
  static std::shared_ptr<VariableImpl> make(std::function<Output()> initial_value,
                                            const VariableOptions& options);
  Operation* op_or_null() const;

  std::shared_ptr<VariableImpl> impl_;
};

// The variables of the default graph's collections, whose names begin with the regular expression
// `scope`.
std::vector<Variable> global_variables(const std::string& scope = {});
std::vector<Variable> all_variables();
std::vector<Variable> local_variables(const std::string& scope = {});
std::vector<Variable> model_variables(const std::string& scope = {});
std::vector<Variable> trainable_variables(const std::string& scope = {});
std::vector<Variable> moving_average_variables(const std::string& scope = {});
void add_to_collection(const std::string& key, const Variable& variable);

// An operation that runs the initializers.
Operation* variables_initializer(const std::vector<Variable>& var_list,
                                 const std::string& name = "init");
Operation* global_variables_initializer();
Operation* local_variables_initializer();
Operation* initialize_all_variables();

// The names of those variables that have no value yet, as a vector of strings.
Output report_uninitialized_variables(const std::vector<Variable>& var_list,
                                      const std::string& name = "report_uninitialized_variables");
// The same for all global and local variables.
Output report_uninitialized_variables();

}  // namespace tensorkeep
