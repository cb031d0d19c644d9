#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "tensor/slice.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/tensor.h"

// Reading a V1 checkpoint: one file, or several that each hold some of the tensors or of their
// slices.
namespace tensorkeep::slices {

// One tensor as the files describe it.
struct Entry {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;
  std::vector<TensorSlice> slices;  // the parts it is stored in; empty if stored whole
  std::uint64_t size = 0;  // bytes of the elements, all slices together; of strings, as stored
};

struct ReaderOptions {
  io::FileSystem* file_system = nullptr;  // null: the operating system's
  int threads = 0;                        // for read_many; 0: as many as the machine has, at most 8
  // Names of files that ought to be there and are not: to be told where something is missing.
  std::vector<std::string> missing = {};
};

// The files as one checkpoint. Every method is const and may be called from several threads at
// once.
//
// Errors: NotFoundError "Tensor name "X" not found in checkpoint files P"; DataLossError for a file
// that is no V1 checkpoint or damaged (checksums are of whole blocks), for a tensor that the files
// describe differently, a value that is not of its shape; InternalError "Overlapping slices: ...";
// InvalidArgumentError "Error copying slice data" if the stored slices do not suffice;
// UnimplementedError for a type that the format does not hold, or a version that is not for us.
class Reader {
 public:
  // `prefix` is what the user calls it: the file, or the pattern of its shards; `paths` are the
  // files that are there.
  Reader(std::string prefix, const std::vector<std::string>& paths,
         const ReaderOptions& options = {});
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  const std::string& prefix() const;
  // Every tensor, in byte order.
  const std::vector<Entry>& entries() const;
  const Entry* find(std::string_view name) const;   // null if there is none
  const Entry& entry(std::string_view name) const;  // NotFoundError

  // The whole tensor; one stored in slices is put together.
  Tensor read(std::string_view name) const;
  // In parallel, in the order asked for. The first error (in that order) is thrown.
  std::vector<Tensor> read_many(std::span<const std::string> names) const;
  // A part. Exact match first, else put together from all stored parts that intersect.
  Tensor read_slice(std::string_view name, const TensorSlice& slice) const;

  // Checks every byte of one tensor without keeping it. Throws what reading would throw.
  void verify(std::string_view name) const;
  // What no tensor's error would tell: missing shards, missing parts of a sliced tensor.
  std::vector<std::string> remarks() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tensorkeep::slices
