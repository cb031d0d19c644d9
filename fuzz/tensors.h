#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/source.h"
#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "target.h"
#include "tensorkeep/convert.h"

namespace tensorkeep::fuzz {

// Reads a file of tensors under this name; what can be read is converted to every format, and the
// checkpoint holds the same.
inline void convert_file(const std::string& name, std::string_view contents) {
  io::MemoryFileSystem files;
  const io::ScopedFileSystem scope(files);
  files.put(name, std::string(contents));
  const auto source = convert::open_source(files, name);
  bool whole = true;
  for (std::size_t i = 0; i < source->tensors().size(); ++i) {
    if (!source->tensors()[i].obstacle.empty()) continue;
    whole = succeeds([&] { source->read(i); }) && whole;
  }
  const bool converted = succeeds([&] { convert_tensors(name, "v2", FileFormat::kV2); });
  require(whole == converted);
  if (!converted) return;
  const auto again = convert::open_source(files, "v2");
  for (std::size_t i = 0; i < again->tensors().size(); ++i) {
    const std::size_t before = source->find(again->tensors()[i].name);
    require(again->read(i).identical_to(source->read(before)));
  }
  for (const FileFormat format : {FileFormat::kV1, FileFormat::kNpz, FileFormat::kSafetensors}) {
    require(succeeds([&] { convert_tensors(name, "other", format); }));
    convert::open_source(files, "other");
  }
}

}  // namespace tensorkeep::fuzz
