#include "ops/conditional.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "graph/op_builder.h"

namespace tensorkeep::ops {
namespace {

// One branch of a conditional, as a MetaGraphDef carries it.
class CondContext final : public CollectionObject {
 public:
  explicit CondContext(proto::CondContextDef def) : def_(std::move(def)) {}
  std::string name() const override { return def_.context_name(); }

  std::string to_proto_bytes(const std::string& export_scope) const override {
    if (!name().starts_with(export_scope)) return {};
    const auto stripped = [&](const std::string& name) {
      const bool inside = !export_scope.empty() && name.starts_with(export_scope + "/");
      return inside ? name.substr(export_scope.size() + 1) : name;
    };
    proto::CondContextDef def;
    def.set_context_name(stripped(def_.context_name()));
    def.set_pred_name(stripped(def_.pred_name()));
    def.set_pivot_name(stripped(def_.pivot_name()));
    def.set_branch(def_.branch());
    for (const std::string& value : def_.values_def().values()) {
      def.mutable_values_def()->add_values(stripped(value));
    }
    for (const auto& [outside, inside] : def_.values_def().external_values()) {
      (*def.mutable_values_def()->mutable_external_values())[stripped(outside)] = stripped(inside);
    }
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);  // the map's order
    def.SerializeToCodedStream(&out);
    out.Trim();
    return bytes;
  }

 private:
  proto::CondContextDef def_;
};

Output identity(const std::string& name, Output tensor) {
  return OpBuilder("Identity", name).input(tensor).output();
}

void add_value(proto::CondContextDef& def, const Output& value) {
  auto& values = *def.mutable_values_def()->mutable_values();
  if (std::find(values.begin(), values.end(), value.name()) == values.end()) {
    *values.Add() = value.name();
  }
}

}  // namespace

Conditional::Conditional(const Output& predicate) : graph_(predicate.graph()) {
  Operation* const fork = OpBuilder("Switch").input(predicate).input(predicate).build();
  const Output if_true = identity("switch_t", fork->output(1));
  const Output if_false = identity("switch_f", fork->output(0));
  predicate_ = identity("pred_id", predicate);
  begin(Branch::kTrue, if_true);
  begin(Branch::kFalse, if_false);
}

void Conditional::begin(Branch branch, const Output& pivot) {
  Side& side = at(branch);
  side.pivot = pivot;
  side.def.set_context_name(graph_.unique_name("cond_text"));
  side.def.set_pred_name(predicate_.name());
  side.def.set_pivot_name(pivot.name());
  side.def.set_branch(static_cast<int>(branch));
  add_value(side.def, predicate_);
  add_value(side.def, pivot);
  (*side.def.mutable_values_def()->mutable_external_values())[predicate_.name()] =
      predicate_.name();
}

Output Conditional::enter(Branch branch, const Output& outside, Operation* with) {
  const ControlDependencies none(graph_, {}, /*clears=*/true);
  const ColocationScope beside(graph_, with != nullptr ? with : &outside.op(),
                               /*ignore_existing=*/true);
  const char* const type = is_ref(outside.dtype()) ? "RefSwitch" : "Switch";
  Operation* const gate = OpBuilder(type, "Switch").input(outside).input(predicate_).build();
  const Output inside = gate->output(static_cast<int>(branch));
  proto::CondContextDef& def = at(branch).def;
  add_value(def, outside);
  add_value(def, inside);
  (*def.mutable_values_def()->mutable_external_values())[outside.name()] = inside.name();
  return inside;
}

void Conditional::add(Branch branch, Operation& op) {
  for (const Output& output : op.outputs()) add_value(at(branch).def, output);
}

Output Conditional::merge(const Output& if_false, const Output& if_true) {
  const std::vector<Input> values{if_false, if_true};
  const Output result = OpBuilder("Merge").inputs(values).build()->output(0);
  for (const Branch branch : {Branch::kTrue, Branch::kFalse}) {
    graph_.add_to_collection(GraphKeys::COND_CONTEXT,
                             std::make_shared<CondContext>(std::move(at(branch).def)));
  }
  return result;
}

}  // namespace tensorkeep::ops
