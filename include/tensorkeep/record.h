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

// Writes records to a file of its own. For one thread.
class RecordWriter {
 public:
  // Makes the file. Throws AlreadyExistsError if it is there, and what the file system says.
  explicit RecordWriter(const std::string& path);
  // Closes; errors are lost.
  ~RecordWriter();
  RecordWriter(RecordWriter&&) noexcept;
  RecordWriter& operator=(RecordWriter&&) noexcept;

  // The record waits for a flush, or for many more. Throws FailedPreconditionError after close().
  void write(std::string_view record);
  // Gives what waits to the system, so that every reader sees it. What could not be written waits
  // for the next flush.
  void flush();
  void close();  // flushes first; once is enough

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads a file's records in their order. The file may be growing: where it ends, or stops within
// the twelve bytes that open a record, next() has nothing now, and may have more later. For one
// thread.
class RecordReader {
 public:
  // Throws NotFoundError "path; No such file or directory", and what the file system says.
  explicit RecordReader(const std::string& path);
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
