#include "train/message_names.h"

#include <map>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto/control_flow.pb.h"
#include "tensorkeep/proto/queue_runner.pb.h"

namespace tensorkeep::train {
namespace {

class Renamer {
 public:
  explicit Renamer(const std::function<std::string(const std::string&)>& rename)
      : rename_(rename) {}

  void rename(proto::QueueRunnerDef& def) const {
    def.set_queue_name(renamed(def.queue_name()));
    for (auto& name : *def.mutable_enqueue_op_name()) name = renamed(name);
    def.set_close_op_name(renamed(def.close_op_name()));
    def.set_cancel_op_name(renamed(def.cancel_op_name()));
  }
  void rename(proto::CondContextDef& def) const {
    def.set_context_name(renamed(def.context_name()));
    def.set_pred_name(renamed(def.pred_name()));
    def.set_pivot_name(renamed(def.pivot_name()));
    rename(*def.mutable_values_def());
    for (auto& nested : *def.mutable_nested_contexts()) rename(nested);
  }
  void rename(proto::WhileContextDef& def) const {
    def.set_context_name(renamed(def.context_name()));
    def.set_pivot_name(renamed(def.pivot_name()));
    def.set_pivot_for_pred_name(renamed(def.pivot_for_pred_name()));
    def.set_pivot_for_body_name(renamed(def.pivot_for_body_name()));
    def.set_maximum_iterations_name(renamed(def.maximum_iterations_name()));
    for (auto& name : *def.mutable_loop_exit_names()) name = renamed(name);
    for (auto& name : *def.mutable_loop_enter_names()) name = renamed(name);
    rename(*def.mutable_values_def());
    for (auto& nested : *def.mutable_nested_contexts()) rename(nested);
  }

 private:
  void rename(proto::ControlFlowContextDef& def) const {
    if (def.has_cond_ctxt()) rename(*def.mutable_cond_ctxt());
    if (def.has_while_ctxt()) rename(*def.mutable_while_ctxt());
  }
  void rename(proto::ValuesDef& def) const {
    for (auto& value : *def.mutable_values()) value = renamed(value);
    std::map<std::string, std::string> external;
    for (const auto& [key, value] : def.external_values()) external[renamed(key)] = renamed(value);
    def.mutable_external_values()->clear();
    for (const auto& [key, value] : external) (*def.mutable_external_values())[key] = value;
  }
  std::string renamed(const std::string& name) const { return name.empty() ? name : rename_(name); }

  const std::function<std::string(const std::string&)>& rename_;
};

// Calls f with the message that the collection holds.
template <typename F>
std::string with_message(const std::string& key, const std::string& bytes, F&& f) {
  if (key == GraphKeys::COND_CONTEXT) {
    return f(parse_in_collection<proto::CondContextDef>(key, bytes));
  }
  if (key == GraphKeys::WHILE_CONTEXT) {
    return f(parse_in_collection<proto::WhileContextDef>(key, bytes));
  }
  return f(parse_in_collection<proto::QueueRunnerDef>(key, bytes));
}

}  // namespace

bool holds_named_messages(const std::string& key) {
  return key == GraphKeys::COND_CONTEXT || key == GraphKeys::WHILE_CONTEXT ||
         key == GraphKeys::QUEUE_RUNNERS;
}

std::string name_in_message(const std::string& key, const std::string& bytes) {
  return with_message(key, bytes, [](const auto& message) {
    if constexpr (requires { message.queue_name(); }) {
      return message.queue_name();
    } else {
      return message.context_name();
    }
  });
}

std::string rename_in_message(const std::string& key, const std::string& bytes,
                              const std::function<std::string(const std::string&)>& rename) {
  return with_message(key, bytes, [&](auto message) {
    Renamer(rename).rename(message);
    return messages::serialize(message);
  });
}

}  // namespace tensorkeep::train
