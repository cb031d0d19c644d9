#include "io/faulty_file_system.h"

#include <fmt/format.h>

namespace tensorkeep::io {

class FaultyReadFile final : public RandomAccessFile {
 public:
  FaultyReadFile(std::unique_ptr<RandomAccessFile> base, FaultyFileSystem& files)
      : RandomAccessFile(base->path(), base->size()), base_(std::move(base)), files_(files) {}
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const override {
    files_.count(path());
    return base_->read(offset, out);
  }

 private:
  std::unique_ptr<RandomAccessFile> base_;
  FaultyFileSystem& files_;
};

class FaultyWriteFile final : public WritableFile {
 public:
  FaultyWriteFile(std::unique_ptr<WritableFile> base, FaultyFileSystem& files)
      : WritableFile(base->path()), base_(std::move(base)), files_(files) {}

  void append(std::span<const std::byte> bytes) override {
    try {
      files_.count(path());
    } catch (...) {
      base_->append(bytes.first(bytes.size() / 2));
      throw;
    }
    base_->append(bytes);
  }
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    try {
      files_.count(path());
    } catch (...) {
      base_->write_at(offset, bytes.first(bytes.size() / 2));
      throw;
    }
    base_->write_at(offset, bytes);
  }
  void preallocate(std::uint64_t bytes) override {
    files_.count(path());
    base_->preallocate(bytes);
  }
  void start_writeback(std::uint64_t offset, std::uint64_t bytes) override {
    base_->start_writeback(offset, bytes);
  }
  void sync() override {
    files_.count(path());
    base_->sync();
  }
  void close() override {
    files_.count(path());
    base_->close();
  }

 private:
  std::unique_ptr<WritableFile> base_;
  FaultyFileSystem& files_;
};

void FaultyFileSystem::fail_at(std::int64_t operation, errors::Code code, After after) {
  fail_at_ = operation;
  code_ = code;
  after_ = after;
}

void FaultyFileSystem::count(const std::string& path) {
  const std::int64_t number = operations_++;
  if (number < fail_at_ || (number > fail_at_ && after_ == After::kRecover)) return;
  errors::raise(code_, fmt::format("{}; injected fault at operation {}", path, number),
                {.file = path});
}

std::unique_ptr<RandomAccessFile> FaultyFileSystem::open(const std::string& path) {
  count(path);
  return std::make_unique<FaultyReadFile>(base_.open(path), *this);
}
std::unique_ptr<WritableFile> FaultyFileSystem::create(const std::string& path, Create mode) {
  count(path);
  return std::make_unique<FaultyWriteFile>(base_.create(path, mode), *this);
}
void FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  count(from);
  base_.rename(from, to);
}
void FaultyFileSystem::link(const std::string& from, const std::string& to) {
  count(from);
  if (links_forbidden_) {
    throw errors::UnimplementedError(from + "; Operation not supported", {.file = from});
  }
  base_.link(from, to);
}
void FaultyFileSystem::remove(const std::string& path) {
  count(path);
  base_.remove(path);
}
void FaultyFileSystem::remove_directory(const std::string& path) {
  count(path);
  base_.remove_directory(path);
}
void FaultyFileSystem::create_directory(const std::string& path) {
  count(path);
  base_.create_directory(path);
}
std::vector<std::string> FaultyFileSystem::list(const std::string& path) {
  count(path);
  return base_.list(path);
}
std::optional<FileInfo> FaultyFileSystem::stat(const std::string& path) {
  count(path);
  return base_.stat(path);
}
void FaultyFileSystem::sync_directory(const std::string& path) {
  count(path);
  base_.sync_directory(path);
}
std::optional<std::uint64_t> FaultyFileSystem::free_space(const std::string& path) {
  count(path);
  return base_.free_space(path);
}

}  // namespace tensorkeep::io
