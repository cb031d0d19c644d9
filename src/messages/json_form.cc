#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <memory>

#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph_file.h"

namespace tensorkeep::json_format {
namespace {

using google::protobuf::Message;

constexpr const char* kUrlPrefix = "type.googleapis.com";

void check(const google::protobuf::util::Status& status) {
  if (status.ok()) return;
  throw errors::InvalidArgumentError("Failed to parse JSON: " + std::string(status.message()));
}

}  // namespace

std::string MessageToJson(const Message& message) {
  const google::protobuf::LogSilencer silence;
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(
          kUrlPrefix, message.GetDescriptor()->file()->pool()));
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string text;
  // From the bytes, for these have their maps in order.
  const auto status = google::protobuf::util::BinaryToJsonString(
      resolver.get(), std::string(kUrlPrefix) + "/" + message.GetDescriptor()->full_name(),
      messages::serialize(message), &text, options);
  if (!status.ok()) {
    throw errors::InvalidArgumentError("Failed to serialize to JSON: " +
                                       std::string(status.message()));
  }
  return text;
}

void Parse(const std::string& text, Message& message) {
  const google::protobuf::LogSilencer silence;
  check(google::protobuf::util::JsonStringToMessage(text, &message));
}

}  // namespace tensorkeep::json_format
