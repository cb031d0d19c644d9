#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tensorkeep/dtype.h"
#include "tensorkeep/meta_graph_file.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

constexpr std::size_t kMostNames = 8;

// "a, b, c and 5 more".
template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (++count <= kMostNames) text += (count > 1 ? ", " : "") + printable(name);
  }
  if (count > kMostNames) text += fmt::format(" and {} more", count - kMostNames);
  return text;
}

void line(Output& out, const char* key, const std::string& value) {
  if (!value.empty()) out << fmt::format("{:<12} {}\n", key, value);
}

std::string text_of(const proto::TensorShapeProto& shape) {
  if (shape.unknown_rank()) return "<unknown>";
  std::string text;
  for (const auto& dim : shape.dim()) {
    text += (text.empty() ? "" : ",") + (dim.size() < 0 ? "?" : std::to_string(dim.size()));
  }
  return "[" + text + "]";
}

std::string type_text(int type) {
  const auto dtype = static_cast<DType>(type);
  return is_known(base_dtype(dtype)) ? name_of(dtype) : std::to_string(type);
}

void print_writer(const MetaGraphDef& meta, Output& out) {
  const auto& info = meta.meta_info_def();
  const std::string& git = info.tensorflow_git_version();
  line(out, "TensorFlow",
       printable(info.tensorflow_version()) +
           (git.empty() ? "" : fmt::format(" ({})", printable(git))));
  line(out, "tags", listed(info.tags()));
}

void print_graph(const GraphDef& graph, Output& out) {
  std::set<std::string> ops;
  std::set<std::string> used;
  std::vector<std::string> inputs;
  for (const NodeDef& node : graph.node()) {
    ops.insert(node.op());
    if (node.op() == "Placeholder") inputs.push_back(node.name());
    for (std::string input : node.input()) {
      if (input.starts_with('^')) input.erase(0, 1);
      used.insert(input.substr(0, input.find(':')));
    }
  }
  std::vector<std::string> ends;
  for (const NodeDef& node : graph.node()) {
    if (!used.contains(node.name()) && node.op() != "NoOp") ends.push_back(node.name());
  }
  line(out, "graph",
       fmt::format("{} nodes of {} operations, {} functions, version {}", graph.node_size(),
                   ops.size(), graph.library().function_size(), graph.versions().producer()));
  line(out, "inputs", listed(inputs));
  line(out, "unused", listed(ends));
}

void print_saver(const MetaGraphDef& meta, Output& out) {
  if (!meta.has_saver_def()) return;
  const auto& saver = meta.saver_def();
  const std::string& version = proto::SaverDef::CheckpointFormatVersion_Name(saver.version());
  line(out, "saver",
       fmt::format("{}{}, keeps {}; file name {}, saves {}, restores {}",
                   version.empty() ? std::to_string(saver.version()) : version,
                   saver.sharded() ? ", sharded" : "", saver.max_to_keep(),
                   printable(saver.filename_tensor_name()), printable(saver.save_tensor_name()),
                   printable(saver.restore_op_name())));
}

std::pair<int, const char*> size_of(const CollectionDef& def) {
  switch (def.kind_case()) {
    case CollectionDef::kNodeList:
      return {def.node_list().value_size(), "names"};
    case CollectionDef::kBytesList:
      return {def.bytes_list().value_size(), "byte strings"};
    case CollectionDef::kInt64List:
      return {def.int64_list().value_size(), "integers"};
    case CollectionDef::kFloatList:
      return {def.float_list().value_size(), "floats"};
    case CollectionDef::kAnyList:
      return {def.any_list().value_size(), "messages"};
    default:
      return {0, "items"};
  }
}

template <typename Map>
auto sorted(const Map& map) {
  return std::map(map.begin(), map.end());
}

void print_collections(const MetaGraphDef& meta, Output& out) {
  for (const auto& [key, def] : sorted(meta.collection_def())) {
    const auto [count, kind] = size_of(def);
    line(out, "collection", fmt::format("{}: {} {}", printable(key), count, kind));
  }
}

void print_signatures(const MetaGraphDef& meta, Output& out) {
  for (const auto& [key, def] : sorted(meta.signature_def())) {
    line(out, "signature", fmt::format("{}: {}", printable(key), printable(def.method_name())));
    const auto print = [&](const char* what, const auto& tensors) {
      for (const auto& [name, tensor] : sorted(tensors)) {
        out << fmt::format("  {} {}: {} {} {}\n", what, printable(name), printable(tensor.name()),
                           type_text(tensor.dtype()), text_of(tensor.tensor_shape()));
      }
    };
    print("input", def.inputs());
    print("output", def.outputs());
  }
  for (const auto& asset : meta.asset_file_def()) {
    line(out, "asset",
         fmt::format("{}: {}", printable(asset.tensor_info().name()), printable(asset.filename())));
  }
}

void print_summary(const MetaGraphDef& meta, Output& out) {
  print_writer(meta, out);
  print_graph(meta.graph_def(), out);
  print_saver(meta, out);
  print_collections(meta, out);
  print_signatures(meta, out);
}

}  // namespace

int meta(const MetaOptions& options, Output& out) {
  const std::vector<MetaGraphDef> graphs = train::read_meta_graphs(options.file);
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    if (options.json) {
      out << (i == 0 ? (graphs.size() > 1 ? "[" : "") : ",")
          << json_format::MessageToJson(graphs[i]);
    } else if (options.text) {
      out << (i == 0 ? "" : "# The next graph.\n") << text_format::MessageToString(graphs[i]);
    } else {
      out << (i == 0 ? "" : "\n");
      print_summary(graphs[i], out);
    }
  }
  if (options.json && graphs.size() > 1) out << "]\n";
  return 0;
}

}  // namespace tensorkeep::cli
