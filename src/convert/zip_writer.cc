#include "convert/zip_writer.h"

#include <fmt/format.h>
#include <isa-l/crc.h>

#include <algorithm>

#include "base/utf8.h"
#include "convert/zip_format.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

constexpr std::uint64_t kCrcAt = 14;  // in a local header
constexpr std::uint16_t kPlainVersion = 20;
constexpr std::uint16_t kZip64Version = 45;
constexpr std::uint16_t kMadeByUnix = 3 << 8;
constexpr std::uint16_t kMidnight = 0;
constexpr std::uint16_t kFirstOf1980 = 0x21;  // no times: the same tensors give the same file
constexpr std::uint32_t kRegularFile = 0100644u << 16;

template <typename T>
void put(std::string& out, std::uint64_t value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
}
void put16(std::string& out, std::uint64_t value) {
  put<std::uint16_t>(out, value);
}
void put32(std::string& out, std::uint64_t value) {
  put<std::uint32_t>(out, value);
}
void put64(std::string& out, std::uint64_t value) {
  put<std::uint64_t>(out, value);
}

// The values that do not fit, in their order, as an extra field; "" if all fit.
std::string zip64_extra(std::initializer_list<std::uint64_t> values, std::uint64_t from) {
  std::string body;
  for (const std::uint64_t value : values) {
    if (value >= from) put64(body, value);
  }
  if (body.empty()) return "";
  std::string extra;
  put16(extra, zip::kZip64Extra);
  put16(extra, body.size());
  return extra + body;
}

bool is_ascii(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Names in no encoding are left unmarked: readers take them byte by byte.
std::uint16_t flags_of(std::string_view name) {
  return !is_ascii(name) && is_utf8(name) ? zip::kNameIsUtf8 : 0;
}

}  // namespace

bool ZipWriter::can_name(std::string_view name) {
  return name.size() <= zip::kMax16 && name.find('\0') == std::string_view::npos;
}

void ZipWriter::write(std::string_view bytes) {
  file_.append(io::as_bytes(bytes));
  offset_ += bytes.size();
}

void ZipWriter::add(const std::string& name, std::uint64_t size, const Producer& produce) {
  Member member{name, size, offset_, 0};
  const bool large = member.size >= zip64_from_;
  const std::string extra = zip64_extra({member.size, member.size}, zip64_from_);
  std::string header;
  put32(header, zip::kLocalHeader);
  put16(header, large ? kZip64Version : kPlainVersion);
  put16(header, flags_of(name));
  put16(header, zip::kStored);
  put16(header, kMidnight);
  put16(header, kFirstOf1980);
  put32(header, 0);                                  // the checksum, when it is known
  put32(header, large ? zip::kMax32 : member.size);  // compressed
  put32(header, large ? zip::kMax32 : member.size);
  put16(header, name.size());
  put16(header, extra.size());
  write(header + name + extra);
  const std::uint64_t begin = offset_;
  produce([&](std::span<const std::byte> piece) {
    member.crc32 = crc32_gzip_refl(
        member.crc32, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
    file_.append(piece);
    offset_ += piece.size();
  });
  if (offset_ - begin != size) {
    throw errors::InternalError(
        fmt::format("{} bytes of member {}, expected {}", offset_ - begin, name, size));
  }
  std::string crc;
  put32(crc, member.crc32);
  file_.write_at(member.offset + kCrcAt, io::as_bytes(crc));
  members_.push_back(std::move(member));
}

std::string ZipWriter::directory_entry(const Member& member) const {
  const auto fit = [&](std::uint64_t value) { return value >= zip64_from_ ? zip::kMax32 : value; };
  const std::string extra = zip64_extra({member.size, member.size, member.offset}, zip64_from_);
  const std::uint16_t version = extra.empty() ? kPlainVersion : kZip64Version;
  std::string entry;
  put32(entry, zip::kDirectoryEntry);
  put16(entry, kMadeByUnix | version);
  put16(entry, version);
  put16(entry, flags_of(member.name));
  put16(entry, zip::kStored);
  put16(entry, kMidnight);
  put16(entry, kFirstOf1980);
  put32(entry, member.crc32);
  put32(entry, fit(member.size));  // compressed
  put32(entry, fit(member.size));
  put16(entry, member.name.size());
  put16(entry, extra.size());
  put16(entry, 0);  // comment
  put16(entry, 0);  // disk
  put16(entry, 0);  // internal attributes
  put32(entry, kRegularFile);
  put32(entry, fit(member.offset));
  return entry + member.name + extra;
}

void ZipWriter::finish() {
  const std::uint64_t start = offset_;
  for (const Member& member : members_) write(directory_entry(member));
  const std::uint64_t size = offset_ - start;
  const std::uint64_t count = members_.size();
  std::string end;
  if (count >= zip::kMax16 || size >= zip64_from_ || start >= zip64_from_) {
    put32(end, zip::kZip64End);
    put64(end, 44);  // bytes of this record that follow
    put16(end, kMadeByUnix | kZip64Version);
    put16(end, kZip64Version);
    put32(end, 0);  // disk
    put32(end, 0);  // disk of the directory
    put64(end, count);
    put64(end, count);
    put64(end, size);
    put64(end, start);
    put32(end, zip::kZip64Locator);
    put32(end, 0);  // disk
    put64(end, offset_);
    put32(end, 1);  // disks
  }
  put32(end, zip::kEnd);
  put16(end, 0);  // disk
  put16(end, 0);  // disk of the directory
  put16(end, std::min(count, zip::kMax16));
  put16(end, std::min(count, zip::kMax16));
  put32(end, size >= zip64_from_ ? zip::kMax32 : size);
  put32(end, start >= zip64_from_ ? zip::kMax32 : start);
  put16(end, 0);  // comment
  write(end);
}

}  // namespace tensorkeep::convert
