#include <optional>

#include "io/memory_file_system.h"
#include "mend.h"
#include "slices/reader.h"
#include "slices/value.h"
#include "slices/writer.h"
#include "table/format.h"
#include "target.h"

// A V1 checkpoint of two files: the first's size as 4 bytes, the first, the second. Read as they
// are, and with the blocks' checksums mended. What can be read is written and read again.
namespace tensorkeep::fuzz {
namespace {

TensorSlice first_half(const Shape& shape) {
  std::vector<TensorSlice::Extent> extents(static_cast<std::size_t>(shape.rank()));
  if (!extents.empty() && shape.dim(0) > 0) extents[0] = {0, (shape.dim(0) + 1) / 2};
  return TensorSlice(std::move(extents));
}

void read_checkpoint(io::MemoryFileSystem& files, const std::vector<std::string>& paths) {
  const slices::Reader reader("/p", paths, {.file_system = &files, .threads = 1});
  std::vector<slices::Item> items;
  for (const slices::Entry& entry : reader.entries()) {
    std::optional<Tensor> tensor;
    const bool readable = succeeds([&] { tensor = reader.read(entry.name); });
    const bool good = succeeds([&] { reader.verify(entry.name); });
    // A checkpoint may lack slices, which only reading needs; and of a tensor without elements
    // reading needs none.
    require(good || !readable || entry.shape.num_elements() == 0);
    if (entry.slices.empty() && entry.shape.rank_known()) {
      succeeds([&] { reader.read_slice(entry.name, first_half(entry.shape)); });
    }
    if (readable) items.push_back({entry.name, std::move(*tensor)});
  }
  reader.remarks();
  slices::write("/again", items, {.file_system = &files, .threads = 1});
  const slices::Reader again("/again", {"/again"}, {.file_system = &files, .threads = 1});
  require(again.entries().size() == items.size());
  for (const slices::Item& item : items) {
    require(again.read(item.name).identical_to(item.tensor));
  }
}

}  // namespace

void run(std::string_view input) {
  if (input.size() < 4) return;
  const auto size = table::load_little_endian<std::uint32_t>(input.data());
  input.remove_prefix(4);
  const std::string_view first = input.substr(0, size);
  const std::string_view second = input.substr(first.size());
  const std::vector<std::string> both{"/a", "/b"};
  const std::vector<std::string> one{"/a"};
  io::MemoryFileSystem files;
  files.put("/a", std::string(first));
  files.put("/b", std::string(second));
  succeeds([&] { read_checkpoint(files, second.empty() ? one : both); });
  files.put("/a", mend_table(first));
  files.put("/b", mend_table(second));
  succeeds([&] { read_checkpoint(files, one); });
  read_checkpoint(files, both);
}

}  // namespace tensorkeep::fuzz
