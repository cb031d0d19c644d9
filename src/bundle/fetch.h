#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bundle/format.h"
#include "bundle/place.h"
#include "bundle/shards.h"
#include "tensorkeep/tensor.h"

// Bytes of stored entries: bounds first, then reading with the checksum taken on the way.
namespace tensorkeep::bundle {

struct Source {
  const Shards& shards;
  Header header;
  std::string prefix;
};

// Throws what is wrong with an entry before a byte of its data is touched: a defect, a size that is
// not the shape's, a data file that is missing or too short. `name` is for the texts.
Place check_entry(const Source& source, std::string_view name, const StoredEntry& entry);

// One tensor of fixed-size elements, to be read into memory of the entry's size.
struct Fetch {
  std::string_view name;
  const StoredEntry* entry = nullptr;
  std::span<std::byte> out;
};
// Reads all of them by several threads in pieces; the first error in order is thrown. Values are in
// this machine's byte order afterwards.
void fetch_all(const Source& source, std::span<const Fetch> fetches, int threads);

Tensor fetch_strings(const Source& source, std::string_view name, const StoredEntry& entry);
// Reads and checks an entry without keeping it, through a small buffer.
void verify_entry(const Source& source, std::string_view name, const StoredEntry& entry);

// Turns elements of `dtype` around, from the other byte order.
void swap_bytes(DType dtype, std::span<std::byte> bytes);

}  // namespace tensorkeep::bundle
