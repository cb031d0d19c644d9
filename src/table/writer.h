#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"

namespace tensorkeep::table {

// Entries that follow each other: a key is stored as what it differs in from the one before, except
// at restart points, whose offsets stand at the block's end.
class BlockBuilder {
 public:
  explicit BlockBuilder(int restart_interval) : restart_interval_(restart_interval) {}
  bool empty() const { return contents_.empty(); }
  std::size_t size() const;  // when finished
  void add(std::string_view key, std::string_view value);
  // The block, without its trailer; the builder is empty afterwards.
  std::string finish();

 private:
  int restart_interval_;
  int since_restart_ = 0;
  std::string contents_;
  std::vector<std::uint32_t> restarts_ = {0};
  std::string last_key_;
};

// Writes a LevelDB table as TensorFlow does: as libleveldb's TableBuilder with large blocks and no
// compression, and a block of its own for every value of two block sizes or more. Such a value
// never has to be in memory as a whole.
class Writer {
 public:
  explicit Writer(io::WritableFile& file) : file_(file) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Keys must rise strictly in byte order: InternalError otherwise. Errors of the file are thrown.
  void add(std::string_view key, std::string_view value);
  // The same for a value in pieces: `produce` is called once, and gives exactly `size` bytes to the
  // sink. InternalError if it gives another number.
  using Sink = std::function<void(std::span<const std::byte>)>;
  using Producer = std::function<void(const Sink&)>;
  void add(std::string_view key, std::uint64_t size, const Producer& produce);
  // Writes index and footer; returns the file's size. The file is neither synced nor closed.
  std::uint64_t finish();

 private:
  struct Handle {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  static std::string encode(const Handle& handle);
  void begin(std::string_view key, std::uint64_t value_size);
  void add_pending_index_entry(const std::string& separator);
  void flush();
  Handle write_block(const std::string& contents);
  void put(std::span<const std::byte> bytes);

  io::WritableFile& file_;
  std::uint64_t offset_ = 0;
  BlockBuilder data_{16};
  BlockBuilder index_{1};
  std::optional<std::string> last_key_;
  std::optional<Handle> pending_;  // a written block that the index does not have yet
};

}  // namespace tensorkeep::table
