#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "convert/source.h"
#include "tensorkeep/checkpoint_reader.h"

// Tensors of a source into a file of some format.
namespace tensorkeep::convert {

// One tensor to write.
struct Item {
  std::size_t tensor = 0;            // position in the source
  std::string name;                  // what it is called in the new file
  std::optional<Tensor> value = {};  // instead of the source's
};

// Tells how far the work is.
class Meter {
 public:
  Meter(std::uint64_t total, const train::Progress& progress)
      : total_(total), progress_(progress) {}
  void advance(std::uint64_t bytes) {
    done_ += bytes;
    if (progress_) progress_(done_, total_);
  }

 private:
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  const train::Progress& progress_;
};

struct Job {
  const TensorSource& source;
  std::vector<Item> items;  // in byte order of their names, each of which is there once
  Meter& meter;

  const StoredTensor& stored(const Item& item) const { return source.tensors()[item.tensor]; }
  // The item's elements, on the meter.
  std::unique_ptr<io::ByteStream> open(const Item& item, const TensorSlice* slice = nullptr) const;
  Tensor read(const Item& item, const TensorSlice* slice = nullptr) const;
};

// Why a tensor under this name has no place in a file of the format; "" if it has one.
std::string obstacle(FileFormat format, const TensorSource& source, const StoredTensor& tensor,
                     const std::string& name);

// Throws what is wrong with a tensor whose type or shape the file does not tell.
void check_described(const TensorSource& source, std::size_t i);

// Throws FailedPreconditionError for a V1 file under the prefix of a V2 checkpoint.
void check_destination(io::FileSystem& files, const std::string& path, FileFormat format);

// Writes the file in one atomic step. REQUIRES: no obstacles.
void write_items(io::FileSystem& files, const std::string& path, FileFormat format, const Job& job);

// Sums up a file's bytes for the meter.
std::uint64_t total_bytes(const TensorSource& source);

}  // namespace tensorkeep::convert
