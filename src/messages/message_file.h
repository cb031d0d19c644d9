#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "tensorkeep/meta_graph_file.h"

// Messages as bytes and back.
namespace tensorkeep::messages {

// The binary form, the same bytes for the same message.
std::string serialize(const google::protobuf::Message& message);
// Parses without a word on standard error. False if `bytes` are no such message.
bool parse_quietly(std::string_view bytes, google::protobuf::Message& message);

// Writes the file in one atomic step; makes its folder if it is missing.
void write_message(const std::string& filename, const google::protobuf::Message& message,
                   train::MessageForm form, Durability durability);

}  // namespace tensorkeep::messages
