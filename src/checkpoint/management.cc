#include "checkpoint/management.h"

#include "checkpoint/paths.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

void remove_matching(io::FileSystem& files, const std::string& pattern) {
  for (const std::string& path : matching_files(files, pattern)) {
    try {
      files.remove(path);
    } catch (const errors::NotFoundError&) {
      // Somebody else removed it between the look and the step.
    }
  }
}

}  // namespace

bool checkpoint_exists(io::FileSystem& files, const std::string& prefix) {
  return !matching_files(files, prefix + ".index").empty() ||
         !matching_files(files, prefix).empty();
}

std::vector<double> get_checkpoint_mtimes(io::FileSystem& files,
                                          const std::vector<std::string>& prefixes) {
  std::vector<double> times;
  for (const std::string& prefix : prefixes) {
    for (const std::string& pattern : {prefix + ".index", prefix}) {
      const auto found = matching_files(files, pattern);
      const auto info = found.empty() ? std::nullopt : files.stat(found[0]);
      if (!info) continue;
      times.push_back(static_cast<double>(info->mtime_ns) / 1e9);
      break;
    }
  }
  return times;
}

void remove_checkpoint(io::FileSystem& files, const std::string& prefix,
                       train::CheckpointFormatVersion version,
                       const std::string& meta_graph_suffix) {
  remove_matching(files, train::meta_graph_filename(prefix, meta_graph_suffix));
  if (version == train::CheckpointFormatVersion::kV2) {
    remove_v2(files, prefix);
  } else {
    remove_matching(files, prefix);
  }
}

void remove_v2(io::FileSystem& files, const std::string& prefix) {
  remove_matching(files, prefix + ".index");
  remove_matching(files, prefix + ".data-" + kShardPattern);
}

void supersede_v2(io::FileSystem& files, const std::string& path, io::Durability durability) {
  const std::string index = path + ".index";
  if (!files.exists(index)) return;
  files.remove(index);
  // No index may come back after its data has gone.
  if (durability == io::Durability::kDurable) files.sync_directory(io::directory_of(index));
  try {
    remove_matching(files, path + ".data-" + kShardPattern);
  } catch (const errors::Error&) {
    // Without an index they are only litter.
  }
}

void remove_temporary_shards(io::FileSystem& files, const std::string& prefix) {
  const std::string directory = prefix + "_temp";
  try {
    if (!files.is_directory(directory)) return;
    remove_matching(files, io::join_path(directory, "part-*"));
    files.remove_directory(directory);
  } catch (const errors::Error&) {
    // They are only litter.
  }
}

}  // namespace tensorkeep::checkpoint

namespace tensorkeep::train {

bool checkpoint_exists(const std::string& checkpoint_prefix) {
  return checkpoint::checkpoint_exists(io::default_file_system(), checkpoint_prefix);
}

std::vector<double> get_checkpoint_mtimes(const std::vector<std::string>& checkpoint_prefixes) {
  return checkpoint::get_checkpoint_mtimes(io::default_file_system(), checkpoint_prefixes);
}

void remove_checkpoint(const std::string& checkpoint_prefix,
                       CheckpointFormatVersion checkpoint_format_version,
                       const std::string& meta_graph_suffix) {
  checkpoint::remove_checkpoint(io::default_file_system(), checkpoint_prefix,
                                checkpoint_format_version, meta_graph_suffix);
}

std::string meta_graph_filename(const std::string& checkpoint_filename,
                                const std::string& meta_graph_suffix) {
  // TensorFlow drops "-[\d\?]+-of-\d+" at the end.
  std::string_view base = checkpoint_filename;
  const auto drop = [](std::string_view text, std::string_view characters) {
    const std::size_t end = text.find_last_not_of(characters);
    return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  };
  const std::string_view count = drop(base, "0123456789");
  if (count.size() < base.size() && count.ends_with("-of-")) {
    const std::string_view before = count.substr(0, count.size() - 4);
    const std::string_view shard = drop(before, "0123456789?");
    if (shard.size() < before.size() && shard.ends_with('-')) {
      base = shard.substr(0, shard.size() - 1);
    }
  }
  return std::string(base) + "." + meta_graph_suffix;
}

}  // namespace tensorkeep::train
