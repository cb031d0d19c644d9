#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "transform/constant_spread.h"

// Where variables are arguments of functions.
namespace tensorkeep::transform {
namespace {

using proto::AttrValue;
using proto::NodeDef;

// Operations that call functions with their inputs.
struct Caller {
  const char* type_attr;  // lists the types of the arguments
  int first_argument;     // among the inputs
  std::vector<const char*> function_attrs;
};

const Caller* find_caller(std::string_view op) {
  static const Caller kIf = {"Tin", 1, {"then_branch", "else_branch"}};
  static const Caller kCase = {"Tin", 1, {"branches"}};
  static const Caller kCall = {"Tin", 0, {"f"}};
  static const Caller kWhile = {"T", 0, {"body", "cond"}};
  static const std::unordered_map<std::string_view, const Caller*> kCallers = {
      {"If", &kIf},
      {"StatelessIf", &kIf},
      {"Case", &kCase},
      {"While", &kWhile},
      {"StatelessWhile", &kWhile},
      {"StatelessCase", &kCase},
      {"PartitionedCall", &kCall},
      {"StatefulPartitionedCall", &kCall},
  };
  const auto found = kCallers.find(op);
  return found == kCallers.end() ? nullptr : found->second;
}

// "base_12" -> 12, "base"; else -1 and the name.
std::pair<long, std::string> split_number(const std::string& name) {
  const std::size_t line = name.rfind('_');
  if (line == std::string::npos || line + 1 == name.size() || name.size() - line > 10) {
    return {-1, name};
  }
  const std::string digits = name.substr(line + 1);
  if (digits.find_first_not_of("0123456789") != std::string::npos) return {-1, name};
  return {std::stol(digits), name.substr(0, line)};
}

}  // namespace

std::vector<int> ConstantSpread::functions_called(const NodeDef& node) const {
  std::vector<int> bodies;
  const auto add = [&](const std::string& name) {
    if (const auto found = functions_.find(name); found != functions_.end()) {
      bodies.push_back(found->second);
    }
  };
  for (const char* name : find_caller(node.op())->function_attrs) {
    const AttrValue& attr = attr_of(node, name);
    if (attr.has_func()) add(attr.func().name());
    for (const auto& function : attr.list().func()) add(function.name());
  }
  return bodies;
}

bool ConstantSpread::call(const Use& use, NodeDef& node) {
  const Caller* caller = find_caller(node.op());
  const int argument = caller == nullptr ? -1 : use.input - caller->first_argument;
  if (argument < 0) return false;
  if (argument < attr_of(node, caller->type_attr).list().type_size()) {
    auto& types = *(*node.mutable_attr())[caller->type_attr].mutable_list();
    types.set_type(argument, static_cast<proto::DataType>(dtype_));
  }
  const std::vector<int> bodies = functions_called(node);
  for (auto body = bodies.rbegin(); body != bodies.rend(); ++body) follow_argument(*body, argument);
  if (node.op() == "While" || node.op() == "StatelessWhile") go_around(node, argument);
  return true;
}

// What goes around a loop comes out of its body as it went in.
void ConstantSpread::go_around(NodeDef& loop, int argument) {
  loop.mutable_attr()->erase("_output_shapes");
  if (argument < attr_of(loop, "output_shapes").list().shape_size()) {
    auto& shapes = *(*loop.mutable_attr())["output_shapes"].mutable_list();
    *shapes.mutable_shape(argument) = shape_;
  }
  const auto found = functions_.find(attr_of(loop, "body").func().name());
  if (found == functions_.end()) return;
  proto::FunctionDef& body = *bodies_[static_cast<std::size_t>(found->second)].function;
  if (argument >= body.signature().output_arg_size()) return;
  auto& output = *body.mutable_signature()->mutable_output_arg(argument);
  output.set_type(static_cast<proto::DataType>(dtype_));
}

void ConstantSpread::follow_argument(int b, int argument) {
  Body& body = bodies_[static_cast<std::size_t>(b)];
  proto::FunctionDef& function = *body.function;
  if (argument >= function.signature().input_arg_size()) return;
  auto& arg = *function.mutable_signature()->mutable_input_arg(argument);
  arg.set_type(static_cast<proto::DataType>(dtype_));
  body.changed = true;
  const auto forget = [](AttrValue& shapes, int index) {
    if (index >= shapes.list().shape_size()) return;
    auto& shape = *shapes.mutable_list()->mutable_shape(index);
    shape.clear_dim();
    shape.set_unknown_rank(true);
  };
  auto& attrs = *function.mutable_attr();
  if (attrs.contains("_input_shapes")) forget(attrs["_input_shapes"], argument);
  auto& of_argument =
      *(*function.mutable_arg_attr())[static_cast<std::uint32_t>(argument)].mutable_attr();
  if (of_argument.contains("_output_shapes")) forget(of_argument["_output_shapes"], 0);
  follow(b, arg.name());
}

std::unordered_map<std::string, std::string> ConstantSpread::frozen_names() const {
  std::vector<std::tuple<long, std::string, std::string>> parsed;
  for (const auto& [name, body] : functions_) {
    const auto [number, base] = split_number(name);
    parsed.emplace_back(number, base, name);
  }
  std::sort(parsed.begin(), parsed.end());
  std::unordered_map<std::string, std::string> names;
  int count = 0;
  for (const auto& [number, base, name] : parsed) {
    std::string made = fmt::format("{}_frozen_{}", base, count++);
    while (functions_.contains(made)) made = fmt::format("{}_frozen_{}", base, count++);
    if (bodies_[static_cast<std::size_t>(functions_.at(name))].changed) names[name] = made;
  }
  return names;
}

void ConstantSpread::finish() {
  const auto names = frozen_names();
  const auto rename = [&](proto::NameAttrList& function) {
    const auto found = names.find(function.name());
    if (found != names.end()) function.set_name(found->second);
  };
  for (Body& body : bodies_) {
    if (body.changed) {
      auto& signature = *body.function->mutable_signature();
      signature.set_name(names.at(signature.name()));
    }
    for (auto& node : *body.nodes) {
      const Caller* caller = find_caller(node.op());
      if (caller == nullptr) continue;
      for (const char* name : caller->function_attrs) {
        const auto found = node.mutable_attr()->find(name);
        if (found == node.mutable_attr()->end()) continue;
        if (found->second.has_func()) rename(*found->second.mutable_func());
        if (!found->second.has_list()) continue;
        for (auto& function : *found->second.mutable_list()->mutable_func()) rename(function);
      }
    }
  }
}

}  // namespace tensorkeep::transform
