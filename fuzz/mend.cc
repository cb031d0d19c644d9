#include "mend.h"

#include "base/crc32c.h"
#include "table/format.h"

namespace tensorkeep::fuzz {
namespace {

using table::take_varint;

struct Block {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

bool take_block(std::string_view& in, const std::string& table, Block& block) {
  return take_varint(in, block.offset) && take_varint(in, block.size) &&
         block.size < table.size() && block.offset < table.size() &&
         block.offset + block.size + table::kBlockTrailerSize <= table.size();
}

void store_masked(std::string& bytes, std::size_t at, std::uint32_t crc) {
  std::string stored;
  table::append_little_endian(stored, crc32c::mask(crc));
  bytes.replace(at, stored.size(), stored);
}

void mend_block(std::string& table, const Block& block) {
  const std::size_t end = block.offset + block.size + 1;
  store_masked(table, end, crc32c::extend(0, table.data() + block.offset, end - block.offset));
}

}  // namespace

std::string mend_table(std::string_view bytes) {
  std::string table(bytes);
  if (table.size() < table::kFooterSize) return table;
  std::string magic;
  table::append_little_endian(magic, table::kMagic);
  table.replace(table.size() - magic.size(), magic.size(), magic);
  std::string footer = table.substr(table.size() - table::kFooterSize);
  std::string_view handles = footer;
  Block metaindex;
  Block index;
  if (!take_block(handles, table, metaindex) || !take_block(handles, table, index)) return table;
  mend_block(table, index);
  const std::string entries = table.substr(index.offset, index.size);
  for (std::string_view in = entries; !in.empty();) {
    std::uint64_t shared = 0;
    std::uint64_t added = 0;
    std::uint64_t value_size = 0;
    if (!take_varint(in, shared) || !take_varint(in, added) || !take_varint(in, value_size) ||
        added > in.size() || value_size > in.size() - added) {
      break;
    }
    std::string_view value = in.substr(added, value_size);
    Block block;
    if (take_block(value, table, block)) mend_block(table, block);
    in.remove_prefix(added + value_size);
  }
  return table;
}

std::uint32_t mend_strings(std::string& stored, std::uint64_t count) {
  std::string lengths;
  std::string_view in = stored;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t length = 0;
    if (!take_varint(in, length)) return 0;
    if (length > UINT32_MAX) {
      table::append_little_endian(lengths, length);
    } else {
      table::append_little_endian(lengths, static_cast<std::uint32_t>(length));
    }
  }
  if (in.size() < 4) return 0;
  const std::size_t at = stored.size() - in.size();
  const std::uint32_t crc = crc32c::extend(0, lengths.data(), lengths.size());
  store_masked(stored, at, crc);
  return crc32c::extend(crc, stored.data() + at, stored.size() - at);
}

}  // namespace tensorkeep::fuzz
