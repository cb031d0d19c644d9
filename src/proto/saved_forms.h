#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <string_view>

#include "tensor/slice.h"
#include "tensorkeep/proto/tensor_shape.pb.h"
#include "tensorkeep/proto/tensor_slice.pb.h"
#include "tensorkeep/proto/versions.pb.h"
#include "tensorkeep/shape.h"

// What the messages of both checkpoint formats are made of.
namespace tensorkeep {

// The version of the formats (not of TensorFlow) that is written, and the newest that is read.
inline constexpr int kCheckpointVersion = 1;

// false if the bytes are no such message, or too many for one.
bool parse_message(google::protobuf::MessageLite& message, std::string_view bytes);

// The shape of a stored tensor: fully defined, with a number of elements that fits 63 bits; nullopt
// for anything else.
std::optional<Shape> decode_saved_shape(const proto::TensorShapeProto& message);

// nullopt if an extent is negative or empty.
std::optional<TensorSlice> decode_slice(const proto::TensorSliceProto& message);
void encode_slice(const TensorSlice& slice, proto::TensorSliceProto& message);

// Throws InvalidArgumentError if the file wants a newer reader than this one.
void check_versions(const proto::VersionDef& versions, const std::string& file);

}  // namespace tensorkeep
