#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include "io/default_file_system.h"
#include "io/files.h"
#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/saved_model.pb.h"

namespace tensorkeep {
namespace messages {

std::string serialize(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

bool parse_quietly(std::string_view bytes, google::protobuf::Message& message) {
  const google::protobuf::LogSilencer silence;
  return bytes.size() <= std::size_t{INT32_MAX} &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void write_message(const std::string& filename, const google::protobuf::Message& message,
                   train::MessageForm form, Durability durability) {
  std::string bytes;
  switch (form) {
    case train::MessageForm::kBinary:
      bytes = serialize(message);
      break;
    case train::MessageForm::kText:
      bytes = text_format::MessageToString(message);
      break;
    case train::MessageForm::kJson:
      bytes = json_format::MessageToJson(message);
      break;
  }
  io::FileSystem& files = io::default_file_system();
  files.create_directories(io::directory_of(filename));
  io::write_file_atomically(files, filename, bytes, durability);
}

}  // namespace messages

namespace train {
namespace {

using messages::parse_quietly;

bool looks_like_text(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 1024);
  for (const char c : head) {
    if (static_cast<unsigned char>(c) < 9) return false;
  }
  return head.find_first_of("{:") != std::string_view::npos;
}

bool looks_like_json(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '{';
}

// A MetaGraphDef's first field is a message, a SavedModel's a number.
bool parse_saved_model(std::string_view bytes, proto::SavedModel& saved_model) {
  return !bytes.empty() && bytes[0] == 0x08 && parse_quietly(bytes, saved_model) &&
         saved_model.meta_graphs_size() > 0;
}

// Fills the message from any of its forms. False if `bytes` are none; throws
// InvalidArgumentError for one with an error in it.
bool parse_any_form(const std::string& bytes, google::protobuf::Message& message) {
  if (parse_quietly(bytes, message)) return true;
  message.Clear();
  if (looks_like_json(bytes)) {
    json_format::Parse(bytes, message);
  } else if (looks_like_text(bytes)) {
    text_format::Parse(bytes, message);
  } else {
    return false;
  }
  return true;
}

// Fills `meta_graph`, or returns what is wrong.
std::string parse(const std::string& bytes, MetaGraphDef& meta_graph) {
  if (bytes.empty()) return "the file is empty";
  try {
    if (!parse_any_form(bytes, meta_graph)) {
      GraphDef graph_def;
      const bool graph = parse_quietly(bytes, graph_def) && graph_def.node_size() > 0;
      return graph ? "it holds a GraphDef, not a MetaGraphDef; read it with import_graph_def"
                   : "neither a binary nor a text MetaGraphDef; it may be truncated or something "
                     "else";
    }
  } catch (const errors::InvalidArgumentError& error) {
    return error.message();
  }
  if (!meta_graph.has_graph_def() && !meta_graph.has_meta_info_def()) return "it holds no graph";
  return {};
}

// Fills `graph_def`, or returns what is wrong.
std::string parse(const std::string& bytes, GraphDef& graph_def) {
  if (bytes.empty()) return "the file is empty";
  try {
    if (!parse_any_form(bytes, graph_def)) {
      MetaGraphDef meta_graph;
      return parse_quietly(bytes, meta_graph) && meta_graph.has_graph_def()
                 ? "it holds a MetaGraphDef, not a GraphDef"
                 : "neither a binary nor a text GraphDef; it may be truncated or something else";
    }
  } catch (const errors::InvalidArgumentError& error) {
    return error.message();
  }
  return graph_def.node_size() > 0 ? "" : "it holds no nodes";
}

std::string read_existing(const std::string& filename) {
  io::FileSystem& files = io::default_file_system();
  const auto info = files.stat(filename);
  if (!info || info->is_directory) {
    throw errors::NotFoundError(fmt::format("File does not exist. Received: {}.", filename),
                                {.file = filename});
  }
  return io::read_file(files, filename);
}

[[noreturn]] void fail(const std::string& filename, const std::string& problem) {
  throw errors::DataLossError(fmt::format("Cannot parse file {}: {}{}", filename, problem,
                                          problem.ends_with('.') ? "" : "."),
                              {.file = filename});
}

}  // namespace

std::vector<MetaGraphDef> read_meta_graphs(const std::string& filename) {
  const std::string bytes = read_existing(filename);
  proto::SavedModel saved_model;
  if (parse_saved_model(bytes, saved_model)) {
    auto& graphs = *saved_model.mutable_meta_graphs();
    return {std::make_move_iterator(graphs.begin()), std::make_move_iterator(graphs.end())};
  }
  std::vector<MetaGraphDef> result(1);
  const std::string problem = parse(bytes, result[0]);
  if (!problem.empty()) fail(filename, problem);
  return result;
}

MetaGraphDef read_meta_graph_file(const std::string& filename) {
  std::vector<MetaGraphDef> graphs = read_meta_graphs(filename);
  if (graphs.size() == 1) return std::move(graphs[0]);
  std::string all;
  for (const MetaGraphDef& graph : graphs) {
    const auto& tags = graph.meta_info_def().tags();
    all += fmt::format("{}[{}]", all.empty() ? "" : ", ",
                       fmt::join(std::vector<std::string>(tags.begin(), tags.end()), ", "));
  }
  fail(filename, fmt::format("it is a SavedModel of {} graphs, with the tags {}; take one of "
                             "read_meta_graphs",
                             graphs.size(), all));
}

GraphDef read_graph(const std::string& filename) {
  GraphDef graph_def;
  const std::string problem = parse(read_existing(filename), graph_def);
  if (!problem.empty()) fail(filename, problem);
  return graph_def;
}

void write_meta_graph_file(const std::string& filename, const MetaGraphDef& meta_graph_def,
                           MessageForm form, Durability durability) {
  messages::write_message(filename, meta_graph_def, form, durability);
}

}  // namespace train
}  // namespace tensorkeep
