#include "io/memory_file_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tensorkeep/errors.h"

namespace tensorkeep::io {
namespace {

[[noreturn]] void fail(errors::Code code, const std::string& path, const char* reason) {
  errors::raise(code, fmt::format("{}; {}", path, reason), {.file = path});
}

[[noreturn]] void fail_not_found(const std::string& path) {
  fail(errors::Code::kNotFound, path, "No such file or directory");
}

class MemoryReadFile final : public RandomAccessFile {
 public:
  MemoryReadFile(const std::string& path, std::shared_ptr<MemoryFileSystem::Inode> inode,
                 std::mutex& mutex)
      : RandomAccessFile(path, inode->contents.size()), inode_(std::move(inode)), mutex_(mutex) {}

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::lock_guard lock(mutex_);
    const std::string& contents = inode_->contents;
    if (offset >= contents.size()) return 0;
    const std::size_t size = std::min<std::uint64_t>(out.size(), contents.size() - offset);
    if (size > 0) std::memcpy(out.data(), contents.data() + offset, size);
    return size;
  }

 private:
  std::shared_ptr<MemoryFileSystem::Inode> inode_;
  std::mutex& mutex_;
};

}  // namespace

class MemoryWriteFile final : public WritableFile {
 public:
  MemoryWriteFile(const std::string& path, std::shared_ptr<MemoryFileSystem::Inode> inode,
                  MemoryFileSystem& files)
      : WritableFile(path), inode_(std::move(inode)), files_(files) {}

  void append(std::span<const std::byte> bytes) override {
    write_at(end_, bytes);
    end_ += bytes.size();
  }
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const std::lock_guard lock(files_.mutex_);
    std::string& contents = inode_->contents;
    if (contents.size() < offset + bytes.size()) contents.resize(offset + bytes.size());
    if (!bytes.empty()) std::memcpy(contents.data() + offset, bytes.data(), bytes.size());
    inode_->mtime_ns = ++files_.clock_ns_;
  }
  void preallocate(std::uint64_t bytes) override {
    const std::lock_guard lock(files_.mutex_);
    if (inode_->contents.size() < bytes) inode_->contents.resize(bytes);
  }
  void start_writeback(std::uint64_t, std::uint64_t) override {}
  void sync() override {
    const std::lock_guard lock(files_.mutex_);
    inode_->synced = inode_->contents;
  }
  void close() override {}

 private:
  std::shared_ptr<MemoryFileSystem::Inode> inode_;
  MemoryFileSystem& files_;
  std::uint64_t end_ = 0;
};

MemoryFileSystem::MemoryFileSystem() : directories_{"/", "."} {}

void MemoryFileSystem::apply(const Change& change, Names& names) {
  for (const auto& [path, inode] : change) {
    if (inode) {
      names[path] = inode;
    } else {
      names.erase(path);
    }
  }
}

void MemoryFileSystem::change(Change change) {
  apply(change, names_);
  unsynced_.push_back(std::move(change));
}

std::shared_ptr<MemoryFileSystem::Inode> MemoryFileSystem::find(const std::string& path) const {
  const auto found = names_.find(path);
  if (found == names_.end()) fail_not_found(path);
  return found->second;
}

void MemoryFileSystem::require_parent(const std::string& path) const {
  if (!directories_.contains(directory_of(path))) fail_not_found(path);
}

std::unique_ptr<RandomAccessFile> MemoryFileSystem::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(path)) fail(errors::Code::kFailedPrecondition, path, "Is a directory");
  return std::make_unique<MemoryReadFile>(path, find(path), mutex_);
}

std::unique_ptr<WritableFile> MemoryFileSystem::create(const std::string& path, Create mode) {
  const std::lock_guard lock(mutex_);
  require_parent(path);
  if (directories_.contains(path)) fail(errors::Code::kFailedPrecondition, path, "Is a directory");
  const auto found = names_.find(path);
  if (found != names_.end() && mode == Create::kExclusive) {
    fail(errors::Code::kAlreadyExists, path, "File exists");
  }
  std::shared_ptr<Inode> inode;
  if (found != names_.end()) {
    inode = found->second;
    inode->contents.clear();
  } else {
    inode = std::make_shared<Inode>();
    change({{path, inode}});
  }
  inode->mtime_ns = ++clock_ns_;
  return std::make_unique<MemoryWriteFile>(path, std::move(inode), *this);
}

void MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  require_parent(to);
  const auto inode = find(from);
  const auto target = names_.find(to);
  if (target != names_.end() && target->second == inode) return;  // as POSIX: both names stay
  change({{from, nullptr}, {to, inode}});
}

void MemoryFileSystem::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  require_parent(to);
  const auto inode = find(from);
  if (names_.contains(to)) fail(errors::Code::kAlreadyExists, to, "File exists");
  change({{to, inode}});
}

void MemoryFileSystem::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  find(path);
  change({{path, nullptr}});
}

void MemoryFileSystem::remove_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!directories_.contains(path)) fail_not_found(path);
  const std::string inside = join_path(path, "");
  const auto is_inside = [&](const std::string& name) {
    return name.size() > inside.size() && name.starts_with(inside);
  };
  const bool empty = std::none_of(names_.begin(), names_.end(),
                                  [&](const auto& entry) { return is_inside(entry.first); }) &&
                     std::none_of(directories_.begin(), directories_.end(), is_inside);
  if (!empty) fail(errors::Code::kFailedPrecondition, path, "Directory not empty");
  directories_.erase(path);
}

void MemoryFileSystem::create_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(path)) return;
  require_parent(path);
  if (names_.contains(path)) fail(errors::Code::kAlreadyExists, path, "File exists");
  directories_.insert(path);
}

std::vector<std::string> MemoryFileSystem::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!directories_.contains(path)) fail_not_found(path);
  std::set<std::string> found;
  for (const auto& entry : names_) {
    if (directory_of(entry.first) == path) found.insert(base_name_of(entry.first));
  }
  for (const std::string& directory : directories_) {
    if (directory != path && directory_of(directory) == path && directory != ".") {
      found.insert(base_name_of(directory));
    }
  }
  return {found.begin(), found.end()};
}

std::optional<FileInfo> MemoryFileSystem::stat(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(path)) return FileInfo{0, 0, true};
  const auto found = names_.find(path);
  if (found == names_.end()) return std::nullopt;
  return FileInfo{found->second->contents.size(), found->second->mtime_ns, false};
}

void MemoryFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!directories_.contains(path)) fail_not_found(path);
  std::vector<Change> rest;
  for (Change& change : unsynced_) {
    const bool here = std::any_of(change.begin(), change.end(), [&](const auto& entry) {
      return directory_of(entry.first) == path;
    });
    if (here) {
      apply(change, durable_names_);
    } else {
      rest.push_back(std::move(change));
    }
  }
  unsynced_ = std::move(rest);
}

std::optional<std::uint64_t> MemoryFileSystem::free_space(const std::string&) {
  const std::lock_guard lock(mutex_);
  return free_space_;
}

void MemoryFileSystem::put(const std::string& path, std::string contents) {
  const std::lock_guard lock(mutex_);
  auto inode = std::make_shared<Inode>();
  inode->contents = contents;
  inode->synced = std::move(contents);
  inode->mtime_ns = ++clock_ns_;
  names_[path] = inode;
  durable_names_[path] = std::move(inode);
}

std::string MemoryFileSystem::get(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return find(path)->contents;
}

std::map<std::string, std::string> MemoryFileSystem::all_files() {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> files;
  for (const auto& [path, inode] : names_) files[path] = inode->contents;
  return files;
}

void MemoryFileSystem::set_free_space(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  free_space_ = bytes;
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::power_loss(
    const std::function<bool(std::size_t)>& survives) {
  const std::lock_guard lock(mutex_);
  Names names = durable_names_;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    if (survives(i)) apply(unsynced_[i], names);
  }
  auto left = std::make_unique<MemoryFileSystem>();
  left->directories_ = directories_;
  for (const auto& [path, inode] : names) left->put(path, inode->synced);
  return left;
}

std::size_t MemoryFileSystem::unsynced_changes() {
  const std::lock_guard lock(mutex_);
  return unsynced_.size();
}

}  // namespace tensorkeep::io
