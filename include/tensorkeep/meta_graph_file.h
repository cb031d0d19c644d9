#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "tensorkeep/durability.h"
#include "tensorkeep/proto.h"

// Messages as text, as JSON and as files; without a graph. All functions may be called from any
// thread.
namespace tensorkeep {

// The text form, character for character as TensorFlow's Python writes it: floats as 10000.0, maps
// by their keys, bytes in octal escapes. Fields that the message's definition does not know have no
// names, and so are left out, there and here.
namespace text_format {
std::string MessageToString(const google::protobuf::Message& message);
// Fills an empty `message`. Throws InvalidArgumentError "1:7 : what is wrong", where TensorFlow's
// Python raises a ParseError.
void Parse(const std::string& text, google::protobuf::Message& message);
}  // namespace text_format

// The JSON form of protocol buffers, with the names of the .proto files; bytes are base64, 64-bit
// integers strings, what JSON has no numbers for "NaN" and "Infinity". A google.protobuf.Any is an
// object of type_url and value, whether anybody knows its type or not.
namespace json_format {
std::string MessageToJson(const google::protobuf::Message& message);
// Fills an empty `message`; names as in the .proto files or in lowerCamelCase. Throws
// InvalidArgumentError.
void Parse(const std::string& text, google::protobuf::Message& message);
}  // namespace json_format

namespace train {

enum class MessageForm { kBinary, kText, kJson };

// The message of a .meta file in any of its forms; or of a saved_model.pb that holds one graph.
// Throws NotFoundError "File does not exist. Received: ...", DataLossError "Cannot parse file ...".
MetaGraphDef read_meta_graph_file(const std::string& filename);
// All graphs of a saved_model.pb; of any other file the one it holds. The same errors.
std::vector<MetaGraphDef> read_meta_graphs(const std::string& filename);
// A GraphDef from a file in any of its forms: a frozen graph. The same errors.
GraphDef read_graph(const std::string& filename);
// Writes the file in one atomic step; its folder is made if it is missing.
void write_meta_graph_file(const std::string& filename, const MetaGraphDef& meta_graph_def,
                           MessageForm form = MessageForm::kBinary,
                           Durability durability = Durability::kDurable);

}  // namespace train
}  // namespace tensorkeep
