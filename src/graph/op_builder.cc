
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "graph/op_def_lookup.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep {
namespace {

const proto::OpDef::AttrDef* find_attr_def(const proto::OpDef& def, const std::string& name) {
  for (const auto& attr : def.attr()) {
    if (attr.name() == name) return &attr;
  }
  return nullptr;
}

void check_allowed_type(const proto::OpDef& def, const std::string& attr_name, DType dtype,
                        const std::string& param) {
  const auto* attr = find_attr_def(def, attr_name);
  if (attr == nullptr || !attr->has_allowed_values()) return;
  const auto& allowed = attr->allowed_values().list().type();
  if (std::find(allowed.begin(), allowed.end(), static_cast<int>(dtype)) != allowed.end()) return;
  std::string names;
  for (const int type : allowed) {
    names += (names.empty() ? "" : ", ") + name_of(static_cast<DType>(type));
  }
  errors::raise_type_error(fmt::format(
      "Value passed to parameter '{}' has DataType {} not in list of allowed values: {}", param,
      name_of(dtype), names));
}

// Turns the inputs of one operation into tensors, and learns attributes from them.
class InputResolver {
 public:
  InputResolver(const proto::OpDef& def, AttrMap& attrs) : def_(def), attrs_(attrs) {}

  void resolve(const proto::OpDef::ArgDef& arg, const std::vector<Input>& values, bool is_list,
               std::vector<Output>& out) {
    const bool wants_list = !arg.number_attr().empty() || !arg.type_list_attr().empty();
    if (wants_list != is_list) {
      errors::raise_type_error(fmt::format("{} for '{}' argument to '{}' Op.",
                                           wants_list ? "Expected list" : "Unexpected list",
                                           arg.name(), def_.name()));
    }
    const std::optional<DType> dtype = known_type(arg, values);
    const std::optional<DType> hint = dtype ? std::nullopt : default_type(arg);
    std::vector<DType> types;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string name = wants_list ? fmt::format("{}_{}", arg.name(), i) : arg.name();
      out.push_back(convert(arg, values[i], name, dtype, hint));
      types.push_back(base_dtype(out.back().dtype()));
      if (arg.is_ref() && !is_ref(out.back().dtype())) {
        errors::raise_type_error(fmt::format(
            "'{}' Op requires that input '{}' be a mutable tensor (e.g.: a tf.Variable)",
            def_.name(), arg.name()));
      }
    }
    learn(arg, types);
  }

 private:
  std::optional<DType> known_type(const proto::OpDef::ArgDef& arg,
                                  const std::vector<Input>& values) const {
    if (arg.type() != proto::DT_INVALID) return static_cast<DType>(arg.type());
    if (!arg.type_list_attr().empty()) return std::nullopt;
    if (const auto found = attrs_.find(arg.type_attr()); found != attrs_.end()) {
      return static_cast<DType>(found->second.type());
    }
    if (!arg.number_attr().empty()) {
      for (const Input& value : values) {
        if (const auto dtype = value.dtype()) return dtype;
      }
    }
    return std::nullopt;
  }

  std::optional<DType> default_type(const proto::OpDef::ArgDef& arg) const {
    const auto* attr = find_attr_def(def_, arg.type_attr());
    if (attr == nullptr || !attr->has_default_value()) return std::nullopt;
    return static_cast<DType>(attr->default_value().type());
  }

  Output convert(const proto::OpDef::ArgDef& arg, const Input& value, const std::string& name,
                 std::optional<DType> dtype, std::optional<DType> hint) const {
    if (dtype && value.dtype() && *value.dtype() != base_dtype(*dtype)) {
      const auto from = inferred_from_.find(arg.type_attr());
      const std::string expected =
          arg.type() != proto::DT_INVALID
              ? fmt::format("expected type of {}.", name_of(static_cast<DType>(arg.type())))
              : fmt::format("type {} of argument '{}'.", name_of(*dtype),
                            from == inferred_from_.end() ? arg.type_attr() : from->second);
      errors::raise_type_error(
          fmt::format("Input '{}' of '{}' Op has type {} that does not match {}", arg.name(),
                      def_.name(), name_of(*value.dtype()), expected));
    }
    if (!dtype && hint && value.is_literal()) {
      // The literal's own type is taken if the definition allows it (int64 for large indices).
      const auto* attr = find_attr_def(def_, arg.type_attr());
      const DType natural = value.literal().to_tensor().dtype();
      const auto& allowed = attr->allowed_values().list().type();
      if (std::find(allowed.begin(), allowed.end(), static_cast<int>(natural)) != allowed.end()) {
        hint = natural;
      } else if (attr->has_allowed_values()) {
        // TensorFlow tries the literal's own type first and leaves the Const (an empty list is of
        // float32).
        value.to_tensor(name);
      }
    }
    return value.to_tensor(name, dtype, hint, arg.is_ref());
  }

