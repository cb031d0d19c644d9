#include "train/collections.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include "graph/cond_context.h"
#include "graph/while_context.h"
#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/saver.h"
#include "tensorkeep/variable.h"
#include "train/message_names.h"
#include "train/scope_names.h"

namespace tensorkeep::train {
namespace {

// Collections of TensorFlow whose items are messages.
bool holds_variables(const std::string& key) {
  static const std::set<std::string> kKeys = {GraphKeys::GLOBAL_VARIABLES,
                                              GraphKeys::LOCAL_VARIABLES,
                                              GraphKeys::MODEL_VARIABLES,
                                              GraphKeys::TRAINABLE_VARIABLES,
                                              GraphKeys::MOVING_AVERAGE_VARIABLES,
                                              GraphKeys::GLOBAL_STEP,
                                              "metric_variables"};
  return kKeys.contains(key);
}
bool holds_messages(const std::string& key) {
  static const std::set<std::string> kKeys = {GraphKeys::SAVERS, GraphKeys::COND_CONTEXT,
                                              GraphKeys::WHILE_CONTEXT, GraphKeys::QUEUE_RUNNERS};
  return holds_variables(key) || kKeys.contains(key);
}

const CollectionObject* object_of(const CollectionItem& item) {
  const auto* object = std::get_if<std::shared_ptr<CollectionObject>>(&item);
  return object != nullptr ? object->get() : nullptr;
}

// The name of a node, tensor or object; nothing for plain values.
std::optional<std::string> name_of_item(const CollectionItem& item) {
  if (const auto* op = std::get_if<Operation*>(&item)) return (*op)->name();
  if (const auto* tensor = std::get_if<Output>(&item)) return tensor->name();
  if (const CollectionObject* object = object_of(item)) return object->name();
  return std::nullopt;
}

// Whether the item belongs into an export; what has no name does.
bool included(const std::string& key, const CollectionItem& item, const CollectionExport& options) {
  std::optional<std::string> name = name_of_item(item);
  if (const auto* text = std::get_if<std::string>(&item)) {
    name = holds_named_messages(key) ? name_in_message(key, *text) : *text;
  }
  return !name || (!options.exclude.contains(*name) && in_scope(*name, options.scope));
}

bool fill_messages(const std::string& key, const std::vector<const CollectionItem*>& items,
                   const std::string& scope, CollectionDef& def) {
  for (const CollectionItem* item : items) {
    std::string message;
    if (const CollectionObject* object = object_of(*item)) {
      message = object->to_proto_bytes(scope);
      if (message.empty()) continue;  // a saver whose nodes lie elsewhere
    } else if (const auto* bytes = std::get_if<std::string>(item)) {
      const auto strip = [&](const std::string& name) { return strip_scope(name, scope); };
      const bool renames = !scope.empty() && holds_named_messages(key);
      message = renames ? rename_in_message(key, *bytes, strip) : *bytes;
    } else {
      return false;
    }
    def.mutable_bytes_list()->add_value(message);
  }
  return true;
}

bool fill_values(const std::vector<const CollectionItem*>& items, const std::string& scope,
                 CollectionDef& def) {
  const CollectionItem& first = *items.front();
  for (const CollectionItem* item : items) {
    if (std::holds_alternative<std::string>(first)) {
      if (!std::holds_alternative<std::string>(*item)) return false;
      def.mutable_bytes_list()->add_value(std::get<std::string>(*item));
    } else if (std::holds_alternative<std::int64_t>(first)) {
      if (!std::holds_alternative<std::int64_t>(*item)) return false;
      def.mutable_int64_list()->add_value(std::get<std::int64_t>(*item));
    } else if (std::holds_alternative<double>(first)) {
      const auto* integer = std::get_if<std::int64_t>(item);
      if (integer == nullptr && !std::holds_alternative<double>(*item)) return false;
      def.mutable_float_list()->add_value(integer != nullptr
                                              ? static_cast<float>(*integer)
                                              : static_cast<float>(std::get<double>(*item)));
    } else {
      const auto name = name_of_item(*item);
      if (!name || name->empty()) return false;  // known to the program alone
      def.mutable_node_list()->add_value(strip_scope(*name, scope));
    }
  }
  return true;
}

// The version as major * 1000 + minor, as far as it can be read.
int version_number(const std::string& text) {
  std::array<int, 2> parts{};
  const char* begin = text.data();
  const char* end = begin + text.size();
  for (int& part : parts) {
    const auto [stop, error] = std::from_chars(begin, end, part);
    if (error != std::errc() || stop == end) break;
    begin = stop + 1;
  }
  return parts[0] * 1000 + std::min(parts[1], 999);
}

class CollectionsImporter {
 public:
  CollectionsImporter(Graph& graph, const MetaGraphDef& meta_graph, const std::string& scope)
      : graph_(graph), scope_(scope) {
    const std::string& version = meta_graph.meta_info_def().tensorflow_version();
    // VariableDef has had `trainable` since 1.9.
    knows_trainable_ = version.empty() || version_number(version) >= 1009;
  }

  void import(const std::string& key, const CollectionDef& def) {
    switch (def.kind_case()) {
      case CollectionDef::kNodeList:
        for (const std::string& name : def.node_list().value()) add_node(key, name);
        return;
      case CollectionDef::kBytesList:
        for (const std::string& bytes : def.bytes_list().value()) add_bytes(key, bytes);
        return;
      case CollectionDef::kInt64List:
        for (const std::int64_t value : def.int64_list().value()) {
          items_.emplace_back(key, CollectionItem(value));
        }
        return;
      case CollectionDef::kFloatList:
        for (const float value : def.float_list().value()) {
          items_.emplace_back(key, CollectionItem(static_cast<double>(value)));
        }
        return;
      default:
        opaque_.emplace_back(key, def);
    }
  }

