#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_stream.h"
#include "io/file_system.h"
#include "tensor/slice.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/tensor.h"

// Reading a V2 checkpoint ("tensor bundle"): PREFIX.index and PREFIX.data-?????-of-?????.
namespace tensorkeep::bundle {

// One tensor as the index describes it.
struct Entry {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;
  std::vector<TensorSlice> slices;  // the parts it is stored in; empty if stored whole
  // Where the bytes are; all zero for a tensor with slices, whose parts have entries of their own.
  std::int32_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;        // bytes stored, all slices together
  std::uint32_t masked_crc = 0;  // as stored
};

struct ReaderOptions {
  io::FileSystem* file_system = nullptr;  // null: the operating system's
  int threads = 0;                        // for read_many; 0: as many as the machine has, at most 8
};

// What verify found out about one tensor.
struct Verdict {
  std::string name;
  bool ok = false;
  std::optional<errors::Code> code;  // of the error
  std::string message;               // the error's text
};

// A snapshot of the index; data files are opened when they are first needed. Every method is const
// and may be called from several threads at once.
//
// Errors (TensorFlow's texts): NotFoundError "Key X not found in checkpoint", or a data file that
// is not there; DataLossError for a foreign or corrupt index, a wrong size, a wrong checksum (the
// text names tensor, file and byte range); OutOfRangeError for a data file that ends too early;
// InvalidArgumentError "Does not have sufficient slices ...", "Overlapping slices: ...";
// UnimplementedError for a version we cannot read and for tensors without elements of our own
// (variant, resource).
class Reader {
 public:
  explicit Reader(const std::string& prefix, const ReaderOptions& options = {});
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  const std::string& prefix() const;
  int num_shards() const;
  bool big_endian() const;
  std::string index_path() const;
  std::string data_path(int shard) const;

  // Every tensor under its full name, in byte order; the entries of slices are not shown.
  const std::vector<Entry>& entries() const;
  const Entry* find(std::string_view name) const;   // null if there is none
  const Entry& entry(std::string_view name) const;  // NotFoundError

  // The whole tensor; one stored in slices is put together.
  Tensor read(std::string_view name) const;
  // Whole tensors, in parallel, in the order asked for. The first error (in that order) is thrown.
  std::vector<Tensor> read_many(std::span<const std::string> names) const;
  // Into the caller's memory (dtype with elements of fixed size; out.size() must be the bytes of
  // the whole tensor, else InvalidArgumentError). After an error `out` holds garbage.
  struct Destination {
    std::string name;
    std::span<std::byte> out;
  };
  void read_into(std::string_view name, std::span<std::byte> out) const;
  void read_many_into(std::span<const Destination> destinations) const;
  // A part. Exact match first, else put together from all stored parts that intersect.
  Tensor read_slice(std::string_view name, const TensorSlice& slice) const;
  // The elements (of fixed size) of a tensor stored whole, or of one of its stored slices, front to
  // back, without all of them in memory; the checksum is compared with the last. The reader must
  // outlive the stream.
  std::unique_ptr<io::ByteStream> open_stream(std::string_view name,
                                              const TensorSlice* slice = nullptr) const;
  // The bytes as stored, checksum verified, of a tensor stored whole: also for variants.
  std::string read_stored_bytes(std::string_view name) const;

  // Checks every byte of one tensor (all its slices) without keeping it: sizes, bounds, checksum.
  // Throws what reading would throw.
  void verify(std::string_view name) const;
  // The same for all, as verdicts in the order of entries(); reads each data file once, in order.
  std::vector<Verdict> verify_all() const;
  // Things that no tensor's error would tell: a data file longer than the index knows, missing
  // parts of a sliced tensor. One text each, naming the file.
  std::vector<std::string> remarks() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether PREFIX.index is there.
bool exists(const std::string& prefix, io::FileSystem& files);

std::string index_path_of(std::string_view prefix);
std::string data_path_of(std::string_view prefix, int shard, int num_shards);

}  // namespace tensorkeep::bundle
