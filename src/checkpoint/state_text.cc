#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/strutil.h>
#include <google/protobuf/text_format.h>

#include <bit>

#include "checkpoint/state_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/checkpoint_state.pb.h"

namespace tensorkeep::checkpoint {
namespace {

// Python's repr of a float: the shortest digits that read back, and always a point or an exponent.
std::string float_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string quoted(const std::string& text) {
  return "\"" + google::protobuf::strings::Utf8SafeCEscape(text) + "\"";
}

// The first thing the parser objects to; it prints nothing then.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = fmt::format("line {}, column {}: {}", line + 1, column + 1, message);
  }
  std::string text;
};

}  // namespace

std::string encode_state(const CheckpointState& state) {
  std::string text;
  if (!state.model_checkpoint_path.empty()) {
    text += "model_checkpoint_path: " + quoted(state.model_checkpoint_path) + "\n";
  }
  for (const std::string& path : state.all_model_checkpoint_paths) {
    text += "all_model_checkpoint_paths: " + quoted(path) + "\n";
  }
  for (const double time : state.all_model_checkpoint_timestamps) {
    text += "all_model_checkpoint_timestamps: " + float_text(time) + "\n";
  }
  if (std::bit_cast<std::uint64_t>(state.last_preserved_timestamp) != 0) {
    text += "last_preserved_timestamp: " + float_text(state.last_preserved_timestamp) + "\n";
  }
  return text;
}

CheckpointState decode_state(std::string_view text, const std::string& path) {
  proto::CheckpointState message;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  google::protobuf::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  if (!parser.Merge(&stream, &message)) {
    throw errors::DataLossError(
        fmt::format("{}: not a CheckpointState ({}). The file that lists a folder's checkpoints is "
                    "damaged; name a checkpoint by its prefix instead, or remove the file",
                    path, error.text),
        {.file = path});
  }
  if (message.model_checkpoint_path().empty()) {
    throw errors::DataLossError(
        fmt::format("Invalid checkpoint state loaded from {}: it names no newest checkpoint. Name "
                    "a checkpoint by its prefix instead, or remove the file",
                    path),
        {.file = path, .python_class = errors::PythonClass::kValueError});
  }
  CheckpointState state;
  state.model_checkpoint_path = message.model_checkpoint_path();
  state.all_model_checkpoint_paths.assign(message.all_model_checkpoint_paths().begin(),
                                          message.all_model_checkpoint_paths().end());
  state.all_model_checkpoint_timestamps.assign(message.all_model_checkpoint_timestamps().begin(),
                                               message.all_model_checkpoint_timestamps().end());
  state.last_preserved_timestamp = message.last_preserved_timestamp();
  return state;
}

}  // namespace tensorkeep::checkpoint
