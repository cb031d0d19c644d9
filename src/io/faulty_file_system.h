#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::io {

// Another file system whose n-th operation fails: every call counts, on files too. A write that
// fails has written half of its bytes.
class FaultyFileSystem final : public FileSystem {
 public:
  enum class After {
    kRecover,  // only the one operation fails
    kDead,     // nothing works any more, as if the process had died
  };

  explicit FaultyFileSystem(FileSystem& base) : base_(base) {}

  // Operation number `operation` (from 0) fails with `code`.
  void fail_at(std::int64_t operation, errors::Code code = errors::Code::kResourceExhausted,
               After after = After::kRecover);
  void forbid_links() { links_forbidden_ = true; }
  std::int64_t operations() const { return operations_; }
  bool has_failed() const { return operations_ > fail_at_; }

  std::unique_ptr<RandomAccessFile> open(const std::string& path) override;
  std::unique_ptr<WritableFile> create(const std::string& path, Create mode) override;
  void rename(const std::string& from, const std::string& to) override;
  void link(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void remove_directory(const std::string& path) override;
  void create_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
  std::optional<FileInfo> stat(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::optional<std::uint64_t> free_space(const std::string& path) override;

 private:
  friend class FaultyReadFile;
  friend class FaultyWriteFile;
  // Counts an operation; throws if it is one that fails.
  void count(const std::string& path);

  FileSystem& base_;
  std::atomic<std::int64_t> operations_{0};
  std::int64_t fail_at_ = std::int64_t{1} << 62;
  errors::Code code_ = errors::Code::kResourceExhausted;
  After after_ = After::kRecover;
  bool links_forbidden_ = false;
};

}  // namespace tensorkeep::io
