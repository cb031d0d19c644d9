#pragma once

#include <memory>

#include "bundle/fetch.h"
#include "io/byte_stream.h"

namespace tensorkeep::bundle {

// The elements of a stored entry, of fixed size, in this machine's byte order; the checksum is
// compared when the last of them is read. Throws what check_entry throws. `source` and `entry` must
// outlive the stream.
std::unique_ptr<io::ByteStream> open_entry(const Source& source, std::string_view name,
                                           const StoredEntry& entry);

}  // namespace tensorkeep::bundle