  void learn(const proto::OpDef::ArgDef& arg, const std::vector<DType>& types) {
    if (!arg.type_list_attr().empty()) {
      attrs_.try_emplace(arg.type_list_attr(), Attr(types).value());
      for (const DType dtype : types) {
        check_allowed_type(def_, arg.type_list_attr(), dtype, arg.name());
      }
      return;
    }
    if (!arg.number_attr().empty()) learn_number(arg, static_cast<std::int64_t>(types.size()));
    if (arg.type_attr().empty() || types.empty()) return;
    if (std::any_of(types.begin(), types.end(), [&](DType t) { return t != types[0]; })) {
      errors::raise_type_error(
          fmt::format("All tensors passed to '{}' of '{}' Op must have the same type.", arg.name(),
                      def_.name()));
    }
    if (attrs_.try_emplace(arg.type_attr(), Attr(types[0]).value()).second) {
      inferred_from_[arg.type_attr()] = arg.name();
    }
    check_allowed_type(def_, arg.type_attr(), types[0], arg.name());
  }

  void learn_number(const proto::OpDef::ArgDef& arg, std::int64_t count) {
    const auto [entry, added] = attrs_.try_emplace(arg.number_attr(), Attr(count).value());
    if (!added && entry->second.i() != count) {
      errors::raise_value_error(fmt::format(
          "List argument '{}' to '{}' Op with length {} must match length {} of argument "
          "'{}'.",
          arg.name(), def_.name(), count, entry->second.i(), inferred_from_[arg.number_attr()]));
    }
    if (added) inferred_from_[arg.number_attr()] = arg.name();
    const auto* attr = find_attr_def(def_, arg.number_attr());
    if (attr != nullptr && attr->has_minimum() && count < attr->minimum()) {
      errors::raise_value_error(fmt::format(
          "List argument '{}' to '{}' Op with length {} shorter than minimum length {}.",
          arg.name(), def_.name(), count, attr->minimum()));
    }
  }

  const proto::OpDef& def_;
  AttrMap& attrs_;
  std::map<std::string, std::string> inferred_from_;
};

}  // namespace

OpBuilder::OpBuilder(std::string type, std::string name)
    : type_(std::move(type)), name_(std::move(name)) {}

OpBuilder& OpBuilder::input(Input value) {
  arguments_.push_back({false, {std::move(value)}});
  return *this;
}

OpBuilder& OpBuilder::inputs(std::vector<Input> values) {
  arguments_.push_back({true, std::move(values)});
  return *this;
}

OpBuilder& OpBuilder::attr(const std::string& name, const Attr& value) {
  attrs_[name] = value.value();
  return *this;
}

OpBuilder& OpBuilder::control_inputs(std::vector<Operation*> ops) {
  control_inputs_ = std::move(ops);
  return *this;
}

Operation* OpBuilder::build() {
  const proto::OpDef* def = graph::find_op_def(type_);
  if (def == nullptr) {
    throw errors::NotFoundError(fmt::format("Op type not registered '{}'", type_), {.node = name_});
  }
  if (static_cast<std::size_t>(def->input_arg_size()) != arguments_.size()) {
    errors::raise_type_error(fmt::format("'{}' Op takes {} arguments, not {}", type_,
                                         def->input_arg_size(), arguments_.size()));
  }
  std::vector<Input> all;
  for (const Argument& argument : arguments_) {
    all.insert(all.end(), argument.values.begin(), argument.values.end());
  }
  Graph& graph = graph_of(all);
  const auto as_default = graph.as_default();
  const NameScope scope(graph, name_, type_);
  AttrMap attrs = attrs_;
  InputResolver resolver(*def, attrs);
  std::vector<Output> inputs;
  for (int i = 0; i < def->input_arg_size(); ++i) {
    const Argument& argument = arguments_[static_cast<std::size_t>(i)];
    resolver.resolve(def->input_arg(i), argument.values, argument.list, inputs);
  }
  // What takes a reference belongs where the variable is.
  std::vector<std::unique_ptr<ColocationScope>> with_variables;
  int begin = 0;
  for (int i = 0; i < def->input_arg_size(); ++i) {
    const int count = static_cast<int>(arguments_[static_cast<std::size_t>(i)].values.size());
    for (int j = begin; def->input_arg(i).is_ref() && j < begin + count; ++j) {
      Operation& variable = inputs[static_cast<std::size_t>(j)].op();
      with_variables.push_back(std::make_unique<ColocationScope>(graph, &variable));
    }
    begin += count;
  }
  Operation* op = graph.add_operation({.type = type_,
                                       .name = scope.name(),
                                       .inputs = std::move(inputs),
                                       .control_inputs = control_inputs_,
                                       .attrs = std::move(attrs)});
  while (!with_variables.empty()) with_variables.pop_back();  // innermost first
  return op;
}

}  // namespace tensorkeep
