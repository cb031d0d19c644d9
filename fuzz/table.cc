#include <vector>

#include "io/memory_file_system.h"
#include "mend.h"
#include "table/reader.h"
#include "target.h"

// The bytes of an SSTable, as they are and with mended checksums.
namespace tensorkeep::fuzz {
namespace {

void read_table(std::string bytes) {
  io::MemoryFileSystem files;
  files.put("/t", std::move(bytes));
  const table::Reader reader(files.open("/t"));
  std::vector<std::string> keys;
  if (!succeeds([&] {
        reader.for_each([&](std::string_view key, std::string_view) {
          require(keys.empty() || keys.back() < key);
          if (keys.size() < 1000) keys.emplace_back(key);
        });
      })) {
    keys.resize(std::min<std::size_t>(keys.size(), 3));
  }
  // What the index says about the last key of a block may lie, but never harms.
  for (const std::string& key : keys) succeeds([&] { reader.get(key); });
  reader.get("");
}

}  // namespace

void run(std::string_view input) {
  succeeds([&] { read_table(std::string(input)); });
  read_table(mend_table(input));
}

}  // namespace tensorkeep::fuzz
