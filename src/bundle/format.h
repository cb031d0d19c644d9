#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/slice.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/shape.h"

// What the keys of a V2 index mean: BundleHeaderProto under "", BundleEntryProto under everything
// else (tensor_bundle.proto). Pure: bytes in, values out.
namespace tensorkeep::bundle {

struct Header {
  std::int32_t num_shards = 1;
  bool big_endian = false;
};

std::string encode_header(const Header& header);
// Throws DataLossError if the bytes are no header, InvalidArgumentError for a version that is not
// for us.
Header decode_header(std::string_view bytes, const std::string& file);

// An entry, as far as it can be made out. Nothing in it is to be trusted before `defect` is empty.
struct StoredEntry {
  DType dtype = DType::kInvalid;
  Shape shape;
  std::vector<TensorSlice> slices;
  std::int32_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t masked_crc = 0;
  std::string defect = {};  // what is wrong with it, in words for a DataLossError
};

std::string encode_entry(const StoredEntry& entry);
// Never throws for bad bytes: one bad entry does not make the others unreadable.
StoredEntry decode_entry(std::string_view key, std::string_view bytes);

// The bytes that `shape` takes in a file, where the type tells (not for strings and variants);
// nullopt if it does not or if they are more than 2^63.
std::optional<std::uint64_t> stored_size(DType dtype, const Shape& shape);

}  // namespace tensorkeep::bundle
