#include <fmt/format.h>

#include <map>
#include <set>

#include "bundle/format.h"
#include "bundle/publish.h"
#include "bundle/reader.h"
#include "bundle/writer.h"
#include "table/reader.h"
#include "table/writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

struct Merged {
  std::optional<Header> header;
  std::map<std::string, StoredEntry> entries;
  std::vector<std::string> data_files;  // by new shard number: in the order they first appear
  std::map<std::string, std::int32_t> shard_of;
};

[[noreturn]] void refuse(const std::string& text, const std::string& file) {
  throw errors::InvalidArgumentError(text, {.file = file});
}

std::int32_t shard_number(Merged& merged, const std::string& data_file) {
  const auto [at, added] =
      merged.shard_of.emplace(data_file, static_cast<std::int32_t>(merged.data_files.size()));
  if (added) merged.data_files.push_back(data_file);
  return at->second;
}

void add_entry(Merged& merged, const std::string& prefix, std::string_view key, StoredEntry entry,
               int num_shards) {
  const std::string index = index_path_of(prefix);
  if (!entry.defect.empty()) {
    throw errors::DataLossError(fmt::format("{} ({})", entry.defect, index), {.file = index});
  }
  const auto existing = merged.entries.find(std::string(key));
  if (existing == merged.entries.end()) {
    entry.shard = shard_number(merged, data_path_of(prefix, entry.shard, num_shards));
    merged.entries.emplace(key, std::move(entry));
    return;
  }
  StoredEntry& whole = existing->second;
  if (whole.slices.empty() || entry.slices.empty()) {
    refuse(fmt::format("Duplicate tensor keyed by {} encountered, when merging prefix: {}", key,
                       prefix),
           index);
  }
  if (whole.dtype != entry.dtype || whole.shape != entry.shape) {
    refuse(fmt::format("Slices of tensor {} disagree on the whole: {} {}, and in {} {} {}", key,
                       name_of(whole.dtype), whole.shape.debug_string(), prefix,
                       name_of(entry.dtype), entry.shape.debug_string()),
           index);
  }
  whole.slices.insert(whole.slices.end(), entry.slices.begin(), entry.slices.end());
}

void add_bundle(io::FileSystem& files, Merged& merged, const std::string& prefix) {
  const std::string path = index_path_of(prefix);
  const table::Reader reader(files.open(path));
  std::optional<Header> header;
  reader.for_each([&](std::string_view key, std::string_view value) {
    if (key.empty()) {
      header = decode_header(value, path);
      if (merged.header && merged.header->big_endian != header->big_endian) {
        refuse("Merging bundles with conflicting endianness; inputs corrupted?", path);
      }
      merged.header = header;
      return;
    }
    if (!header)
      throw errors::DataLossError("Failed to read the header of " + path, {.file = path});
    add_entry(merged, prefix, key, decode_entry(key, value), header->num_shards);
  });
  if (!header) throw errors::DataLossError("Failed to read the header of " + path, {.file = path});
  // A checkpoint without tensors has data files all the same.
  for (int shard = 0; shard < std::min(header->num_shards, 100'000); ++shard) {
    const std::string data = data_path_of(prefix, shard, header->num_shards);
    if (!merged.shard_of.contains(data) && files.exists(data)) shard_number(merged, data);
  }
}

// Best effort: the merged checkpoint is complete without it.
void remove_sources(io::FileSystem& files, const Merged& merged,
                    std::span<const std::string> prefixes, const std::string& merged_prefix,
                    bool delete_old_dirs) {
  const auto quietly = [](auto f) {
    try {
      f();
    } catch (const errors::Error&) {
    }
  };
  std::set<std::string> kept{index_path_of(merged_prefix)};
  const int total = static_cast<int>(merged.data_files.size());
  for (int i = 0; i < total; ++i) kept.insert(data_path_of(merged_prefix, i, total));
  const auto remove = [&](const std::string& path) {
    if (!kept.contains(path)) quietly([&] { files.remove(path); });
  };
  for (const std::string& path : merged.data_files) remove(path);
  for (const std::string& prefix : prefixes) remove(index_path_of(prefix));
  if (!delete_old_dirs) return;
  for (const std::string& prefix : prefixes) {
    const std::string directory = io::directory_of(prefix);
    if (directory == io::directory_of(merged_prefix)) continue;
    quietly([&] { files.remove_directory(directory); });
  }
}

}  // namespace

void merge(std::span<const std::string> prefixes, const std::string& merged_prefix,
           const MergeOptions& options) {
  io::FileSystem& files = options.file_system ? *options.file_system : io::posix_file_system();
  if (prefixes.empty()) refuse("At least one checkpoint to merge is needed", merged_prefix);
  Merged merged;
  for (const std::string& prefix : prefixes) add_bundle(files, merged, prefix);
  const int num_shards = static_cast<int>(merged.data_files.size());
  if (num_shards == 0) refuse("The checkpoints to merge have no data files", prefixes[0]);
  Publication publication(files, merged_prefix, num_shards, options.durability);
  publication.make_directory();
  for (int i = 0; i < num_shards; ++i)
    publication.adopt(i, merged.data_files[static_cast<std::size_t>(i)]);
  publication.publish([&](io::WritableFile& out, int first_shard, int total) {
    table::Writer index(out);
    index.add("", encode_header({.num_shards = total, .big_endian = merged.header->big_endian}));
    for (const auto& [key, entry] : merged.entries) {
      StoredEntry placed = entry;
      placed.shard += first_shard;
      index.add(key, encode_entry(placed));
    }
    index.finish();
  });
  remove_sources(files, merged, prefixes, merged_prefix, options.delete_old_dirs);
}

}  // namespace tensorkeep::bundle
