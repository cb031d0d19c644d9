#include "proto/tensor_proto.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstring>

#include "target.h"

// A TensorProto: what reads is written as a message that reads the same.
namespace tensorkeep::fuzz {
namespace {

// A message of a few bytes may rightly stand for gigabytes of zeros, which take their time.
constexpr std::int64_t kMostElements = std::int64_t{1} << 20;

bool equal(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) return false;
  if (a.dtype() == DType::kString) {
    return std::ranges::equal(a.data<std::string>(), b.data<std::string>());
  }
  return a.num_bytes() == 0 || std::memcmp(a.raw_data(), b.raw_data(), a.num_bytes()) == 0;
}

}  // namespace

void run(std::string_view input) {
  const google::protobuf::LogSilencer silence;
  proto::TensorProto message;
  if (!message.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  const auto count = shape_from_proto(message.tensor_shape()).checked_num_elements();
  if (count && *count > kMostElements && message.tensor_content().empty()) return;
  const Tensor tensor = tensor_from_proto(message);
  const bool reads =
      succeeds([&] { require(equal(tensor, tensor_from_proto(tensor_to_proto(tensor)))); });
  require(reads);
}

}  // namespace tensorkeep::fuzz
