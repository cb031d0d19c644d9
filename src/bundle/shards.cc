#include "bundle/shards.h"

#include <fmt/format.h>

#include "bundle/reader.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {

std::string index_path_of(std::string_view prefix) {
  return fmt::format("{}.index", prefix);
}

std::string data_path_of(std::string_view prefix, int shard, int num_shards) {
  return fmt::format("{}.data-{:05d}-of-{:05d}", prefix, shard, num_shards);
}

bool exists(const std::string& prefix, io::FileSystem& files) {
  return files.exists(index_path_of(prefix));
}

Shards::Shards(io::FileSystem& files, std::string prefix, int num_shards)
    : files_(files), prefix_(std::move(prefix)), num_shards_(num_shards) {}

std::string Shards::path(int shard) const {
  return data_path_of(prefix_, shard, num_shards_);
}

const io::RandomAccessFile& Shards::open(int shard) const {
  const std::lock_guard lock(mutex_);
  auto& file = open_[shard];
  if (file) return *file;
  const std::string name = path(shard);
  try {
    file = files_.open(name);
  } catch (const errors::NotFoundError& error) {
    throw errors::NotFoundError(
        fmt::format(
            "{} (shard {} of {} of the checkpoint {}: a checkpoint is its .index and all of "
            "its .data files)",
            error.what(), shard, num_shards_, prefix_),
        {.file = name});
  }
  return *file;
}

}  // namespace tensorkeep::bundle
