#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "io/file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::io {
namespace {

errors::Code code_of(int error) {
  switch (error) {
    case ENOENT:
      return errors::Code::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return errors::Code::kPermissionDenied;
    case EEXIST:
      return errors::Code::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return errors::Code::kResourceExhausted;
    case ENOTDIR:
    case EISDIR:
    case ENOTEMPTY:
    case EBUSY:
      return errors::Code::kFailedPrecondition;
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP:
      return errors::Code::kInvalidArgument;
    case ENOSYS:
    case EOPNOTSUPP:
    case EXDEV:
    case EMLINK:
      return errors::Code::kUnimplemented;
    case EIO:
      return errors::Code::kDataLoss;
    default:
      return errors::Code::kUnknown;
  }
}

[[noreturn]] void fail(int error, const std::string& path, const std::string& more = {}) {
  errors::raise(code_of(error), fmt::format("{}; {}{}", path, std::strerror(error), more),
                {.file = path});
}

std::optional<std::uint64_t> free_bytes(const std::string& directory) {
  struct statvfs info;
  if (statvfs(directory.c_str(), &info) != 0 || info.f_blocks == 0) return std::nullopt;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

[[noreturn]] void fail_writing(int error, const std::string& path, std::uint64_t bytes) {
  std::string more;
  if (error == ENOSPC) {
    const auto free = free_bytes(directory_of(path));
    more = fmt::format(" ({} bytes needed", bytes);
    more += free ? fmt::format(", {} free)", *free) : ")";
  }
  fail(error, path, more);
}

// Calls f until it is not interrupted.
template <typename F>
auto uninterrupted(F f) {
  decltype(f()) result;
  do {
    result = f();
  } while (result == -1 && errno == EINTR);
  return result;
}

// One system call moves at most 2 GiB; smaller pieces keep interrupts short.
constexpr std::size_t kLargestTransfer = std::size_t{1} << 30;

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) {
    fd_ = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
    if (fd_ < 0) fail(errno, path);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

class PosixReadFile final : public RandomAccessFile {
 public:
  PosixReadFile(const std::string& path, std::unique_ptr<Descriptor> file, std::uint64_t size)
      : RandomAccessFile(path, size), file_(std::move(file)) {}

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::size_t size = std::min(out.size() - done, kLargestTransfer);
      const ssize_t got = uninterrupted([&] {
        return pread(file_->get(), out.data() + done, size, static_cast<off_t>(offset + done));
      });
      if (got < 0) fail(errno, path());
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::shared_ptr<const std::byte> map(std::uint64_t offset, std::uint64_t bytes) const override {
    if (bytes == 0 || offset > size() || bytes > size() - offset) return nullptr;
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::uint64_t before = offset % page;
    const std::size_t length = static_cast<std::size_t>(bytes + before);
    void* start = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file_->get(),
                       static_cast<off_t>(offset - before));
    if (start == MAP_FAILED) return nullptr;
    std::shared_ptr<void> owner(start, [length](void* p) { munmap(p, length); });
    return {owner, static_cast<const std::byte*>(start) + before};
  }

 private:
  std::unique_ptr<Descriptor> file_;
};

class PosixWriteFile final : public WritableFile {
 public:
  PosixWriteFile(const std::string& path, int flags) : WritableFile(path), file_(path, flags) {}

  void append(std::span<const std::byte> bytes) override {
    write_at(end_, bytes);
    end_ += bytes.size();
  }

  void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const std::size_t size = std::min(bytes.size(), kLargestTransfer);
      const ssize_t done = uninterrupted(
          [&] { return pwrite(file_.get(), bytes.data(), size, static_cast<off_t>(offset)); });
      if (done < 0) fail_writing(errno, path(), bytes.size());
      offset += static_cast<std::uint64_t>(done);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
  }

  void preallocate(std::uint64_t bytes) override {
    if (bytes == 0) return;
    // Not posix_fallocate, which would write zeros where the file system has no such call.
    if (uninterrupted([&] { return fallocate(file_.get(), 0, 0, static_cast<off_t>(bytes)); }) ==
        0) {
      return;
    }
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) fail_writing(errno, path(), bytes);
  }

  void start_writeback(std::uint64_t offset, std::uint64_t bytes) override {
    // A hint; what goes wrong here, sync() will tell.
    sync_file_range(file_.get(), static_cast<off_t>(offset), static_cast<off_t>(bytes),
                    SYNC_FILE_RANGE_WRITE);
  }

  void sync() override {
    if (uninterrupted([&] { return fsync(file_.get()); }) != 0) fail(errno, path());
  }

  void close() override {
    const int fd = file_.release();
    // Not repeated on EINTR: Linux has closed the descriptor by then.
    if (fd >= 0 && ::close(fd) != 0 && errno != EINTR) fail(errno, path());
  }

 private:
  Descriptor file_;
  std::uint64_t end_ = 0;
};

class PosixFileSystem final : public FileSystem {
 public:
  std::unique_ptr<RandomAccessFile> open(const std::string& path) override {
    auto file = std::make_unique<Descriptor>(path, O_RDONLY);
    struct stat info;
    if (fstat(file->get(), &info) != 0) fail(errno, path);
    if (S_ISDIR(info.st_mode)) fail(EISDIR, path);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    return std::make_unique<PosixReadFile>(path, std::move(file), size);
  }

  std::unique_ptr<WritableFile> create(const std::string& path, Create mode) override {
    const int flags = O_WRONLY | O_CREAT | (mode == Create::kExclusive ? O_EXCL : O_TRUNC);
    return std::make_unique<PosixWriteFile>(path, flags);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(errno, from, ", renaming it to " + to);
  }

  void link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) == 0) return;
    // Linux says EPERM where a file system has no hard links.
    const int error = errno == EPERM ? EOPNOTSUPP : errno;
    fail(error, from, ", linking it as " + to);
  }

  void remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) fail(errno, path);
  }

  void remove_directory(const std::string& path) override {
    if (::rmdir(path.c_str()) != 0) fail(errno, path);
  }

  void create_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0777) == 0) return;
    const int error = errno;
    if (error == EEXIST && is_directory(path)) return;
    fail(error, path);
  }

  std::vector<std::string> list(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
    if (!directory) fail(errno, path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) fail(errno, path);
    std::sort(names.begin(), names.end());
    return names;
  }

  std::optional<FileInfo> stat(const std::string& path) override {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
      fail(errno, path);
    }
    return FileInfo{
        static_cast<std::uint64_t>(info.st_size),
        static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec,
        S_ISDIR(info.st_mode)};
  }

  void sync_directory(const std::string& path) override {
    const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
    // Some file systems cannot sync a directory and need not.
    if (fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP) fail(errno, path);
  }

  std::optional<std::uint64_t> free_space(const std::string& path) override {
    return free_bytes(path);
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem files;
  return files;
}

}  // namespace tensorkeep::io
