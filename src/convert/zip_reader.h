#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/byte_stream.h"
#include "io/file_system.h"

namespace tensorkeep::convert {

// The members of a zip archive, stored or deflated, of more than 4 GiB too (zip64): PKWARE's
// APPNOTE.TXT, sections 4.3 and 4.5.3. The directory at the end is believed, the local headers only
// tell where data begins. Const methods may be called from several threads.
class ZipReader {
 public:
  struct Member {
    std::string name;  // its bytes, whatever their encoding
    std::uint64_t size = 0;
    std::uint64_t compressed_size = 0;
    std::uint64_t header_offset = 0;
    std::uint32_t crc32 = 0;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
  };

  // Throws DataLossError "P: not a zip archive" or "P: this zip archive is damaged: ...".
  explicit ZipReader(std::unique_ptr<io::RandomAccessFile> file);

  const std::vector<Member>& members() const { return members_; }  // as in the directory
  const std::string& path() const { return file_->path(); }

  // The member's contents; length and checksum are compared when the last byte is read. Throws
  // DataLossError, and UnimplementedError for encrypted members and other methods of compression.
  // The reader must outlive the stream.
  std::unique_ptr<io::ByteStream> open(const Member& member) const;

 private:
  struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t count = 0;
  };
  [[noreturn]] void fail(const std::string& why) const;
  std::string bytes_at(std::uint64_t offset, std::uint64_t size) const;
  Directory find_directory() const;
  void read_directory(const Directory& directory);

  std::unique_ptr<io::RandomAccessFile> file_;
  std::vector<Member> members_;
};

}  // namespace tensorkeep::convert
