#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"

namespace tensorkeep::convert {

// Writes a zip archive of stored (uncompressed) members from front to back:
//
//   member*: local header | name | zip64 extra | data
//   directory: one entry a member | zip64 end and its locator (where needed) | end
//
// Fields that do not fit 32 bits (16 for the number of members) hold all ones, and the value stands
// in the zip64 parts. Offsets and formats: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.
class ZipWriter {
 public:
  static constexpr std::uint64_t kZip64From = 0xffffffff;

  // `zip64_from` is the first number taken for too large; tests lower it.
  explicit ZipWriter(io::WritableFile& file, std::uint64_t zip64_from = kZip64From)
      : file_(file), zip64_from_(zip64_from) {}

  // Whether a member can have this name: no NUL (readers end a name there), at most 65,535 bytes.
  static bool can_name(std::string_view name);

  // A member of `size` bytes, which `produce` hands to the sink in pieces: InternalError if it
  // hands over another number. REQUIRES: can_name(name).
  using Sink = std::function<void(std::span<const std::byte>)>;
  using Producer = std::function<void(const Sink&)>;
  void add(const std::string& name, std::uint64_t size, const Producer& produce);
  // Writes the directory; nothing can be added after it.
  void finish();

 private:
  struct Member {
    std::string name;
    std::uint64_t size;
    std::uint64_t offset;
    std::uint32_t crc32;
  };
  void write(std::string_view bytes);
  std::string directory_entry(const Member& member) const;

  io::WritableFile& file_;
  std::uint64_t zip64_from_;
  std::uint64_t offset_ = 0;
  std::vector<Member> members_;
};

}  // namespace tensorkeep::convert
