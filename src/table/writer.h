#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/file_system.h"

namespace tensorkeep::table {

// Writes a LevelDB table as TensorFlow does: libleveldb's TableBuilder with large blocks and no
// compression, and a block of its own for every value of two block sizes or more.
class Writer {
 public:
  explicit Writer(io::WritableFile& file);
  ~Writer();  // gives up if finish() was not called
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Keys must rise strictly in byte order: InternalError otherwise. Errors of the file are thrown.
  void add(std::string_view key, std::string_view value);
  // Writes index and footer; returns the file's size. The file is neither synced nor closed.
  std::uint64_t finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tensorkeep::table
