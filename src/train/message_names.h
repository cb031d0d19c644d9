#pragma once

#include <functional>
#include <string>

#include "messages/message_file.h"
#include "tensorkeep/errors.h"

// Names of the graph in messages that collections hold and that are not objects here: control flow
// contexts and queue runners.
namespace tensorkeep::train {

// Whether the collection holds such messages.
bool holds_named_messages(const std::string& key);

// The name that tells what scope the message `bytes` of the collection `key` belongs to. Throws
// DataLossError if it cannot be read.
std::string name_in_message(const std::string& key, const std::string& bytes);

// The message with all names changed by `rename`. Unknown fields stay.
std::string rename_in_message(const std::string& key, const std::string& bytes,
                              const std::function<std::string(const std::string&)>& rename);

// A message of a collection. Throws DataLossError.
template <typename Message>
Message parse_in_collection(const std::string& key, const std::string& bytes) {
  Message message;
  if (!messages::parse_quietly(bytes, message)) {
    throw errors::DataLossError("Error parsing message: collection '" + key +
                                "' holds bytes that are no " + message.GetDescriptor()->name());
  }
  return message;
}

}  // namespace tensorkeep::train
