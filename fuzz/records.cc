#include <cstring>
#include <string>

#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "target.h"
#include "tensorkeep/record.h"

// A file of records, as it stands and with its checksums mended: what is read makes the file's
// beginning again.
namespace tensorkeep::fuzz {
namespace {

void put_checksum(std::string& file, std::size_t begin, std::size_t size) {
  const std::uint32_t checksum = masked_crc32c(std::string_view(file).substr(begin, size));
  std::memcpy(file.data() + begin + size, &checksum, sizeof checksum);
}

std::string mend(std::string_view input) {
  std::string file(input);
  for (std::size_t at = 0; file.size() - at >= 12;) {
    put_checksum(file, at, 8);
    std::uint64_t length;
    std::memcpy(&length, file.data() + at, sizeof length);
    at += 12;
    const std::size_t rest = file.size() - at;
    if (rest < 4 || length > rest - 4) break;
    put_checksum(file, at, static_cast<std::size_t>(length));
    at += static_cast<std::size_t>(length) + 4;
  }
  return file;
}

void read(const std::string& contents) {
  io::MemoryFileSystem files;
  const io::ScopedFileSystem scope(files);
  files.put("f", contents);
  RecordReader reader("f");
  std::string again;
  succeeds([&] {
    while (const auto record = reader.next()) again += frame_record(*record);
  });
  require(contents.starts_with(again));
}

}  // namespace

void run(std::string_view input) {
  read(std::string(input));
  read(mend(input));
}

}  // namespace tensorkeep::fuzz
