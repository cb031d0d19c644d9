#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "io/file_system.h"

namespace tensorkeep::bundle {

// The data files of a checkpoint, each opened when first needed. Any thread.
class Shards {
 public:
  Shards(io::FileSystem& files, std::string prefix, int num_shards);

  std::string path(int shard) const;
  // Throws NotFoundError with the path.
  const io::RandomAccessFile& open(int shard) const;

 private:
  io::FileSystem& files_;
  std::string prefix_;
  int num_shards_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<int, std::unique_ptr<io::RandomAccessFile>> open_;
};

}  // namespace tensorkeep::bundle
