#include "graph/control_flow_context.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "graph/cond_context.h"
#include "graph/while_context.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

std::string serialized(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);  // the order of maps
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

}  // namespace

std::string ControlFlowContext::without_scope(const std::string& name, const std::string& scope) {
  const bool inside = !scope.empty() && name.starts_with(scope + "/");
  return inside ? name.substr(scope.size() + 1) : name;
}

ControlFlowContext::ControlFlowContext(Graph& graph, std::string name)
    : graph_(graph), name_(std::move(name)), outer_(graph.control_flow_context()) {}

void ControlFlowContext::keep(std::shared_ptr<ControlFlowContext> context) {
  if (context->outer_ != nullptr) context->outer_->nested_.push_back(context.get());
  context->graph_.keep_control_flow_context(std::move(context));
}

WhileContext* ControlFlowContext::while_context() {
  ControlFlowContext* context = this;
  while (context != nullptr && context->as_while() == nullptr) context = context->outer_;
  return context == nullptr ? nullptr : context->as_while();
}

void ControlFlowContext::enter() {
  entered_from_.push_back(graph_.control_flow_context());
  graph_.set_control_flow_context(this);
}

void ControlFlowContext::exit() {
  if (entered_from_.empty()) {
    throw errors::InternalError("the control flow context '" + name_ + "' was not entered");
  }
  graph_.set_control_flow_context(entered_from_.back());
  entered_from_.pop_back();
}

void ControlFlowContext::exit_result(const std::vector<Output>& values) {
  if (outer_ == nullptr) return;
  for (const Output& value : values) outer_->add_name(value);
}

Output ControlFlowContext::inside(const Output& value) const {
  const auto found = external_values_.find(value.name());
  return found == external_values_.end() ? value : found->second;
}

void ControlFlowContext::see_outputs(const Operation& op) {
  for (const Output& output : op.outputs()) {
    const std::string name = output.name();
    for (ControlFlowContext* context = this; context != nullptr; context = context->outer_) {
      context->values_.insert(name);
    }
  }
}

std::pair<ControlFlowContext::Operations, ControlFlowContext::Operations>
ControlFlowContext::remove_external_control_edges(Operation& op) {
  const WhileContext* const loop = while_context();
  if (loop == nullptr) return {op.control_inputs(), {}};
  Operations internal;
  Operations external;
  for (Operation* control : op.control_inputs()) {
    ControlFlowContext* const context = control_flow::output_context(*control);
    const bool same = context != nullptr && context->while_context() == loop;
    (same ? internal : external).push_back(control);
  }
  if (!external.empty()) op.set_control_inputs(internal);
  return {internal, external};
}

std::string ControlFlowContext::to_proto_bytes(const std::string& export_scope) const {
  if (!name_.starts_with(export_scope)) return {};
  std::string bytes = canonical_bytes(export_scope);
  const bool unchanged = export_scope.empty() && bytes == bytes_at_import_;
  return unchanged ? original_bytes_ : bytes;
}

void ControlFlowContext::remember_bytes(std::string original) {
  original_bytes_ = std::move(original);
  bytes_at_import_ = canonical_bytes("");
}

std::string ControlFlowContext::canonical_bytes(const std::string& export_scope) const {
  proto::ControlFlowContextDef def;
  to_proto(export_scope, def);
  return def.has_cond_ctxt() ? serialized(def.cond_ctxt()) : serialized(def.while_ctxt());
}

void ControlFlowContext::to_proto(const std::string& export_scope, proto::ValuesDef& def) const {
  for (const std::string& value : values_) def.add_values(without_scope(value, export_scope));
  for (const auto& [outside, inside] : external_values_) {
    (*def.mutable_external_values())[without_scope(outside, export_scope)] =
        without_scope(inside.name(), export_scope);
  }
}

void ControlFlowContext::from_proto(
    const proto::ValuesDef& def,
    const google::protobuf::RepeatedPtrField<proto::ControlFlowContextDef>& nested,
    bool renames_frames) {
  values_.insert(def.values().begin(), def.values().end());
  for (const auto& [outside, inside] : def.external_values()) {
    external_values_[outside] = graph_.get_tensor_by_name(inside);
  }
  try {
    for (const std::string& value : values_) {
      if (external_values_.contains(value)) continue;
      graph_.get_operation_by_name(value.substr(0, value.find(':')))
          ->set_control_flow_context(this);
    }
    const InContext inside(this);
    for (const proto::ControlFlowContextDef& context : nested) {
      if (context.has_cond_ctxt()) {
        CondContext::make(graph_, context.cond_ctxt(), renames_frames);
      } else if (context.has_while_ctxt()) {
        WhileContext::make(graph_, context.while_ctxt(), renames_frames);
      }
    }
  } catch (...) {
    for (const auto& op : graph_.operations()) {
      if (control_flow::contains(this, op->control_flow_context())) {
        op->set_control_flow_context(outer_);
      }
    }
    throw;
  }
}

}  // namespace tensorkeep
