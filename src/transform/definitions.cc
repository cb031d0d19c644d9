#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "graph/op_def_lookup.h"
#include "tensorkeep/errors.h"
#include "transform/imported_node.h"

namespace tensorkeep::transform {
namespace {

using google::protobuf::util::MessageDifferencer;

const proto::OpDef::AttrDef* find_attr(const proto::OpDef& def, const std::string& name) {
  const auto& attrs = def.attr();
  const auto found = std::find_if(attrs.begin(), attrs.end(),
                                  [&](const auto& attr) { return attr.name() == name; });
  return found == attrs.end() ? nullptr : &*found;
}

}  // namespace

void fail_node(const proto::NodeDef& def, const std::string& what) {
  errors::raise_value_error(fmt::format("Node '{}': {}", def.name(), what), {.node = def.name()});
}

Definitions::Definitions(const proto::FunctionDefLibrary& library, const proto::OpList* producer) {
  for (const auto& function : library.function()) {
    functions_[function.signature().name()] = &function.signature();
  }
  if (producer == nullptr) return;
  for (const auto& op : producer->op()) producer_.emplace(op.name(), &op);
}

const proto::OpDef* Definitions::find(const proto::NodeDef& def) const {
  if (const proto::OpDef* found = graph::find_op_def(def.op())) return found;
  const auto function = functions_.find(def.op());
  if (function != functions_.end()) return function->second;
  const auto producer = producer_.find(def.op());
  return producer == producer_.end() ? nullptr : producer->second;
}

AttrMap Definitions::attrs_of(const proto::NodeDef& def, const proto::OpDef* op_def) const {
  AttrMap attrs;
  for (const auto& [name, value] : def.attr()) {
    const bool counts =
        name != "_output_shapes" && value.value_case() != proto::AttrValue::VALUE_NOT_SET;
    if (counts && !is_unknown_default(def, op_def, name, value)) attrs.emplace(name, value);
  }
  if (op_def == nullptr) return attrs;
  for (const auto& attr : op_def->attr()) {
    if (attr.has_default_value()) attrs.try_emplace(attr.name(), attr.default_value());
  }
  return attrs;
}

bool Definitions::is_unknown_default(const proto::NodeDef& def, const proto::OpDef* op_def,
                                     const std::string& name, const proto::AttrValue& value) const {
  if (op_def == nullptr || find_attr(*op_def, name) != nullptr) return false;
  const auto producer = producer_.find(def.op());
  if (producer == producer_.end()) return false;
  const auto* attr = find_attr(*producer->second, name);
  return attr != nullptr && attr->has_default_value() &&
         MessageDifferencer::Equals(attr->default_value(), value);
}

std::shared_ptr<const proto::NodeDef> other_fields(const proto::NodeDef& def) {
  const auto& unknown = def.GetReflection()->GetUnknownFields(def);
  if (unknown.empty() && !def.has_experimental_debug_info() && !def.has_experimental_type()) {
    return nullptr;
  }
  const auto rest = std::make_shared<proto::NodeDef>();
  rest->GetReflection()->MutableUnknownFields(rest.get())->MergeFrom(unknown);
  if (def.has_experimental_debug_info()) {
    *rest->mutable_experimental_debug_info() = def.experimental_debug_info();
  }
  if (def.has_experimental_type()) *rest->mutable_experimental_type() = def.experimental_type();
  return rest;
}

void merge_library(const proto::FunctionDefLibrary& from, proto::FunctionDefLibrary& to) {
  std::unordered_map<std::string, const proto::FunctionDef*> known;
  for (const auto& function : to.function()) known[function.signature().name()] = &function;
  std::vector<const proto::FunctionDef*> added;
  for (const auto& function : from.function()) {
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
  for (const auto* function : added) *to.add_function() = *function;
  for (const auto& gradient : from.gradient()) {
    const bool have = std::any_of(
        to.gradient().begin(), to.gradient().end(),
        [&](const auto& each) { return each.function_name() == gradient.function_name(); });
    if (!have) *to.add_gradient() = gradient;
  }
}

}  // namespace tensorkeep::transform
