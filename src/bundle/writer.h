#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/file_system.h"
#include "tensor/save_item.h"

// Writing a V2 checkpoint. For the same tensors the files are TensorFlow's byte for byte.
namespace tensorkeep::bundle {

using Item = SaveItem;

struct WriterOptions {
  io::FileSystem* file_system = nullptr;  // null: the operating system's
  io::Durability durability = io::Durability::kDurable;
  int threads = 0;  // 0: as many as pay off
};

struct Summary {
  std::uint64_t data_bytes = 0;
  std::uint64_t index_bytes = 0;
};

// Writes PREFIX.index and PREFIX.data-00000-of-00001 with the tensors in the order given (a Saver
// sorts by name first). All or nothing: until the new index is in place, an old checkpoint under
// the same prefix stays whole; after an error nothing of ours is left behind. The steps are in
// bundle/publish.h. The directory of the prefix is made if only its last part is missing.
//
// Errors, all before anything is written where they can be known: InvalidArgumentError for an empty
// name, "Adding duplicate key: X", a part that does not fit; UnimplementedError for a type no file
// can hold; ResourceExhaustedError if the disk is too full; NotFoundError for a missing directory.
// The tensors' buffers must not be written to meanwhile.
Summary write(const std::string& prefix, std::span<const Item> items,
              const WriterOptions& options = {});

struct MergeOptions {
  io::FileSystem* file_system = nullptr;
  io::Durability durability = io::Durability::kDurable;
  bool delete_old_dirs = true;  // removes the sources' directories where they are empty then
};

// Makes one checkpoint of several (TensorFlow's MergeV2Checkpoints): the data files move under
// `merged_prefix`, and one index names them all. The sources' data files are hard-linked where the
// file system can and removed only after the new index is in place.
// Errors: InvalidArgumentError "... Duplicate key ..." and for no prefixes; those of Reader.
void merge(std::span<const std::string> prefixes, const std::string& merged_prefix,
           const MergeOptions& options = {});

}  // namespace tensorkeep::bundle
