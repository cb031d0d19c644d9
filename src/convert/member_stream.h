#pragma once

#include <memory>
#include <string>

#include "convert/zip_reader.h"

namespace tensorkeep::convert {

// The contents of a member whose data begin at `begin`. `what` is for the errors.
std::unique_ptr<io::ByteStream> open_member(const io::RandomAccessFile& file, std::uint64_t begin,
                                            const ZipReader::Member& member,
                                            const std::string& what);

}  // namespace tensorkeep::convert
