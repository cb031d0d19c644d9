#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "table/value_stream.h"

namespace tensorkeep::table {

// Reads a LevelDB table (SSTable): V2 index files and V1 checkpoints. Unlike libleveldb it never
// allocates more than the file's own size warrants, and knows every way in which a file can lie.
//
// Every error is a DataLossError in TensorFlow's words with file and byte range: "file is too short
// to be an sstable", "not an sstable (bad magic number)", "block checksum mismatch", ... Methods
// are const and may be called from several threads at once.
class Reader {
 public:
  // Reads footer and index block.
  explicit Reader(std::unique_ptr<io::RandomAccessFile> file);
  ~Reader();

  // Visits every entry in order; keys rise strictly. The views are good during the call.
  using Visitor = std::function<void(std::string_view key, std::string_view value)>;
  void for_each(const Visitor& visit) const;
  // The value under one key.
  std::optional<std::string> get(std::string_view key) const;

  // The value under one key without reading all of it, for values of any size; the reader must live
  // longer. Blocks of small values stay in memory for the next call.
  std::optional<ValueStream> open_value(std::string_view key) const;

  const io::RandomAccessFile& file() const { return *file_; }

 private:
  struct Handle {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  struct Lookup;  // what open_value() keeps
  struct Block;
  // Of the block that has the key if any has; nullopt if none can.
  std::optional<Handle> find_block(std::string_view key) const;
  std::shared_ptr<const Block> load_block(const Handle& handle) const;
  bool is_large(const Handle& handle) const;
  Handle take_handle(std::string_view& input) const;
  std::string read_block(const Handle& handle) const;
  // Visits a block's entries until `visit` says false.
  void scan_block(std::string_view block, const Handle& handle,
                  const std::function<bool(std::string_view, std::string_view)>& visit) const;
  [[noreturn]] void fail(std::string_view what, std::uint64_t begin, std::uint64_t end) const;

  std::unique_ptr<io::RandomAccessFile> file_;
  Handle index_handle_;
  std::string index_;
  std::unique_ptr<Lookup> lookup_;
};

}  // namespace tensorkeep::table
