#include "bundle/format.h"

#include <fmt/format.h>

#include "base/checked_math.h"
#include "proto/saved_forms.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/tensor_bundle.pb.h"

namespace tensorkeep::bundle {

std::string encode_header(const Header& header) {
  proto::BundleHeaderProto message;
  message.set_num_shards(header.num_shards);
  message.set_endianness(header.big_endian ? proto::BundleHeaderProto::BIG
                                           : proto::BundleHeaderProto::LITTLE);
  message.mutable_version()->set_producer(kCheckpointVersion);
  return message.SerializeAsString();
}

Header decode_header(std::string_view bytes, const std::string& file) {
  proto::BundleHeaderProto message;
  if (!parse_message(message, bytes) || message.num_shards() < 0) {
    throw errors::DataLossError(
        "Entry for key \"\" not parseable: the header of " + file + " is no checkpoint's",
        {.file = file});
  }
  check_versions(message.version(), file);
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
  if (!parse_message(message, bytes)) {
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
  auto shape = decode_saved_shape(message.shape());
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
