#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/durability.h"

// The seam between the formats and the disk. Everything that touches files goes through a
// FileSystem, so that tests can run in memory and can fail any operation.
//
// Errors are exceptions of tensorkeep/errors.h with the path in file(): NotFoundError (ENOENT),
// PermissionDeniedError, AlreadyExistsError, ResourceExhaustedError (disk full; the text names the
// bytes needed and free), FailedPreconditionError (not empty, is a directory, not a directory),
// UnimplementedError (this file system cannot), UnknownError. Texts read "<path>; <reason>", as
// TensorFlow's.
//
// Thread safety: a FileSystem may be used from any thread. A file object: see there.
namespace tensorkeep::io {

struct FileInfo {
  std::uint64_t size = 0;     // bytes
  std::int64_t mtime_ns = 0;  // last modification, nanoseconds since 1970 (UTC)
  bool is_directory = false;
};

using tensorkeep::Durability;

// A file open for reading. Methods are const and may be called from several threads at once.
class RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;

  const std::string& path() const { return path_; }
  // Bytes in the file when it was opened.
  std::uint64_t size() const { return size_; }
  // Fills `out` from `offset` on and returns the number of bytes read: fewer than out.size() only
  // where the file ends.
  virtual std::size_t read(std::uint64_t offset, std::span<std::byte> out) const = 0;
  // The same, but a file that ends too early is an OutOfRangeError.
  void read_exactly(std::uint64_t offset, std::span<std::byte> out) const;
  // A private, read-only map of [offset, offset + bytes), or null where there is none. It stays
  // valid after the file object is gone; offset need not be aligned.
  virtual std::shared_ptr<const std::byte> map(std::uint64_t offset, std::uint64_t bytes) const;

 protected:
  RandomAccessFile(std::string path, std::uint64_t size) : path_(std::move(path)), size_(size) {}

 private:
  std::string path_;
  std::uint64_t size_;
};

// A file open for writing. write_at may be called from several threads at once for ranges that do
// not overlap; everything else is for one thread. The destructor closes and ignores errors.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  WritableFile(const WritableFile&) = delete;
  WritableFile& operator=(const WritableFile&) = delete;

  const std::string& path() const { return path_; }
  // Writes after everything appended so far.
  virtual void append(std::span<const std::byte> bytes) = 0;
  virtual void write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  // Reserves room for `bytes` bytes from the start and makes the file that long. A hint: does
  // nothing where the file system cannot; ResourceExhaustedError where the disk is too full.
  virtual void preallocate(std::uint64_t bytes) = 0;
  // Asks the system to begin writing [offset, offset + bytes) to the disk; does not wait.
  virtual void start_writeback(std::uint64_t offset, std::uint64_t bytes) = 0;
  // Returns when the contents are on the disk.
  virtual void sync() = 0;
  virtual void close() = 0;

 protected:
  explicit WritableFile(std::string path) : path_(std::move(path)) {}

 private:
  std::string path_;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual std::unique_ptr<RandomAccessFile> open(const std::string& path) = 0;
  enum class Create { kTruncate, kExclusive };
  virtual std::unique_ptr<WritableFile> create(const std::string& path,
                                               Create mode = Create::kTruncate) = 0;
  // Replaces `to` if it is there, in one atomic step.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  // A second name for the same file; AlreadyExistsError if `to` is there, UnimplementedError where
  // the file system has no hard links.
  virtual void link(const std::string& from, const std::string& to) = 0;
  virtual void remove(const std::string& path) = 0;            // a file
  virtual void remove_directory(const std::string& path) = 0;  // an empty directory
  // One directory; fine if it is there already.
  virtual void create_directory(const std::string& path) = 0;
  // Names (not paths) in a directory, sorted, without "." and "..".
  virtual std::vector<std::string> list(const std::string& path) = 0;
  // nullopt if there is nothing under this name.
  virtual std::optional<FileInfo> stat(const std::string& path) = 0;
  // Returns when the names in the directory are on the disk.
  virtual void sync_directory(const std::string& path) = 0;
  // Bytes an ordinary user may still write in the directory; nullopt if nobody can tell.
  virtual std::optional<std::uint64_t> free_space(const std::string& path) = 0;

  bool exists(const std::string& path) { return stat(path).has_value(); }
  bool is_directory(const std::string& path);
  void create_directories(const std::string& path);  // like mkdir -p
};

// The operating system's files. Lives as long as the process.
FileSystem& posix_file_system();

// "a/b/c" -> "a/b"; "c" -> "."; "/c" -> "/".
std::string directory_of(std::string_view path);
// "a/b/c" -> "c".
std::string base_name_of(std::string_view path);
// "a", "b" -> "a/b"; an absolute second part replaces the first.
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace tensorkeep::io
