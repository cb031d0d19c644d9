#include "table/writer.h"

#include <algorithm>

#include "base/crc32c.h"
#include "io/files.h"
#include "table/format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

// A short key k with start <= k < limit.
std::string separator_between(std::string start, std::string_view limit) {
  const std::size_t shorter = std::min(start.size(), limit.size());
  std::size_t i = 0;
  while (i < shorter && start[i] == limit[i]) ++i;
  if (i == shorter) return start;  // one begins with the other
  const auto byte = static_cast<unsigned char>(start[i]);
  if (byte < 0xff && byte + 1 < static_cast<unsigned char>(limit[i])) {
    start[i] = static_cast<char>(byte + 1);
    start.resize(i + 1);
  }
  return start;
}

// A short key k with key <= k.
std::string successor_of(std::string key) {
  const std::size_t i = key.find_first_not_of('\xff');
  if (i == std::string::npos) return key;
  key[i] = static_cast<char>(key[i] + 1);
  key.resize(i + 1);
  return key;
}

std::string trailer_of(std::uint32_t crc_of_contents) {
  std::string trailer(1, static_cast<char>(Compression::kNone));
  append_little_endian(trailer, crc32c::mask(crc32c::extend(crc_of_contents, trailer.data(), 1)));
  return trailer;
}

}  // namespace

std::size_t BlockBuilder::size() const {
  return contents_.size() + sizeof(std::uint32_t) * (restarts_.size() + 1);
}

void BlockBuilder::add(std::string_view key, std::string_view value) {
  std::size_t shared = 0;
  if (since_restart_ < restart_interval_) {
    const std::size_t most = std::min(key.size(), last_key_.size());
    while (shared < most && key[shared] == last_key_[shared]) ++shared;
  } else {
    restarts_.push_back(static_cast<std::uint32_t>(contents_.size()));
    since_restart_ = 0;
  }
  append_varint(contents_, shared);
  append_varint(contents_, key.size() - shared);
  append_varint(contents_, value.size());
  contents_.append(key.substr(shared)).append(value);
  last_key_.assign(key);
  ++since_restart_;
}

std::string BlockBuilder::finish() {
  for (const std::uint32_t restart : restarts_) append_little_endian(contents_, restart);
  append_little_endian(contents_, static_cast<std::uint32_t>(restarts_.size()));
  std::string block = std::move(contents_);
  *this = BlockBuilder(restart_interval_);
  return block;
}

std::string Writer::encode(const Handle& handle) {
  std::string bytes;
  append_varint(bytes, handle.offset);
  append_varint(bytes, handle.size);
  return bytes;
}

void Writer::put(std::span<const std::byte> bytes) {
  file_.append(bytes);
  offset_ += bytes.size();
}

Writer::Handle Writer::write_block(const std::string& contents) {
  const Handle handle{offset_, contents.size()};
  put(io::as_bytes(contents + trailer_of(crc32c::extend(0, contents.data(), contents.size()))));
  return handle;
}

void Writer::flush() {
  if (!data_.empty()) pending_ = write_block(data_.finish());
}

void Writer::add_pending_index_entry(const std::string& separator) {
  if (!pending_) return;
  index_.add(separator, encode(*pending_));
  pending_.reset();
}

void Writer::begin(std::string_view key, std::uint64_t value_size) {
  if (last_key_ && key <= *last_key_) {
    throw errors::InternalError("table keys out of order: " + std::string(key));
  }
  if (key.size() + value_size >= 2 * kBlockSize) flush();
  if (last_key_) add_pending_index_entry(separator_between(*last_key_, key));
  last_key_.emplace(key);
}

void Writer::add(std::string_view key, std::string_view value) {
  begin(key, value.size());
  data_.add(key, value);
  if (data_.size() >= kBlockSize) flush();
}

void Writer::add(std::string_view key, std::uint64_t size, const Producer& produce) {
  std::uint64_t produced = 0;
  const auto check = [&] {
    if (produced != size) throw errors::InternalError("table value of another size than announced");
  };
  if (key.size() + size < 2 * kBlockSize) {
    std::string value;
    value.reserve(size);
    produce([&](std::span<const std::byte> piece) {
      value.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    produced = value.size();
    check();
    return add(key, value);
  }
  if (size > UINT32_MAX) throw errors::InternalError("table value of more than 4 GiB");
  begin(key, size);
  // The block's one entry, then its one restart point, at 0.
  std::string head;
  append_varint(head, 0);
  append_varint(head, key.size());
  append_varint(head, size);
  head.append(key);
  std::string tail;
  append_little_endian(tail, std::uint32_t{0});
  append_little_endian(tail, std::uint32_t{1});
  const std::uint64_t start = offset_;
  std::uint32_t crc = crc32c::extend(0, head.data(), head.size());
  put(io::as_bytes(head));
  produce([&](std::span<const std::byte> piece) {
    crc = crc32c::extend(crc, piece);
    put(piece);
    produced += piece.size();
  });
  check();
  crc = crc32c::extend(crc, tail.data(), tail.size());
  pending_ = Handle{start, offset_ + tail.size() - start};
  put(io::as_bytes(tail + trailer_of(crc)));
}

std::uint64_t Writer::finish() {
  flush();
  const Handle metaindex = write_block(BlockBuilder(1).finish());
  if (last_key_) add_pending_index_entry(successor_of(*last_key_));
  const Handle index = write_block(index_.finish());
  std::string footer = encode(metaindex) + encode(index);
  footer.resize(kFooterSize - sizeof(kMagic), '\0');
  append_little_endian(footer, kMagic);
  put(io::as_bytes(footer));
  return offset_;
}

}  // namespace tensorkeep::table
