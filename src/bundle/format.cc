#include "bundle/format.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "base/checked_math.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/tensor_bundle.pb.h"

namespace tensorkeep::bundle {
namespace {

// The version of the format (not of TensorFlow): what is written, and the newest that can be read.
constexpr int kProducer = 1;
constexpr int kConsumer = 1;
constexpr int kMaxRank = 254;  // TensorFlow's

bool parse(google::protobuf::MessageLite& message, std::string_view bytes) {
  const google::protobuf::LogSilencer silence;  // it complains of names that are no UTF-8
  return bytes.size() < (std::size_t{1} << 31) &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// The shape, or nullopt.
std::optional<Shape> decode_shape(const proto::TensorShapeProto& message) {
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

}  // namespace

std::string encode_header(const Header& header) {
  proto::BundleHeaderProto message;
  message.set_num_shards(header.num_shards);
  message.set_endianness(header.big_endian ? proto::BundleHeaderProto::BIG
                                           : proto::BundleHeaderProto::LITTLE);
  message.mutable_version()->set_producer(kProducer);
  return message.SerializeAsString();
}

Header decode_header(std::string_view bytes, const std::string& file) {
  proto::BundleHeaderProto message;
  if (!parse(message, bytes) || message.num_shards() < 0) {
    throw errors::DataLossError(
        "Entry for key \"\" not parseable: the header of " + file + " is no checkpoint's",
        {.file = file});
  }
  const auto& version = message.version();
  const auto refuse = [&](const std::string& text) {
    throw errors::InvalidArgumentError(text + " (" + file + ")", {.file = file});
  };
  if (version.min_consumer() > kConsumer) {
    refuse(
        fmt::format("Checkpoint min consumer version {} above current version {}. Please "
                    "upgrade tensorkeep.",
                    version.min_consumer(), kConsumer));
  }
  for (const int bad : version.bad_consumers()) {
    if (bad == kConsumer) {
      refuse(
          fmt::format("Checkpoint disallows consumer version {}. Please upgrade tensorkeep: this "
                      "version is likely buggy.",
                      bad));
    }
  }
  return {message.num_shards(), message.endianness() == proto::BundleHeaderProto::BIG};
}

std::string encode_entry(const StoredEntry& entry) {
  proto::BundleEntryProto message;
  message.set_dtype(static_cast<proto::DataType>(entry.dtype));
  auto* shape = message.mutable_shape();  // there even if it stays empty
  for (const std::int64_t dim : entry.shape.dims()) shape->add_dim()->set_size(dim);
  message.set_shard_id(entry.shard);
  message.set_offset(static_cast<std::int64_t>(entry.offset));
  message.set_size(static_cast<std::int64_t>(entry.size));
  message.set_crc32c(entry.masked_crc);
  for (const TensorSlice& slice : entry.slices) encode_slice(slice, *message.add_slices());
  return message.SerializeAsString();
}

StoredEntry decode_entry(std::string_view key, std::string_view bytes) {
  StoredEntry entry;
  proto::BundleEntryProto message;
  if (!parse(message, bytes)) {
    entry.defect = fmt::format("Entry for key {} not parseable.", key);
    return entry;
  }
  entry.dtype = static_cast<DType>(message.dtype());
  entry.shard = message.shard_id();
  entry.offset = static_cast<std::uint64_t>(message.offset());
  entry.size = static_cast<std::uint64_t>(message.size());
  entry.masked_crc = message.crc32c();
  if (!is_known(entry.dtype) || is_ref(entry.dtype)) {
    entry.defect = fmt::format("Invalid type {} in bundle entry: key {}",
                               static_cast<int>(message.dtype()), key);
    return entry;
  }
  auto shape = decode_shape(message.shape());
  if (!shape) {
    entry.shape = Shape::unknown();
    entry.defect = fmt::format("Invalid tensor shape: {} {}", key,
                               message.shape().ShortDebugString().substr(0, 1000));
    return entry;
  }
  entry.shape = std::move(*shape);
  if (message.offset() < 0 || message.size() < 0 || message.shard_id() < 0 ||
      !checked_add(message.offset(), message.size())) {
    entry.defect = fmt::format("Invalid place in bundle entry: key {}; shard {} offset {} size {}",
                               key, message.shard_id(), message.offset(), message.size());
    return entry;
  }
  for (const auto& stored : message.slices()) {
    auto slice = decode_slice(stored);
    bool fits = slice.has_value() && slice->rank() == entry.shape.rank();
    try {
      if (fits) slice->resolved(entry.shape);
    } catch (const errors::InternalError&) {
      fits = false;
    }
    if (!fits) {
      entry.slices.clear();
      entry.defect = fmt::format("Invalid slice in bundle entry: key {}; shape {}", key,
                                 entry.shape.debug_string());
      return entry;
    }
    entry.slices.push_back(std::move(*slice));
  }
  return entry;
}

std::optional<std::uint64_t> stored_size(DType dtype, const Shape& shape) {
  const std::size_t width = size_of(dtype);
  const auto count = shape.checked_num_elements();
  if (width == 0 || !count) return std::nullopt;
  const auto bytes = checked_mul(*count, static_cast<std::int64_t>(width));
  if (!bytes) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

}  // namespace tensorkeep::bundle
