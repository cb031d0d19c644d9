#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "bundle/format.h"
#include "io/file_system.h"
#include "tensor/slice.h"

namespace tensorkeep::bundle {

// What is to be said of a tensor, or of a part of one.
struct Description {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;                             // of what is saved: the part's, if it is one
  std::optional<ShapeAndSlice> part = {};  // the whole tensor's shape, and which part of it
};

// Gathers the entries of an index.
class IndexBuilder {
 public:
  // Adds the entry of a tensor whose bytes begin at `offset`, and tells its key: the name, or that
  // of a slice. Throws InvalidArgumentError for an empty name, "Adding duplicate key: X", a part
  // that does not fit the others.
  std::string add(const Description& tensor, std::uint64_t offset, std::uint64_t size);
  void set_crc(const std::string& key, std::uint32_t masked_crc);

  // Bytes of the file, at most.
  std::uint64_t bytes() const { return bytes_; }
  // Writes the table; shards count from `first_shard`.
  void write(io::WritableFile& out, int first_shard, int total) const;

 private:
  void add_key(const Description& tensor, const std::string& key, StoredEntry entry);
  void add_slice(const Description& tensor);

  std::map<std::string, StoredEntry> entries_;
  std::uint64_t bytes_ = 4096;
};

}  // namespace tensorkeep::bundle