  // Nothing is added to the graph before everything has been understood.
  void commit() {
    for (auto& [key, item] : items_) graph_.add_to_collection(key, std::move(item));
    for (auto& [key, variable] : variables_) add_to_collection(key, variable);
    for (auto& [key, def] : opaque_)
      (*graph_.carried_parts().mutable_collection_def())[key].MergeFrom(def);
  }

 private:
  void add_node(const std::string& key, const std::string& name) {
    const auto element = graph_.as_graph_element(prepend_scope(name, scope_));
    items_.emplace_back(key, std::visit([](auto node) { return CollectionItem(node); }, element));
  }

  void add_bytes(const std::string& key, const std::string& bytes) {
    if (holds_variables(key)) {
      variables_.emplace_back(key, variable(key, bytes));
    } else if (key == GraphKeys::SAVERS) {
      items_.emplace_back(key,
                          Saver::from_proto(parse_in_collection<SaverDef>(key, bytes), scope_));
    } else if (key == GraphKeys::COND_CONTEXT) {
      items_.emplace_back(key, context<CondContext, proto::CondContextDef>(key, bytes));
    } else if (key == GraphKeys::WHILE_CONTEXT) {
      items_.emplace_back(key, context<WhileContext, proto::WhileContextDef>(key, bytes));
    } else if (holds_named_messages(key)) {
      items_.emplace_back(key, CollectionItem(with_scope(key, bytes)));
    } else {
      items_.emplace_back(key, CollectionItem(prepend_scope(bytes, scope_)));
    }
  }

  // A context of branches or loops; where it names what the graph does not have, the message as
  // it is.
  template <typename Context, typename ContextDef>
  CollectionItem context(const std::string& key, const std::string& bytes) const {
    const std::string renamed = with_scope(key, bytes);
    const auto def = parse_in_collection<ContextDef>(key, renamed);
    try {
      const auto made = Context::make(graph_, def, !scope_.empty());
      made->remember_bytes(renamed);
      return made;
    } catch (const errors::NotFoundError&) {
      return renamed;
    } catch (const errors::InvalidArgumentError&) {
      return renamed;
    }
  }

  std::string with_scope(const std::string& key, const std::string& bytes) const {
    if (scope_.empty()) return bytes;
    return rename_in_message(key, bytes,
                             [&](const std::string& name) { return prepend_scope(name, scope_); });
  }

  // One variable for equal messages, whatever the collections they are in.
  Variable variable(const std::string& key, const std::string& bytes) {
    const auto known = known_variables_.find(bytes);
    if (known != known_variables_.end()) return known->second;
    auto def = parse_in_collection<VariableDef>(key, bytes);
    if (!knows_trainable_) def.set_trainable(key == GraphKeys::TRAINABLE_VARIABLES);
    return known_variables_.emplace(bytes, Variable::from_proto(def, scope_)).first->second;
  }

  Graph& graph_;
  const std::string& scope_;
  bool knows_trainable_ = true;
  std::map<std::string, Variable> known_variables_;
  std::vector<std::pair<std::string, CollectionItem>> items_;
  std::vector<std::pair<std::string, Variable>> variables_;
  std::vector<std::pair<std::string, CollectionDef>> opaque_;
};

}  // namespace

void export_collection(const Graph& graph, const std::string& key, const CollectionExport& options,
                       MetaGraphDef& meta_graph) {
  CollectionDef def;
  std::vector<const CollectionItem*> items;
  for (const CollectionItem& item : graph.get_collection(key)) {
    if (included(key, item, options)) items.push_back(&item);
  }
  if (!items.empty()) {
    // A tensor where TensorFlow has variables is from an old file, which had names there.
    bool uniform = holds_messages(key) && fill_messages(key, items, options.scope, def);
    if (!uniform) {
      def.Clear();
      uniform = fill_values(items, options.scope, def);
    }
    if (!uniform) def.Clear();
  }
  const auto& carried = graph.carried_parts().collection_def();
  const auto opaque = carried.find(key);
  if (opaque != carried.end() && (def.kind_case() == CollectionDef::KIND_NOT_SET ||
                                  def.kind_case() == opaque->second.kind_case())) {
    def.MergeFrom(opaque->second);
  } else if (def.kind_case() == CollectionDef::KIND_NOT_SET) {
    return;
  }
  (*meta_graph.mutable_collection_def())[key] = std::move(def);
}

void import_collections(Graph& graph, const MetaGraphDef& meta_graph, const std::string& scope,
                        const std::function<bool(const std::string&)>& wanted) {
  const std::map<std::string, CollectionDef> sorted(meta_graph.collection_def().begin(),
                                                    meta_graph.collection_def().end());
  CollectionsImporter importer(graph, meta_graph, scope);
  // First, since it tells which variables are trainable where their messages do not.
  const std::string first = GraphKeys::TRAINABLE_VARIABLES;
  const auto import = [&](const std::string& key, const CollectionDef& def) {
    if (key != "unbound_inputs" && (!wanted || wanted(key))) importer.import(key, def);
  };
  if (const auto found = sorted.find(first); found != sorted.end()) import(first, found->second);
  for (const auto& [key, def] : sorted) {
    if (key != first) import(key, def);
  }
  importer.commit();
}

}  // namespace tensorkeep::train
