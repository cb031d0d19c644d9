#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/type.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <memory>

#include "messages/message_file.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph_file.h"

namespace tensorkeep::json_format {
namespace {

using google::protobuf::Message;
using google::protobuf::util::Status;
using google::protobuf::util::TypeResolver;

constexpr const char* kUrlPrefix = "type.googleapis.com";
constexpr const char* kAny = "type.googleapis.com/google.protobuf.Any";
// An Any under a name that has no form of its own in JSON, so that its bytes are kept.
constexpr const char* kPlainAny = "type.googleapis.com/tensorkeep.PlainAny";

class Resolver : public TypeResolver {
 public:
  explicit Resolver(const Message& message)
      : url_(std::string(kUrlPrefix) + "/" + message.GetDescriptor()->full_name()),
        all_(google::protobuf::util::NewTypeResolverForDescriptorPool(
            kUrlPrefix, message.GetDescriptor()->file()->pool())) {}

  const std::string& url() const { return url_; }

  Status ResolveMessageType(const std::string& url, google::protobuf::Type* type) override {
    const bool plain = url == kPlainAny;
    const Status status = all_->ResolveMessageType(plain ? kAny : url, type);
    if (!status.ok()) return status;
    if (plain) type->set_name("tensorkeep.PlainAny");
    for (auto& field : *type->mutable_fields()) {
      if (field.type_url() == kAny) field.set_type_url(kPlainAny);
    }
    return status;
  }
  Status ResolveEnumType(const std::string& url, google::protobuf::Enum* type) override {
    return all_->ResolveEnumType(url, type);
  }

 private:
  std::string url_;
  std::unique_ptr<TypeResolver> all_;
};

void check(const Status& status, const char* what) {
  if (status.ok()) return;
  throw errors::InvalidArgumentError(std::string(what) + ": " + std::string(status.message()));
}

}  // namespace

std::string MessageToJson(const Message& message) {
  const google::protobuf::LogSilencer silence;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  Resolver resolver(message);
  std::string text;
  // From the bytes, for these have their maps in order.
  check(google::protobuf::util::BinaryToJsonString(&resolver, resolver.url(),
                                                   messages::serialize(message), &text, options),
        "Failed to serialize to JSON");
  return text;
}

void Parse(const std::string& text, Message& message) {
  const google::protobuf::LogSilencer silence;
  Resolver resolver(message);
  std::string bytes;
  check(google::protobuf::util::JsonToBinaryString(&resolver, resolver.url(), text, &bytes),
        "Failed to parse JSON");
  if (!messages::parse_quietly(bytes, message)) {
    throw errors::InvalidArgumentError("Failed to parse JSON: it holds no " +
                                       message.GetDescriptor()->name());
  }
}

}  // namespace tensorkeep::json_format
