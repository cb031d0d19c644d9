#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/index_builder.h"
#include "bundle/publish.h"
#include "io/byte_stream.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::bundle {

// Writes a V2 checkpoint tensor by tensor, none of which need be in memory; the files are those
// that write() makes of the same tensors in the same order. Until finish() returns, an old
// checkpoint of the prefix stays whole, and the destructor takes back what is not finished. For one
// thread.
class StreamWriter {
 public:
  StreamWriter(io::FileSystem& files, const std::string& prefix, io::Durability durability);

  // Elements of fixed size: exactly as many as the shape has, else DataLossError.
  // InvalidArgumentError as write().
  void add(const Description& tensor, io::ByteStream& elements);
  // A tensor in memory, of strings too.
  void add(const Description& description, const Tensor& tensor);
  // The bytes of another checkpoint's entry as they are.
  void add_stored(const Description& tensor, std::string_view bytes, std::uint32_t masked_crc);
  void finish();

 private:
  void put(std::span<const std::byte> bytes);

  Publication publication_;
  io::Durability durability_;
  std::unique_ptr<io::WritableFile> file_;
  IndexBuilder index_;
  std::uint64_t offset_ = 0;
};

}  // namespace tensorkeep::bundle
