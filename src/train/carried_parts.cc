#include "train/carried_parts.h"

#include <algorithm>
#include <functional>
#include <set>

#include "graph/op_def_lookup.h"
#include "train/scope_names.h"

namespace tensorkeep::train {
namespace {

using google::protobuf::Message;
using proto::TensorInfo;
using MetaInfoDef = MetaGraphDef::MetaInfoDef;
using NameFunction = std::function<void(std::string& name)>;

// Calls `f` for the name of each tensor.
void for_each_name(TensorInfo& info, const NameFunction& f) {
  switch (info.encoding_case()) {
    case TensorInfo::kName:
      return f(*info.mutable_name());
    case TensorInfo::kCooSparse:
      f(*info.mutable_coo_sparse()->mutable_values_tensor_name());
      f(*info.mutable_coo_sparse()->mutable_indices_tensor_name());
      return f(*info.mutable_coo_sparse()->mutable_dense_shape_tensor_name());
    case TensorInfo::kCompositeTensor:
      for (auto& part : *info.mutable_composite_tensor()->mutable_components()) {
        for_each_name(part, f);
      }
      return;
    case TensorInfo::ENCODING_NOT_SET:
      return;
  }
}

void for_each_name(proto::SignatureDef& signature, const NameFunction& f) {
  for (auto* tensors : {signature.mutable_inputs(), signature.mutable_outputs()}) {
    for (auto& [key, info] : *tensors) for_each_name(info, f);
  }
}

void for_each_name(proto::AssetFileDef& asset, const NameFunction& f) {
  if (asset.has_tensor_info()) for_each_name(*asset.mutable_tensor_info(), f);
}

template <typename Part>
bool lies_in(Part& part, const std::string& scope) {
  bool inside = true;
  for_each_name(part, [&](std::string& name) { inside = inside && in_scope(name, scope); });
  return inside;
}

void copy_unknown_fields(const Message& from, Message& to) {
  const auto& unknown = from.GetReflection()->GetUnknownFields(from);
  if (!unknown.empty()) to.GetReflection()->MutableUnknownFields(&to)->MergeFrom(unknown);
}

// Without what every export writes anew.
MetaInfoDef lasting_info(const MetaInfoDef& from) {
  MetaInfoDef info = from;
  info.clear_tensorflow_version();
  info.clear_tensorflow_git_version();
  info.clear_stripped_default_attrs();
  info.clear_stripped_op_list();
  for (const OpDef& op : from.stripped_op_list().op()) {
    if (graph::find_op_def(op.name()) == nullptr) *info.mutable_stripped_op_list()->add_op() = op;
  }
  return info;
}

template <typename Values, typename Name>
void remove_repeated(Values& values, Name&& name) {
  std::set<std::string> seen;
  values.erase(std::remove_if(values.begin(), values.end(),
                              [&](const auto& value) { return !seen.insert(name(value)).second; }),
               values.end());
}

}  // namespace

void carry_parts(const MetaGraphDef& from, const std::string& import_scope, Graph& into) {
  MetaGraphDef parts;
  copy_unknown_fields(from, parts);
  if (from.has_graph_def()) copy_unknown_fields(from.graph_def(), *parts.mutable_graph_def());
  if (from.has_meta_info_def()) *parts.mutable_meta_info_def() = lasting_info(from.meta_info_def());
  *parts.mutable_signature_def() = from.signature_def();
  *parts.mutable_asset_file_def() = from.asset_file_def();
  if (from.has_object_graph_def()) *parts.mutable_object_graph_def() = from.object_graph_def();
  const auto prepend = [&](std::string& name) { name = prepend_scope(name, import_scope); };
  for (auto& [key, signature] : *parts.mutable_signature_def()) for_each_name(signature, prepend);
  for (auto& asset : *parts.mutable_asset_file_def()) for_each_name(asset, prepend);

  MetaGraphDef& carried = into.carried_parts();
  carried.MergeFrom(parts);
  auto& info = *carried.mutable_meta_info_def();
  remove_repeated(*info.mutable_tags(), [](const std::string& tag) { return tag; });
  remove_repeated(*info.mutable_stripped_op_list()->mutable_op(),
                  [](const OpDef& op) { return op.name(); });
}

void write_carried_parts(const Graph& from, const std::string& export_scope, MetaGraphDef& into) {
  MetaGraphDef parts = from.carried_parts();
  parts.clear_collection_def();
  parts.mutable_meta_info_def()->clear_stripped_op_list();
  const auto strip = [&](std::string& name) { name = strip_scope(name, export_scope); };
  auto& signatures = *parts.mutable_signature_def();
  for (auto entry = signatures.begin(); entry != signatures.end();) {
    if (lies_in(entry->second, export_scope)) {
      for_each_name(entry->second, strip);
      ++entry;
    } else {
      entry = signatures.erase(entry);
    }
  }
  auto& assets = *parts.mutable_asset_file_def();
  assets.erase(std::remove_if(assets.begin(), assets.end(),
                              [&](auto& asset) { return !lies_in(asset, export_scope); }),
               assets.end());
  for (auto& asset : assets) for_each_name(asset, strip);
  into.MergeFrom(parts);
}

}  // namespace tensorkeep::train
