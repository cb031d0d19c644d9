#include "train/meta_graph_file.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph.h"

namespace tensorkeep::train {
namespace {

// Keeps the first complaint about a text.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = fmt::format("{}:{} : {}", line + 1, column + 1, message);
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

bool looks_like_text(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 1024);
  for (const char c : head) {
    if (static_cast<unsigned char>(c) < 9) return false;
  }
  return head.find_first_of("{:") != std::string_view::npos;
}

std::string parse_text(const std::string& bytes, MetaGraphDef& message) {
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (parser.ParseFromString(bytes, &message)) return {};
  return error.text().empty() ? "malformed text" : error.text();
}

}  // namespace

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
                   bool as_text, Durability durability) {
  std::string bytes;
  if (as_text) {
    google::protobuf::TextFormat::PrintToString(message, &bytes);
  } else {
    bytes = serialize(message);
  }
  io::FileSystem& files = io::default_file_system();
  files.create_directories(io::directory_of(filename));
  io::write_file_atomically(files, filename, bytes, durability);
}

MetaGraphDef read_meta_graph_file(const std::string& filename) {
  io::FileSystem& files = io::default_file_system();
  const auto info = files.stat(filename);
  if (!info || info->is_directory) {
    throw errors::NotFoundError(fmt::format("File does not exist. Received: {}.", filename),
                                {.file = filename});
  }
  const std::string bytes = io::read_file(files, filename);
  MetaGraphDef meta_graph;
  std::string problem;
  if (bytes.empty()) {
    problem = "the file is empty";
  } else if (!parse_quietly(bytes, meta_graph)) {
    meta_graph.Clear();
    problem = looks_like_text(bytes) ? parse_text(bytes, meta_graph)
                                     : "neither a binary nor a text MetaGraphDef; it may be "
                                       "truncated or something else";
  }
  if (problem.empty() && !meta_graph.has_graph_def() && !meta_graph.has_meta_info_def()) {
    problem = "it holds no graph";
  }
  if (!problem.empty()) {
    throw errors::DataLossError(fmt::format("Cannot parse file {}: {}.", filename, problem),
                                {.file = filename});
  }
  return meta_graph;
}

}  // namespace tensorkeep::train
