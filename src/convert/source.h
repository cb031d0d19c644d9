#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/byte_stream.h"
#include "io/file_system.h"
#include "tensor/slice.h"
#include "tensorkeep/convert.h"
#include "tensorkeep/tensor.h"

// Files of tensors, read alike whatever their format.
namespace tensorkeep::convert {

struct StoredTensor {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;
  std::vector<TensorSlice> slices = {};  // the parts it is stored in; empty if stored whole
  std::uint64_t bytes = 0;               // of all its elements; of strings, as stored
  std::string obstacle = {};             // why its elements cannot be read; "" if they can
};

class TensorSource {
 public:
  TensorSource(std::string path, FileFormat format) : path_(std::move(path)), format_(format) {}
  virtual ~TensorSource() = default;
  TensorSource(const TensorSource&) = delete;
  TensorSource& operator=(const TensorSource&) = delete;

  const std::string& path() const { return path_; }
  FileFormat format() const { return format_; }
  // In byte order of their names, each of which is there once.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  // Position in tensors(); tensors().size() if there is none.
  std::size_t find(std::string_view name) const;

  // The elements of a tensor, or of a stored slice of it; not of strings. Throws what is wrong with
  // the file. The source must outlive the stream.
  virtual std::unique_ptr<io::ByteStream> open(std::size_t i,
                                               const TensorSlice* slice = nullptr) const = 0;
  // The same in memory; of strings too.
  virtual Tensor read(std::size_t i, const TensorSlice* slice = nullptr) const;

  // A V2 checkpoint's entry as it is stored: for variants.
  struct Stored {
    std::string bytes;
    std::uint32_t masked_crc = 0;
  };
  virtual Stored stored(std::size_t i) const;

 protected:
  // Sorts, and throws DataLossError if a name comes twice.
  void set_tensors(std::vector<StoredTensor> tensors);

  std::map<std::string, std::string> metadata_;

 private:
  std::string path_;
  FileFormat format_;
  std::vector<StoredTensor> tensors_;
};

// A checkpoint in whatever way it is named, an .npz or a .safetensors file (told by what they begin
// with). Throws what their readers throw.
std::unique_ptr<TensorSource> open_source(io::FileSystem& files, const std::string& path);

std::unique_ptr<TensorSource> open_checkpoint(io::FileSystem& files, const std::string& path);
std::unique_ptr<TensorSource> open_npz(io::FileSystem& files, const std::string& path);
std::unique_ptr<TensorSource> open_safetensors(io::FileSystem& files, const std::string& path);

// Every bool that is not 0 as 1; other types as they are.
std::unique_ptr<io::ByteStream> with_true_bools(std::unique_ptr<io::ByteStream> stream,
                                                DType dtype);

// The elements of a tensor in memory.
std::unique_ptr<io::ByteStream> stream_of(Tensor tensor);

}  // namespace tensorkeep::convert
