#include "graph/program_gradients.h"

#include <mutex>
#include <unordered_map>

#include "graph/op_registry.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

struct Registered {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const ProgramGradient>> gradients;
};

Registered& registered() {
  static auto* const all = new Registered;  // lives as long as the process
  return *all;
}

bool library_has(const std::string& op_type) {
  const OpTraits* traits = OpRegistry::global().find(op_type);
  return traits != nullptr && (traits->gradient != nullptr || traits->slices_gradient != nullptr ||
                               traits->not_differentiable);
}

void add(const std::string& op_type, std::shared_ptr<const ProgramGradient> gradient) {
  Registered& all = registered();
  const std::lock_guard lock(all.mutex);
  if (library_has(op_type) || !all.gradients.try_emplace(op_type, std::move(gradient)).second) {
    throw errors::InvalidArgumentError("Registering two gradient with name '" + op_type + "'!",
                                       {.python_class = errors::PythonClass::kKeyError});
  }
}

struct Overrides {
  std::map<std::string, std::string> names;
};

}  // namespace

void register_gradient(const std::string& op_type, ProgramGradient gradient) {
  add(op_type, std::make_shared<const ProgramGradient>(std::move(gradient)));
}

void register_not_differentiable(const std::string& op_type) {
  add(op_type, nullptr);
}

std::optional<std::shared_ptr<const ProgramGradient>> find_program_gradient(
    const std::string& op_type) {
  Registered& all = registered();
  const std::lock_guard lock(all.mutex);
  const auto found = all.gradients.find(op_type);
  if (found == all.gradients.end()) return std::nullopt;
  return found->second;
}

const std::string* overriding_gradient(Graph& graph, const std::string& op_type) {
  const auto& names = graph.attachment<Overrides>().names;
  const auto found = names.find(op_type);
  return found == names.end() ? nullptr : &found->second;
}

GradientOverrideScope::GradientOverrideScope(Graph& graph,
                                             const std::map<std::string, std::string>& names)
    : graph_(graph), saved_(graph.attachment<Overrides>().names) {
  for (const auto& [type, name] : names) graph.attachment<Overrides>().names[type] = name;
}

GradientOverrideScope::~GradientOverrideScope() {
  graph_.attachment<Overrides>().names = std::move(saved_);
}

}  // namespace tensorkeep
