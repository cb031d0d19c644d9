#include "tensorkeep/gfile.h"

#include <fmt/format.h>

#include <exception>

#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::gfile {
namespace {

io::FileSystem& files() {
  return io::default_file_system();
}

[[noreturn]] void fail_not_found(const std::string& path) {
  throw errors::NotFoundError(fmt::format("{}; No such file or directory", path), {.file = path});
}

void check_free(const std::string& path, bool overwrite) {
  if (!overwrite && files().exists(path)) {
    throw errors::AlreadyExistsError(fmt::format("file already exists: {}", path), {.file = path});
  }
}

}  // namespace

GFile::GFile(std::string name, const std::string& mode)
    : name_(std::move(name)), mode_(mode), exceptions_(std::uncaught_exceptions()) {
  std::string plain = mode;
  std::erase(plain, 'b');
  const bool known = plain == "r" || plain == "w" || plain == "a" || plain == "r+" ||
                     plain == "w+" || plain == "a+";
  if (!known) {
    open_ = false;
    throw errors::InvalidArgumentError(
        "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+': " + mode, {.file = name_});
  }
  const bool both = plain.ends_with('+');
  reads_ = both || plain.starts_with('r');
  writes_ = both || !plain.starts_with('r');
  const auto info = files().stat(name_);
  if (info && info->is_directory) {
    throw errors::FailedPreconditionError(fmt::format("{}; Is a directory", name_),
                                          {.file = name_});
  }
  if (!info && plain.starts_with('r')) fail_not_found(name_);
  if (plain.starts_with('w')) {
    if (!files().is_directory(io::directory_of(name_))) fail_not_found(name_);
    changed_ = true;
  } else if (info) {
    content_ = io::read_file(files(), name_, std::uint64_t{1} << 40);
    if (plain.starts_with('a')) position_ = content_.size();
  } else {
    changed_ = true;
  }
}

GFile::~GFile() noexcept(false) {
  if (std::uncaught_exceptions() <= exceptions_) close();
}

void GFile::check_open(bool allowed, const char* what) const {
  if (!open_) {
    throw errors::FailedPreconditionError(fmt::format("{} is closed", name_), {.file = name_});
  }
  if (!allowed) {
    throw errors::PermissionDeniedError(fmt::format("File isn't open for {}: {}", what, name_),
                                        {.file = name_});
  }
}

std::string GFile::read(std::int64_t n) {
  check_open(reads_, "reading");
  if (position_ >= content_.size()) return {};
  std::string part =
      content_.substr(position_, n < 0 ? std::string::npos : static_cast<std::size_t>(n));
  position_ += part.size();
  return part;
}

std::string GFile::readline() {
  check_open(reads_, "reading");
  const std::size_t end = content_.find('\n', position_);
  return read(end == std::string::npos ? -1 : static_cast<std::int64_t>(end + 1 - position_));
}

std::vector<std::string> GFile::readlines() {
  std::vector<std::string> lines;
  for (std::string line = readline(); !line.empty(); line = readline()) {
    lines.push_back(std::move(line));
  }
  return lines;
}

void GFile::write(std::string_view content) {
  check_open(writes_, "writing");
  if (mode_.starts_with('a')) position_ = content_.size();
  if (position_ > content_.size()) content_.resize(position_);
  content_.replace(position_, content.size(), content);
  position_ += content.size();
  changed_ = true;
}

void GFile::seek(std::int64_t offset) {
  check_open(true, "seeking");
  if (offset < 0) {
    throw errors::InvalidArgumentError(fmt::format("{}: cannot seek to {}", name_, offset),
                                       {.file = name_});
  }
  position_ = static_cast<std::size_t>(offset);
}

void GFile::flush() {
  check_open(true, "writing");
  if (!changed_) return;
  io::write_file_atomically(files(), name_, content_, Durability::kDurable);
  changed_ = false;
}

void GFile::close() {
  if (!open_) return;
  if (changed_) flush();
  open_ = false;
}

bool Exists(const std::string& path) {
  return files().exists(path);
}

bool IsDirectory(const std::string& path) {
  return files().is_directory(path);
}

std::vector<std::string> ListDirectory(const std::string& path) {
  if (!IsDirectory(path)) {
    throw errors::NotFoundError("Could not find directory " + path, {.file = path});
  }
  return files().list(path);
}

void MkDir(const std::string& path) {
  if (!files().exists(io::directory_of(path))) fail_not_found(path);
  files().create_directory(path);
}

void MakeDirs(const std::string& path) {
  if (Exists(path) && !IsDirectory(path)) {
    throw errors::FailedPreconditionError(path + " is not a directory", {.file = path});
  }
  files().create_directories(path);
}

void Remove(const std::string& path) {
  if (!Exists(path)) fail_not_found(path);
  if (IsDirectory(path)) {
    throw errors::FailedPreconditionError(path + "; Is a directory", {.file = path});
  }
  files().remove(path);
}

void Rename(const std::string& from, const std::string& to, bool overwrite) {
  if (!Exists(from)) fail_not_found(from);
  check_free(to, overwrite);
  files().rename(from, to);
}

void Copy(const std::string& from, const std::string& to, bool overwrite) {
  check_free(to, overwrite);
  GFile source(from, "rb");
  GFile(to, "wb").write(source.read());
}

void DeleteRecursively(const std::string& path) {
  if (!IsDirectory(path)) throw errors::NotFoundError(path + " not found", {.file = path});
  for (const std::string& name : files().list(path)) {
    const std::string inside = io::join_path(path, name);
    try {
      files().remove(inside);  // first, so that a link to a folder goes and not what is in it
    } catch (const errors::Error&) {
      if (!IsDirectory(inside)) throw;
      DeleteRecursively(inside);
    }
  }
  files().remove_directory(path);
}

}  // namespace tensorkeep::gfile
