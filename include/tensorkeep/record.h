#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// TFRecord files: byte strings one after another, each in a frame of checksums. TensorBoard's event
// files are such files.
namespace tensorkeep {

// The CRC-32C of `bytes` under the mask that keeps checksums of checksums good.
std::uint32_t masked_crc32c(std::string_view bytes);

// `data` as it stands in a file: its length, the length's checksum, itself, its checksum.
std::string frame_record(std::string_view data);

// Reads a file's records in their order. The file may be growing: where it ends, or stops within
// the twelve bytes that open a record, next() has nothing now, and may have more later. For one
// thread.
class RecordReader {
 public:
  // Throws NotFoundError "path; No such file or directory", and what the file system says.
  explicit RecordReader(std::string path);
  ~RecordReader();
  RecordReader(RecordReader&&) noexcept;
  RecordReader& operator=(RecordReader&&) noexcept;

  // Throws DataLossError "corrupted record at 12" or "truncated record at 0"; the reader stays
  // where it is. Takes no more memory than the file has bytes, whatever a length claims.
  std::optional<std::string> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tensorkeep
