#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "tensorkeep/session.h"

// Messages as files and back.
namespace tensorkeep::train {

// The binary form, the same bytes for the same message.
std::string serialize(const google::protobuf::Message& message);
// Parses without a word on standard error. False if `bytes` are no such message.
bool parse_quietly(std::string_view bytes, google::protobuf::Message& message);

// Writes the file in one atomic step; makes its folder if it is missing.
void write_message(const std::string& filename, const google::protobuf::Message& message,
                   bool as_text, Durability durability);

}  // namespace tensorkeep::train
