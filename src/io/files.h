#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "io/file_system.h"

// Whole small files.
namespace tensorkeep::io {

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// The contents of a file. Throws ResourceExhaustedError if it is larger than `limit` bytes.
std::string read_file(FileSystem& files, const std::string& path,
                      std::uint64_t limit = std::uint64_t{1} << 31);

// Writes a file in one atomic step: `body` fills a temporary file in the same directory, which is
// synced (kDurable), renamed to `path`, the directory synced (kDurable). After an error `path` is
// what it was and the temporary file is gone.
void write_atomically(FileSystem& files, const std::string& path,
                      const std::function<void(WritableFile&)>& body, Durability durability);
void write_file_atomically(FileSystem& files, const std::string& path, std::string_view contents,
                           Durability durability);

// A name nobody else has: `path` + ".tempstate" + random hexadecimal digits.
std::string temporary_name(const std::string& path);

}  // namespace tensorkeep::io
