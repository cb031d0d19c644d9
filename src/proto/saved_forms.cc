#include "proto/saved_forms.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

constexpr int kMaxRank = 254;  // TensorFlow's

}  // namespace

bool parse_message(google::protobuf::MessageLite& message, std::string_view bytes) {
  const google::protobuf::LogSilencer silence;  // it complains of names that are no UTF-8
  return bytes.size() < (std::size_t{1} << 31) &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

std::optional<Shape> decode_saved_shape(const proto::TensorShapeProto& message) {
  if (message.unknown_rank() || message.dim_size() > kMaxRank) return std::nullopt;
  std::vector<std::int64_t> dims;
  for (const auto& dim : message.dim()) {
    if (dim.size() < 0) return std::nullopt;
    dims.push_back(dim.size());
  }
  Shape shape(std::move(dims));
  if (!shape.checked_num_elements()) return std::nullopt;
  return shape;
}

std::optional<TensorSlice> decode_slice(const proto::TensorSliceProto& message) {
  std::vector<TensorSlice::Extent> extents;
  for (const auto& extent : message.extent()) {
    const bool full =
        extent.has_length_hack_case() == proto::TensorSliceProto::Extent::HAS_LENGTH_HACK_NOT_SET;
    if (!full && (extent.start() < 0 || extent.length() <= 0)) return std::nullopt;
    extents.push_back(full ? TensorSlice::Extent{}
                           : TensorSlice::Extent{extent.start(), extent.length()});
  }
  return TensorSlice(std::move(extents));
}

void encode_slice(const TensorSlice& slice, proto::TensorSliceProto& message) {
  for (const TensorSlice::Extent& extent : slice.extents()) {
    auto* out = message.add_extent();
    if (extent.full()) continue;
    out->set_start(extent.start);
    out->set_length(extent.length);
  }
}

void check_versions(const proto::VersionDef& versions, const std::string& file) {
  const auto refuse = [&](const std::string& text) {
    throw errors::InvalidArgumentError(text + " (" + file + ")", {.file = file});
  };
  if (versions.min_consumer() > kCheckpointVersion) {
    refuse(
        fmt::format("Checkpoint min consumer version {} above current version {}. Please "
                    "upgrade tensorkeep.",
                    versions.min_consumer(), kCheckpointVersion));
  }
  for (const int bad : versions.bad_consumers()) {
    if (bad == kCheckpointVersion) {
      refuse(
          fmt::format("Checkpoint disallows consumer version {}. Please upgrade tensorkeep: this "
                      "version is likely buggy.",
                      bad));
    }
  }
}

}  // namespace tensorkeep
