#include "transform/node_validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/errors.h"

namespace tensorkeep::transform {
namespace {

using proto::AttrValue;

bool letter_digit_dot(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
}

// The name TensorFlow gives the kind of a value: "int", "list(type)".
std::string list_kind(const AttrValue::ListValue& list) {
  if (list.s_size() > 0) return "list(string)";
  if (list.i_size() > 0) return "list(int)";
  if (list.f_size() > 0) return "list(float)";
  if (list.b_size() > 0) return "list(bool)";
  if (list.type_size() > 0) return "list(type)";
  if (list.shape_size() > 0) return "list(shape)";
  if (list.tensor_size() > 0) return "list(tensor)";
  if (list.func_size() > 0) return "list(func)";
  return "list";
}

int kinds_in_list(const AttrValue::ListValue& list) {
  const int sizes[] = {list.s_size(),    list.i_size(),     list.f_size(),      list.b_size(),
                       list.type_size(), list.shape_size(), list.tensor_size(), list.func_size()};
  return static_cast<int>(
      std::count_if(std::begin(sizes), std::end(sizes), [](int n) { return n > 0; }));
}

int list_length(const AttrValue::ListValue& list) {
  return list.s_size() + list.i_size() + list.f_size() + list.b_size() + list.type_size() +
         list.shape_size() + list.tensor_size() + list.func_size();
}

std::string kind_of(const AttrValue& value) {
  switch (value.value_case()) {
    case AttrValue::kS:
      return "string";
    case AttrValue::kI:
      return "int";
    case AttrValue::kF:
      return "float";
    case AttrValue::kB:
      return "bool";
    case AttrValue::kType:
      return "type";
    case AttrValue::kShape:
      return "shape";
    case AttrValue::kTensor:
      return "tensor";
    case AttrValue::kFunc:
      return "func";
    case AttrValue::kPlaceholder:
      return "placeholder";
    case AttrValue::kList:
      return list_kind(value.list());
    case AttrValue::VALUE_NOT_SET:
      return "";
  }
  return "";
}

class AttrChecker {
 public:
  AttrChecker(const std::string& node, const proto::OpDef& def, const std::string& attr)
      : node_(node), def_(def), attr_(attr) {}

  void check(const proto::OpDef::AttrDef& def, const AttrValue& value) const {
    check_kind(def.type(), value);
    if (def.has_minimum()) check_minimum(def, value);
    if (def.has_allowed_values()) check_allowed(def.allowed_values().list(), value);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    errors::raise_value_error(
        fmt::format("{}\n\t; NodeDef: {{{{node {}}}}}; Op<name={}>", message, node_, def_.name()),
        {.node = node_});
  }

  void check_kind(const std::string& wanted, const AttrValue& value) const {
    const std::string kind = kind_of(value);
    if (kind.empty()) {
      fail(fmt::format("AttrValue missing value with expected type '{}'\n\t for attr '{}'", wanted,
                       attr_));
    }
    const bool empty_list = kind == "list" && wanted.starts_with("list(");
    if ((kind != wanted && !empty_list) || kinds_in_list(value.list()) > 1) {
      fail(fmt::format("AttrValue had value with type '{}' when '{}' expected\n\t for attr '{}'",
                       kind, wanted, attr_));
    }
    if (wanted == "type") check_type(value.type());
    for (const int type : value.list().type()) check_type(type);
  }

  void check_type(int type) const {
    const DType dtype = static_cast<DType>(type);
    if (!is_known(dtype)) {
      fail(fmt::format("AttrValue has invalid DataType enum value {}\n\t for attr '{}'", type,
                       attr_));
    }
    if (is_ref(dtype)) {
      fail(fmt::format("AttrValue must not have reference type value of {}\n\t for attr '{}'",
                       op_name_of(dtype), attr_));
    }
  }

  void check_minimum(const proto::OpDef::AttrDef& def, const AttrValue& value) const {
    if (def.type() == "int" && value.i() < def.minimum()) {
      fail(fmt::format("Value for attr '{}' of {} must be at least minimum {}", attr_, value.i(),
                       def.minimum()));
    }
    if (value.has_list() && list_length(value.list()) < def.minimum()) {
      fail(fmt::format("Length for attr '{}' of {} must be at least minimum {}", attr_,
                       list_length(value.list()), def.minimum()));
    }
  }

  void check_allowed(const AttrValue::ListValue& allowed, const AttrValue& value) const {
    if (value.value_case() == AttrValue::kType) check_allowed_type(allowed, value.type());
    if (value.value_case() == AttrValue::kS) check_allowed_string(allowed, value.s());
    for (const int type : value.list().type()) check_allowed_type(allowed, type);
    for (const std::string& text : value.list().s()) check_allowed_string(allowed, text);
  }

  void check_allowed_type(const AttrValue::ListValue& allowed, int type) const {
    if (std::find(allowed.type().begin(), allowed.type().end(), type) != allowed.type().end()) {
      return;
    }
    std::string names;
    for (const int each : allowed.type()) {
      names += (names.empty() ? "" : ", ") + op_name_of(static_cast<DType>(each));
    }
    fail(fmt::format("Value for attr '{}' of {} is not in the list of allowed values: {}", attr_,
                     op_name_of(static_cast<DType>(type)), names));
  }

  void check_allowed_string(const AttrValue::ListValue& allowed, const std::string& text) const {
    if (std::find(allowed.s().begin(), allowed.s().end(), text) != allowed.s().end()) return;
    std::string names;
    for (const std::string& each : allowed.s()) {
      names += (names.empty() ? "\"" : ", \"") + each + "\"";
    }
    fail(fmt::format("Value for attr '{}' of \"{}\" is not in the list of allowed values: {}",
                     attr_, text, names));
  }

  const std::string& node_;
  const proto::OpDef& def_;
  const std::string& attr_;
};

}  // namespace

bool valid_node_name(std::string_view name) {
  bool first = true;
  for (const char c : name) {
    if (first) {
      if (!letter_digit_dot(c)) return false;
      first = false;
    } else if (c == '>') {
      first = true;
    } else if (!letter_digit_dot(c) && c != '_' && c != '-' && c != '/' && c != '\\') {
      return false;
    }
  }
  return !first;
}

void check_attrs(const std::string& node, const proto::OpDef& def, const AttrMap& attrs) {
  for (const auto& attr : def.attr()) {
    const auto found = attrs.find(attr.name());
    if (found == attrs.end()) {
      if (attr.has_default_value()) continue;
      errors::raise_value_error(
          fmt::format("NodeDef missing attr '{}' from Op<name={}>; NodeDef: {{{{node {}}}}}",
                      attr.name(), def.name(), node),
          {.node = node});
    }
    AttrChecker(node, def, attr.name()).check(attr, found->second);
  }
}

}  // namespace tensorkeep::transform
