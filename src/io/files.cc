#include "io/files.h"

#include <fmt/format.h>

#include <random>

#include "tensorkeep/errors.h"

namespace tensorkeep::io {

void RandomAccessFile::read_exactly(std::uint64_t offset, std::span<std::byte> out) const {
  const std::size_t got = read(offset, out);
  if (got == out.size()) return;
  throw errors::OutOfRangeError(
      fmt::format("Read less bytes than requested: {} ends at byte {}, bytes {} to {} were asked "
                  "for; the file is truncated",
                  path_, offset + got, offset, offset + out.size()),
      {.file = path_});
}

std::shared_ptr<const std::byte> RandomAccessFile::map(std::uint64_t, std::uint64_t) const {
  return nullptr;
}

bool FileSystem::is_directory(const std::string& path) {
  const auto info = stat(path);
  return info && info->is_directory;
}

void FileSystem::create_directories(const std::string& path) {
  if (path.empty() || is_directory(path)) return;
  const std::string parent = directory_of(path);
  if (parent != path) create_directories(parent);
  create_directory(path);
}

std::string read_file(FileSystem& files, const std::string& path, std::uint64_t limit) {
  const auto file = files.open(path);
  if (file->size() > limit) {
    throw errors::ResourceExhaustedError(
        fmt::format("{}; {} bytes are more than the {} this kind of file may have", path,
                    file->size(), limit),
        {.file = path});
  }
  std::string contents(file->size(), '\0');
  const std::size_t got =
      file->read(0, {reinterpret_cast<std::byte*>(contents.data()), contents.size()});
  contents.resize(got);
  return contents;
}

std::string temporary_name(const std::string& path) {
  thread_local std::mt19937_64 random{[] {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) ^ device();
  }()};
  return fmt::format("{}.tempstate{:016x}", path, random());
}

void write_atomically(FileSystem& files, const std::string& path,
                      const std::function<void(WritableFile&)>& body, Durability durability) {
  const std::string temporary = temporary_name(path);
  try {
    const auto file = files.create(temporary, FileSystem::Create::kExclusive);
    body(*file);
    if (durability == Durability::kDurable) file->sync();
    file->close();
    files.rename(temporary, path);
  } catch (...) {
    try {
      files.remove(temporary);
    } catch (const errors::Error&) {  // the first error is the one to tell
    }
    throw;
  }
  if (durability == Durability::kDurable) files.sync_directory(directory_of(path));
}

void write_file_atomically(FileSystem& files, const std::string& path, std::string_view contents,
                           Durability durability) {
  write_atomically(
      files, path, [&](WritableFile& file) { file.append(as_bytes(contents)); }, durability);
}

}  // namespace tensorkeep::io
