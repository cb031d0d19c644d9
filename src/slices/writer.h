#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/file_system.h"
#include "tensor/save_item.h"

// Writing a V1 checkpoint: one file. For the same tensors it is TensorFlow's byte for byte.
namespace tensorkeep::slices {

using Item = SaveItem;

struct WriterOptions {
  io::FileSystem* file_system = nullptr;  // null: the operating system's
  io::Durability durability = io::Durability::kDurable;
  int threads = 0;  // for measuring what is to be written; 0: as many as pay off
};

// Writes the file `path` with the tensors in the order given (the Save operations sort by name
// first), in one atomic step: until the new file is in place, an old one under the same name stays
// whole; after an error nothing of ours is left behind. Returns the file's size.
//
// Errors, all before anything is written where they can be known: UnimplementedError "Saving data
// type X not yet supported" and InvalidArgumentError "Tensor slice serialization not implemented
// for dtype N" for types the format does not hold, "Tensor slice is too large to serialize", a part
// that does not fit, "Overlapping slices"; InternalError "Mismatching shapes" and "Mismatching
// types" of slices of one name; ResourceExhaustedError if the disk is too full; NotFoundError for a
// missing directory. The tensors' buffers must not be written to meanwhile.
std::uint64_t write(const std::string& path, std::span<const Item> items,
                    const WriterOptions& options = {});

}  // namespace tensorkeep::slices
