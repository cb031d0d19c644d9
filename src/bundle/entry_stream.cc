#include "bundle/entry_stream.h"

#include <algorithm>

#include "base/crc32c.h"
#include "tensor/stored_bools.h"

namespace tensorkeep::bundle {
namespace {

class EntryStream : public io::ByteStream {
 public:
  EntryStream(const Source& source, std::string_view name, const StoredEntry& entry)
      : big_endian_(source.header.big_endian),
        entry_(entry),
        place_(check_entry(source, name, entry)),
        file_(source.shards.open(entry.shard)),
        remaining_(entry.size) {
    if (remaining_ == 0) place_.check_crc(0, entry_.masked_crc);
  }

  std::size_t read(std::span<std::byte> out) override {
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), remaining_)));
    if (out.empty()) return 0;
    file_.read_exactly(entry_.offset + (entry_.size - remaining_), out);
    remaining_ -= out.size();
    crc_ = crc32c::extend(crc_, out);
    if (remaining_ == 0) place_.check_crc(crc_, entry_.masked_crc);
    if (big_endian_) swap_bytes(entry_.dtype, out);
    normalize_stored_bools(entry_.dtype, out);
    return out.size();
  }

 private:
  bool big_endian_;
  const StoredEntry& entry_;
  Place place_;
  const io::RandomAccessFile& file_;
  std::uint64_t remaining_;
  std::uint32_t crc_ = 0;
};

}  // namespace

std::unique_ptr<io::ByteStream> open_entry(const Source& source, std::string_view name,
                                           const StoredEntry& entry) {
  return std::make_unique<EntryStream>(source, name, entry);
}

}  // namespace tensorkeep::bundle
