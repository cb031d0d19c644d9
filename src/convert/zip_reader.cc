#include "convert/zip_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "convert/member_stream.h"
#include "convert/zip_format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kZip64EndBytes = 56;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::uint64_t kMaxComment = 0xffff;

// Little-endian numbers of a record, whose length is known.
class Record {
 public:
  explicit Record(std::string_view bytes) : bytes_(bytes) {}
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::size_t at) const { return number(at, 8); }

 private:
  std::uint64_t number(std::size_t at, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    }
    return value;
  }
  std::string_view bytes_;
};

// The body of the extra field of zip64; empty if there is none.
std::string_view zip64_body(std::string_view extra) {
  while (extra.size() >= 4) {
    const Record head(extra);
    const std::size_t size = std::min<std::size_t>(head.u16(2), extra.size() - 4);
    if (head.u16(0) == zip::kZip64Extra) return extra.substr(4, size);
    extra.remove_prefix(4 + size);
  }
  return {};
}

}  // namespace

ZipReader::ZipReader(std::unique_ptr<io::RandomAccessFile> file) : file_(std::move(file)) {
  read_directory(find_directory());
}

void ZipReader::fail(const std::string& why) const {
  throw errors::DataLossError(fmt::format("{}: this zip archive is damaged: {}", path(), why),
                              {.file = path()});
}

std::string ZipReader::bytes_at(std::uint64_t offset, std::uint64_t size) const {
  if (offset > file_->size() || size > file_->size() - offset) {
    fail("it points behind its end; it is truncated, perhaps");
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  file_->read_exactly(offset, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

ZipReader::Directory ZipReader::find_directory() const {
  const std::uint64_t size = file_->size();
  const std::uint64_t searched = std::min(size, kEndBytes + kMaxComment);
  const std::string tail = bytes_at(size - searched, searched);
  std::size_t at = tail.size() < kEndBytes
                       ? std::string::npos
                       : tail.rfind(zip::signature(zip::kEnd), tail.size() - kEndBytes);
  // A comment may look like an end, but not one whose own comment reaches the end of the file.
  while (at != std::string::npos && at + kEndBytes + Record(tail).u16(at + 20) != tail.size()) {
    at = at == 0 ? std::string::npos : tail.rfind(zip::signature(zip::kEnd), at - 1);
  }
  if (at == std::string::npos) {
    const bool is_zip = size >= 4 && bytes_at(0, 4) == zip::signature(zip::kLocalHeader);
    if (is_zip) fail("it has no directory; it is truncated, perhaps");
    throw errors::DataLossError(path() + ": not a zip archive", {.file = path()});
  }
  const Record end(std::string_view(tail).substr(at));
  Directory directory{end.u32(16), end.u32(12), end.u16(10)};
  const std::uint64_t end_offset = size - searched + at;
  if (end_offset >= kLocatorBytes) {
    const std::string locator = bytes_at(end_offset - kLocatorBytes, kLocatorBytes);
    if (locator.starts_with(zip::signature(zip::kZip64Locator))) {
      const std::string end64 = bytes_at(Record(locator).u64(8), kZip64EndBytes);
      if (!end64.starts_with(zip::signature(zip::kZip64End))) fail("its zip64 end is not there");
      const Record record(end64);
      directory = {record.u64(48), record.u64(40), record.u64(32)};
    }
  }
  return directory;
}

void ZipReader::read_directory(const Directory& directory) {
  const std::string bytes = bytes_at(directory.offset, directory.size);
  if (directory.count > bytes.size() / kEntryBytes) fail("its directory is too short");
  std::string_view rest = bytes;
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    if (rest.size() < kEntryBytes || !rest.starts_with(zip::signature(zip::kDirectoryEntry))) {
      fail(fmt::format("entry {} of its directory makes no sense", i));
    }
    const Record entry(rest);
    const std::size_t name_size = entry.u16(28);
    const std::size_t extra_size = entry.u16(30);
    const std::size_t whole = kEntryBytes + name_size + extra_size + entry.u16(32);
    if (whole > rest.size()) fail(fmt::format("entry {} of its directory is cut off", i));
    Member member{std::string(rest.substr(kEntryBytes, name_size)),
                  entry.u32(24),
                  entry.u32(20),
                  entry.u32(42),
                  entry.u32(16),
                  entry.u16(8),
                  entry.u16(10)};
    // What does not fit stands in the extra field, in this order.
    std::string_view large = zip64_body(rest.substr(kEntryBytes + name_size, extra_size));
    for (std::uint64_t* value : {&member.size, &member.compressed_size, &member.header_offset}) {
      if (*value != zip::kMax32 || large.size() < 8) continue;
      *value = Record(large).u64(0);
      large.remove_prefix(8);
    }
    rest.remove_prefix(whole);
    members_.push_back(std::move(member));
  }
}

std::unique_ptr<io::ByteStream> ZipReader::open(const Member& member) const {
  const std::string what = fmt::format("{}: member {}", path(), member.name);
  const auto unsupported = [&](const std::string& why) {
    throw errors::UnimplementedError(fmt::format("{} {}", what, why), {.file = path()});
  };
  if (member.flags & zip::kEncrypted) unsupported("is encrypted");
  if (member.method != zip::kStored && member.method != zip::kDeflated) {
    unsupported(fmt::format("is compressed by method {}; stored and deflated ones can be read",
                            member.method));
  }
  const std::string bytes = bytes_at(member.header_offset, kLocalBytes);
  if (!bytes.starts_with(zip::signature(zip::kLocalHeader))) {
    fail(fmt::format("member {} is not where the directory says", member.name));
  }
  const Record header(bytes);
  const std::uint64_t begin = member.header_offset + kLocalBytes + header.u16(26) + header.u16(28);
  if (begin > file_->size() || member.compressed_size > file_->size() - begin) {
    fail(fmt::format("member {} reaches behind the end of the file", member.name));
  }
  // No stretch of deflated data makes more than 1,032 times its length.
  const bool plausible = member.method == zip::kStored
                             ? member.size == member.compressed_size
                             : member.size / 1032 <= member.compressed_size;
  if (!plausible) {
    fail(fmt::format("member {} cannot be {} bytes long", member.name, member.size));
  }
  return open_member(*file_, begin, member, what);
}

}  // namespace tensorkeep::convert
