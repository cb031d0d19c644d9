#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checkpoint_testing.h"
#include "io/files.h"
#include "io/memory_file_system.h"
#include "slices/reader.h"
#include "slices/writer.h"

// What the tests of this layer share.
namespace tensorkeep::slices {

using testing::error_of;
using testing::line_of;
using testing::lines_of_file;

inline std::string golden(const std::string& name) {
  return std::string(TENSORKEEP_TEST_DATA) + "/slices/" + name;
}
inline std::string golden_bytes(const std::string& name) {
  return io::read_file(io::posix_file_system(), golden(name));
}

inline Reader open_one(const std::string& path, io::FileSystem& files = io::posix_file_system()) {
  return Reader(path, {path}, {.file_system = &files, .threads = 1});
}

// Every tensor of a checkpoint; throws if any cannot be read.
inline std::vector<std::string> lines_of(const Reader& reader) {
  std::vector<std::string> lines;
  for (const Entry& entry : reader.entries()) {
    lines.push_back(line_of(entry.name, reader.read(entry.name)));
  }
  return lines;
}

inline std::string everything_in(const std::string& path, io::FileSystem& files) {
  std::string text;
  for (const std::string& line : lines_of(open_one(path, files))) text += line + "\n";
  return text;
}

}  // namespace tensorkeep::slices
