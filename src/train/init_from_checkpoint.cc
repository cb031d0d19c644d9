#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "ops/variable_impl.h"
#include "ops/variable_store.h"
#include "tensorkeep/checkpoint_utils.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"
#include "train/assign_values.h"

namespace tensorkeep::train {
namespace {

constexpr std::string_view kPartMark = "/part_";

// "[2, 3]", as Python shows the shapes of a checkpoint.
std::string list_of(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.dims(), ", "));
}

class Initialization {
 public:
  explicit Initialization(const std::string& path)
      : path_(path), checkpoint_(load_checkpoint(path)) {
    shapes_ = checkpoint_.get_variable_to_shape_map();
  }

  void apply(const std::string& tensor, const AssignmentTarget& target) const {
    if (const Variable* variable = target.variable()) return apply_whole(tensor, *variable);
    if (const auto* parts = target.parts()) return apply_parts(tensor, *parts);
    const std::string& name = *target.name();
    if (const Variable variable = store().find(name)) return apply_whole(tensor, variable);
    if (const auto parts = parts_of(name); !parts.empty()) return apply_parts(tensor, parts);
    apply_scope(tensor, name);
  }

 private:
  const ops::VariableStore& store() const { return ops::variable_store(get_default_graph()); }

  // The parts of the variable `name`; nothing if it has none.
  std::vector<Variable> parts_of(const std::string& name) const {
    std::vector<Variable> parts;
    while (Variable part = store().find(fmt::format("{}{}{}", name, kPartMark, parts.size()))) {
      parts.push_back(std::move(part));
    }
    return parts;
  }

  void check_is_there(const std::string& tensor) const {
    if (shapes_.contains(tensor)) return;
    std::vector<std::string> known;
    for (const auto& [name, shape] : shapes_) {
      known.push_back(fmt::format("'{}': {}", name, list_of(shape)));
    }
    errors::raise_value_error(fmt::format("Tensor {} is not found in {} checkpoint {{{}}}", tensor,
                                          path_, fmt::join(known, ", ")),
                              {.tensor = tensor, .file = checkpoint_.prefix()});
  }

  void apply_whole(const std::string& tensor, const Variable& variable) const {
    check_is_there(tensor);
    const Shape& shape = shapes_.at(tensor);
    if (!variable.shape().compatible_with(shape)) {
      errors::raise_value_error(
          fmt::format("Shape of variable {} ({}) doesn't match with shape of tensor {} ({}) from "
                      "checkpoint reader.",
                      variable.name(), variable.shape().to_string(), tensor, list_of(shape)),
          {.node = variable.op().name(), .tensor = tensor, .file = checkpoint_.prefix()});
    }
    set_initializer(variable, tensor, "");
  }

  void apply_parts(const std::string& tensor, const std::vector<Variable>& parts) const {
    check_is_there(tensor);
    set_initializers(parts, tensor);
  }

  void set_initializers(const std::vector<Variable>& parts, const std::string& tensor) const {
    std::string whole;
    for (const Variable& part : parts) {
      const auto& slice = part.save_slice_info();
      if (!slice) errors::raise_value_error("Slices must all be slices: " + part.to_string());
      if (!whole.empty() && whole != slice->full_name) {
        errors::raise_value_error(fmt::format("Slices must all be from the same tensor: {} != {}",
                                              whole, slice->full_name));
      }
      whole = slice->full_name;
      set_initializer(part, tensor, slice->spec());
    }
  }

  // Reading is the CPU's; the variable and what lies beside it stay where they are.
  void set_initializer(const Variable& variable, const std::string& tensor,
                       const std::string& slice_spec) const {
    Graph& graph = variable.graph();
    const auto as_default = graph.as_default();
    Output restored;
    {
      std::optional<DeviceScope> device;
      if (!variable.device().empty()) device.emplace(graph, variable.device());
      const DeviceScope on_cpu(graph, "/cpu:0");
      restored = OpBuilder("RestoreV2", "checkpoint_initializer")
                     .input(checkpoint_.prefix())
                     .input(Tensor::vector(std::vector<std::string>{tensor}))
                     .input(Tensor::vector(std::vector<std::string>{slice_spec}))
                     .attr("dtypes", std::vector<DType>{variable.dtype()})
                     .output();
    }
    variable.impl()->initializer = assign_restored(variable, restored);
    variable.impl()->initializer_is_tensor = !variable.is_resource();
    restored.set_shape(variable.shape());
    variable.impl()->initial_value = restored;
  }

  // The names of the variables in `scope`, one for all parts of one.
  std::set<std::string> variables_in(const std::string& scope) const {
    std::set<std::string> names;
    for (const auto& [name, variable] : store().variables()) {
      if (scope.empty() || name.starts_with(scope + "/")) {
        names.insert(name.substr(0, name.find(kPartMark)));
      }
    }
    return names;
  }

  void apply_scope(const std::string& tensor_scope, const std::string& target) const {
    const std::size_t slash = target.rfind('/');
    const std::string scope = slash == std::string::npos ? "" : target.substr(0, slash);
    if (!tensor_scope.ends_with('/')) {
      errors::raise_value_error(
          fmt::format("Assignment map with scope only name {} should map to scope only {}. Should "
                      "be 'scope/': 'other_scope/'.",
                      scope, tensor_scope));
    }
    for (const std::string& name : variables_in(scope)) {
      // As in TensorFlow, a character is dropped even where no slash is.
      const std::size_t skipped = scope.size() + (target == "/" ? 0 : 1);
      const std::string own = name.substr(std::min(skipped, name.size()));
      std::string tensor = tensor_scope == "/" ? own : tensor_scope + own;
      if (tensor.ends_with('/')) tensor.pop_back();
      if (!shapes_.contains(tensor)) {
        errors::raise_value_error(
            fmt::format("Tensor {} ({} in {}) is not found in {} checkpoint", tensor,
                        name.substr(std::min(scope.size() + 1, name.size())), tensor_scope, path_),
            {.tensor = tensor, .file = checkpoint_.prefix()});
      }
      if (const Variable variable = store().find(name)) {
        set_initializer(variable, tensor, "");
      } else {
        set_initializers(parts_of(name), tensor);
      }
    }
  }

  std::string path_;
  CheckpointReader checkpoint_;
  std::map<std::string, Shape> shapes_;
};

}  // namespace

void init_from_checkpoint(const std::string& ckpt_dir_or_file,
                          const AssignmentMap& assignment_map) {
  const Initialization initialization(ckpt_dir_or_file);
  AssignmentMap sorted = assignment_map;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [tensor, target] : sorted) initialization.apply(tensor, target);
}

}  // namespace tensorkeep::train
