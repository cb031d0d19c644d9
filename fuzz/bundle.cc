#include <algorithm>

#include "base/crc32c.h"
#include "bundle/format.h"
#include "bundle/reader.h"
#include "io/memory_file_system.h"
#include "mend.h"
#include "table/format.h"
#include "table/reader.h"
#include "table/writer.h"
#include "target.h"

// A checkpoint: the index's size as 4 bytes, the index, the data (the same for every shard). Read
// as it is, with the index's blocks mended, and with the checksum of every tensor mended.
namespace tensorkeep::fuzz {
namespace {

constexpr const char* kIndex = "/p.index";

TensorSlice first_half(const Shape& shape) {
  std::vector<TensorSlice::Extent> extents(static_cast<std::size_t>(shape.rank()));
  if (!extents.empty() && shape.dim(0) > 0) extents[0] = {0, (shape.dim(0) + 1) / 2};
  return TensorSlice(std::move(extents));
}

void read_bundle(io::MemoryFileSystem& files, std::string_view data) {
  const bundle::Reader reader("/p", {.file_system = &files, .threads = 1});
  for (int shard = 0; shard < std::min(reader.num_shards(), 3); ++shard) {
    files.put(reader.data_path(shard), std::string(data));
  }
  for (const bundle::Entry& entry : reader.entries()) {
    const std::string& name = entry.name;
    const bool readable = succeeds([&] { reader.read(name); });
    const bool good = succeeds([&] { reader.verify(name); });
    // Of variants only the stored bytes can be read, a checkpoint may lack slices, and a tensor
    // without elements reads none of those it has.
    require(good || !readable || entry.shape.checked_num_elements() == 0);
    if (entry.dtype != DType::kVariant && entry.slices.empty()) require(readable || !good);
    succeeds([&] { reader.read_slice(name, first_half(entry.shape)); });
    succeeds([&] { reader.read_stored_bytes(name); });
  }
  reader.remarks();
  require(reader.verify_all().size() == reader.entries().size());
}

// Puts the right checksum into an entry, and into its lengths in `data` if it holds strings.
std::string mend_entry(std::string_view key, std::string_view value, std::string& data) {
  bundle::StoredEntry entry = bundle::decode_entry(key, value);
  if (!entry.defect.empty() || entry.offset > data.size() ||
      entry.size > data.size() - entry.offset) {
    return std::string(value);
  }
  std::string stored = data.substr(entry.offset, entry.size);
  std::uint32_t crc = crc32c::extend(0, stored.data(), stored.size());
  const auto count = entry.shape.checked_num_elements();
  if (entry.dtype == DType::kString && count) {
    crc = mend_strings(stored, static_cast<std::uint64_t>(*count));
    data.replace(entry.offset, entry.size, stored);
  }
  entry.masked_crc = crc32c::mask(crc);
  return bundle::encode_entry(entry);
}

void mend_entries(io::FileSystem& files, std::string& data) {
  const table::Reader reader(files.open(kIndex));
  const auto file = files.create("/mended");
  table::Writer writer(*file);
  reader.for_each([&](std::string_view key, std::string_view value) {
    writer.add(key, key.empty() ? std::string(value) : mend_entry(key, value, data));
  });
  writer.finish();
  files.rename("/mended", kIndex);
}

}  // namespace

void run(std::string_view input) {
  if (input.size() < 4) return;
  const auto size = table::load_little_endian<std::uint32_t>(input.data());
  input.remove_prefix(4);
  const std::string_view index = input.substr(0, size);
  std::string data(input.substr(index.size()));
  io::MemoryFileSystem files;
  files.put(kIndex, std::string(index));
  succeeds([&] { read_bundle(files, data); });
  files.put(kIndex, mend_table(index));
  succeeds([&] { read_bundle(files, data); });
  mend_entries(files, data);
  read_bundle(files, data);
}

}  // namespace tensorkeep::fuzz
