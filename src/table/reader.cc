#include "table/reader.h"

#include <fmt/format.h>
#include <snappy.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include "base/crc32c.h"
#include "table/format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

// Values in blocks beyond this size are not read into memory as a whole.
constexpr std::uint64_t kLargeBlock = std::uint64_t{1} << 20;
constexpr std::size_t kRecentBlocks = 8;
// Keys are stored as differences. A writer spells out every 16th, hence keys that take more memory
// than so many times the block cannot be honest.
constexpr std::size_t kMostKeyBytes = 32;

std::span<std::byte> bytes_of(std::string& text) {
  return {reinterpret_cast<std::byte*>(text.data()), text.size()};
}

}  // namespace

void Reader::fail(std::string_view what, std::uint64_t begin, std::uint64_t end) const {
  throw errors::DataLossError(
      fmt::format("{}: {}, bytes {} to {} of {}; the file is damaged or no checkpoint", what,
                  file_->path(), begin, end, file_->size()),
      {.file = file_->path()});
}

// A block in memory, its entries made out.
struct Reader::Block {
  struct Entry {
    std::string key;
    std::size_t at;  // of the value in `bytes`
    std::size_t size;
  };
  std::string bytes;
  std::vector<Entry> entries;
};

struct Reader::Lookup {
  struct Ref {
    std::string last_key;  // at or after every key of the block, and before the next block's
    Handle handle;
  };
  std::once_flag once;
  std::vector<Ref> blocks;
  std::mutex mutex;                                                           // for what follows
  std::deque<std::pair<std::uint64_t, std::shared_ptr<const Block>>> recent;  // by offset
};

Reader::Reader(std::unique_ptr<io::RandomAccessFile> file)
    : file_(std::move(file)), lookup_(std::make_unique<Lookup>()) {
  const std::uint64_t size = file_->size();
  if (size < kFooterSize) fail("file is too short to be an sstable", 0, size);
  std::string footer(kFooterSize, '\0');
  file_->read_exactly(size - kFooterSize, bytes_of(footer));
  if (load_little_endian<std::uint64_t>(footer.data() + kFooterSize - 8) != kMagic) {
    fail("not an sstable (bad magic number)", size - 8, size);
  }
  std::string_view handles = std::string_view(footer).substr(0, kFooterSize - 8);
  take_handle(handles);  // the metaindex, which is always empty
  index_handle_ = take_handle(handles);
  index_ = read_block(index_handle_);
}

Reader::~Reader() = default;

Reader::Handle Reader::take_handle(std::string_view& input) const {
  Handle handle;
  if (!take_varint(input, handle.offset) || !take_varint(input, handle.size)) {
    fail("bad block handle", file_->size() - kFooterSize, file_->size());
  }
  const std::uint64_t room = file_->size() - kFooterSize;
  if (handle.size > room || kBlockTrailerSize > room - handle.size ||
      handle.offset > room - handle.size - kBlockTrailerSize) {
    fail("bad block handle", handle.offset, handle.offset + handle.size);
  }
  return handle;
}

std::string Reader::read_block(const Handle& handle) const {
  const std::uint64_t end = handle.offset + handle.size + kBlockTrailerSize;
  std::string block(handle.size + kBlockTrailerSize, '\0');
  file_->read_exactly(handle.offset, bytes_of(block));
  const std::uint32_t stored = load_little_endian<std::uint32_t>(block.data() + handle.size + 1);
  if (crc32c::unmask(stored) != crc32c::extend(0, block.data(), handle.size + 1)) {
    fail("block checksum mismatch", handle.offset, end);
  }
  const auto type = static_cast<Compression>(block[handle.size]);
  block.resize(handle.size);
  if (type == Compression::kNone) return block;
  if (type != Compression::kSnappy) fail("bad block type", handle.offset, end);
  // Snappy's best is a copy of 64 bytes in 3; a longer claim is a lie not worth the memory.
  std::size_t length = 0;
  std::string plain;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &length) ||
      length / 32 > block.size()) {
    fail("corrupted compressed block contents", handle.offset, end);
  }
  plain.resize(length);
  if (!snappy::RawUncompress(block.data(), block.size(), plain.data())) {
    fail("corrupted compressed block contents", handle.offset, end);
  }
  return plain;
}

void Reader::scan_block(
    std::string_view block, const Handle& handle,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const auto bad = [&](std::string_view what) {
    fail(what, handle.offset, handle.offset + handle.size);
  };
  if (block.size() < 4) bad("bad block contents");
  const auto restarts = load_little_endian<std::uint32_t>(block.data() + block.size() - 4);
  if (restarts > (block.size() - 4) / 4) bad("bad block contents");
  std::string_view input = block.substr(0, block.size() - 4 - std::size_t{restarts} * 4);
  std::string key;
  while (!input.empty()) {
    std::uint32_t shared = 0;
    std::uint32_t added = 0;
    std::uint32_t value_size = 0;
    if (!take_varint(input, shared) || !take_varint(input, added) ||
        !take_varint(input, value_size) || shared > key.size() ||
        std::uint64_t{added} + value_size > input.size()) {
      bad("bad entry in block");
    }
    key.resize(shared);
    key.append(input.substr(0, added));
    if (!visit(key, input.substr(added, value_size))) return;
    input.remove_prefix(std::size_t{added} + value_size);
  }
}

