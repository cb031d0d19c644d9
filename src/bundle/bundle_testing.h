#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bundle/reader.h"
#include "bundle/writer.h"
#include "checkpoint_testing.h"
#include "io/files.h"
#include "io/memory_file_system.h"

// What the tests of this layer share.
namespace tensorkeep::bundle {

using testing::error_of;
using testing::from_hex;
using testing::line_of;
using testing::lines_of_file;
using testing::to_hex;

inline std::string golden(const std::string& name) {
  return std::string(TENSORKEEP_TEST_DATA) + "/bundle/" + name;
}
inline std::string golden_bytes(const std::string& name) {
  return io::read_file(io::posix_file_system(), golden(name));
}

// Every tensor of a checkpoint, in one text; throws if any cannot be read.
inline std::string everything_in(const std::string& prefix, io::FileSystem& files) {
  const Reader reader(prefix, {.file_system = &files, .threads = 1});
  std::string text;
  for (const Entry& entry : reader.entries())
    text += line_of(entry.name, reader.read(entry.name)) + "\n";
  return text;
}

}  // namespace tensorkeep::bundle
