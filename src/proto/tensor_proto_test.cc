#include "proto/tensor_proto.h"

#include <gtest/gtest.h>

#include <string>

namespace tensorkeep {
namespace {

TEST(TensorProtoTest, BoolsOfAnyByteButZeroAreTrue) {
  const std::string stored{'\0', '\1', '\x81'};
  proto::TensorProto message;
  message.set_dtype(proto::DT_BOOL);
  message.mutable_tensor_shape()->add_dim()->set_size(3);
  message.set_tensor_content(stored);
  const Tensor tensor = tensor_from_proto(message);
  EXPECT_EQ(std::string(static_cast<const char*>(tensor.raw_data()), 3), (std::string{0, 1, 1}));
}

}  // namespace
}  // namespace tensorkeep