void Reader::for_each(const Visitor& visit) const {
  std::optional<std::string> previous;
  // Keys are stored as differences, so that a small file can hold long ones. A writer spells out
  // every 16th, hence what more there is cannot be honest.
  const std::uint64_t most_key_bytes = 256 * file_->size();
  std::uint64_t key_bytes = 0;
  scan_block(index_, index_handle_, [&](std::string_view, std::string_view location) {
    const Handle handle = take_handle(location);
    const std::string block = read_block(handle);
    scan_block(block, handle, [&](std::string_view key, std::string_view value) {
      key_bytes += key.size();
      if ((previous && key <= *previous) || key_bytes > most_key_bytes) {
        fail(fmt::format("keys out of order or twice (\"{}\")", key.substr(0, 200)), handle.offset,
             handle.offset + handle.size);
      }
      if (previous) {
        previous->assign(key);
      } else {
        previous.emplace(key);
      }
      visit(key, value);
      return true;
    });
    return true;
  });
}

std::optional<std::string> Reader::get(std::string_view wanted) const {
  std::optional<std::string> found;
  // An index key is at or after every key of its block and before the next block's.
  scan_block(index_, index_handle_, [&](std::string_view last, std::string_view location) {
    if (last < wanted) return true;
    const Handle handle = take_handle(location);
    scan_block(read_block(handle), handle, [&](std::string_view key, std::string_view value) {
      if (key == wanted) found.emplace(value);
      return key < wanted;
    });
    return false;
  });
  return found;
}

std::optional<Reader::Handle> Reader::find_block(std::string_view key) const {
  std::call_once(lookup_->once, [&] {
    std::size_t key_bytes = 0;
    std::vector<Lookup::Ref> blocks;
    scan_block(index_, index_handle_, [&](std::string_view last, std::string_view location) {
      key_bytes += last.size();
      if (key_bytes > kMostKeyBytes * index_.size()) {
        fail("bad entry in block", index_handle_.offset, index_handle_.offset + index_handle_.size);
      }
      blocks.push_back({std::string(last), take_handle(location)});
      return true;
    });
    lookup_->blocks = std::move(blocks);
  });
  const auto& blocks = lookup_->blocks;
  const auto at = std::lower_bound(
      blocks.begin(), blocks.end(), key,
      [](const Lookup::Ref& ref, std::string_view wanted) { return ref.last_key < wanted; });
  return at == blocks.end() ? std::nullopt : std::optional(at->handle);
}

std::shared_ptr<const Reader::Block> Reader::load_block(const Handle& handle) const {
  {
    const std::lock_guard lock(lookup_->mutex);
    for (const auto& [offset, block] : lookup_->recent) {
      if (offset == handle.offset) return block;
    }
  }
  auto block = std::make_shared<Block>();
  block->bytes = read_block(handle);
  std::size_t key_bytes = 0;
  scan_block(block->bytes, handle, [&](std::string_view key, std::string_view value) {
    key_bytes += key.size();
    if (key_bytes > kMostKeyBytes * block->bytes.size() ||
        (!block->entries.empty() && key <= block->entries.back().key)) {
      fail(fmt::format("keys out of order or twice (\"{}\")", key.substr(0, 200)), handle.offset,
           handle.offset + handle.size);
    }
    block->entries.push_back({std::string(key),
                              static_cast<std::size_t>(value.data() - block->bytes.data()),
                              value.size()});
    return true;
  });
  const std::lock_guard lock(lookup_->mutex);
  lookup_->recent.emplace_front(handle.offset, block);
  if (lookup_->recent.size() > kRecentBlocks) lookup_->recent.pop_back();
  return block;
}

bool Reader::is_large(const Handle& handle) const {
  if (handle.size <= kLargeBlock) return false;
  std::array<std::byte, 1> type{};
  file_->read_exactly(handle.offset + handle.size, type);
  return static_cast<Compression>(type[0]) == Compression::kNone;
}

std::optional<ValueStream> Reader::open_value(std::string_view wanted) const {
  const auto handle = find_block(wanted);
  if (!handle) return std::nullopt;
  if (is_large(*handle)) {
    // Writers give a large value a block of its own.
    ValueStream stream(*file_, handle->offset, handle->size);
    const std::uint64_t shared = take_varint(stream);
    const std::uint64_t added = take_varint(stream);
    const std::uint64_t size = take_varint(stream);
    std::string key(shared == 0 && added == wanted.size() ? added : 0, '\0');
    stream.read(bytes_of(key));
    if (key == wanted) {
      stream.limit_to(size);
      return stream;
    }
  }
  const auto block = load_block(*handle);
  const auto at = std::lower_bound(
      block->entries.begin(), block->entries.end(), wanted,
      [](const Block::Entry& entry, std::string_view key) { return entry.key < key; });
  if (at == block->entries.end() || at->key != wanted) return std::nullopt;
  return ValueStream(*file_, block, std::string_view(block->bytes).substr(at->at, at->size));
}

}  // namespace tensorkeep::table
