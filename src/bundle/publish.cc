#include "bundle/publish.h"

#include <fmt/format.h>

#include <algorithm>

#include "bundle/format.h"
#include "bundle/reader.h"
#include "io/files.h"
#include "table/reader.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

// For steps whose failure changes nothing about the outcome.
template <typename F>
bool quietly(F f) {
  try {
    f();
    return true;
  } catch (const errors::Error&) {
    return false;
  }
}

// Whether `name` is BASE.data-<digits>-of-<digits>; the last number goes to `total`.
bool is_data_file(std::string_view name, std::string_view base, std::string& total) {
  const std::string start = fmt::format("{}.data-", base);
  if (!name.starts_with(start)) return false;
  const std::string_view rest = name.substr(start.size());
  const std::size_t of = rest.find("-of-");
  if (of == std::string_view::npos) return false;
  const auto is_number = [](std::string_view text) {
    return text.size() >= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  total = rest.substr(of + 4);
  return is_number(rest.substr(0, of)) && is_number(total);
}

}  // namespace

Publication::Publication(io::FileSystem& files, std::string prefix, int num_shards,
                         io::Durability durability)
    : files_(files),
      prefix_(std::move(prefix)),
      directory_(io::directory_of(prefix_)),
      num_shards_(num_shards),
      durability_(durability) {
  for (int i = 0; i < num_shards_; ++i) {
    temporaries_.push_back(io::temporary_name(data_path_of(prefix_, i, num_shards_)));
    made_.push_back(temporaries_.back());
  }
}

Publication::~Publication() {
  if (published_) return;
  for (const auto& move : moved_) {
    quietly([&] { files_.rename(move.first, move.second); });
  }
  for (const std::string& path : made_) {
    quietly([&] { files_.remove(path); });
  }
  if (directory_made_) quietly([&] { files_.remove_directory(directory_); });
}

void Publication::make_directory() {
  if (files_.is_directory(directory_)) return;
  files_.create_directory(directory_);
  directory_made_ = true;
  if (durability_ == io::Durability::kDurable) {
    files_.sync_directory(io::directory_of(directory_));
  }
}

void Publication::adopt(int shard, const std::string& path) {
  try {
    files_.link(path, temporary(shard));
  } catch (const errors::UnimplementedError&) {
    files_.rename(path, temporary(shard));
    moved_.emplace_back(temporary(shard), path);
  }
}

std::string Publication::name(Numbering numbering, int i) const {
  return data_path_of(prefix_, numbering.first + i, numbering.total);
}

void Publication::sync_directory() {
  if (durability_ == io::Durability::kDurable) files_.sync_directory(directory_);
}

// Names that the checkpoint now under the prefix does not use.
Publication::Numbering Publication::free_numbering() const {
  const std::string index = index_path_of(prefix_);
  if (!files_.exists(index)) return {0, num_shards_};
  std::optional<int> old_total;
  quietly([&] {
    const table::Reader reader(files_.open(index));
    if (const auto header = reader.get("")) old_total = decode_header(*header, index).num_shards;
  });
  if (old_total) {
    if (*old_total != num_shards_) return {0, num_shards_};
    return {num_shards_, 2 * num_shards_};
  }
  // It cannot be read just now; perhaps it is good all the same. No name that exists is touched.
  const std::vector<std::string> names = files_.list(directory_);
  for (int total = num_shards_;; total += num_shards_) {
    const std::string wanted = fmt::format("{:05d}", total);
    const bool taken = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      std::string found;
      return is_data_file(name, io::base_name_of(prefix_), found) && found == wanted;
    });
    if (!taken) return {total - num_shards_, total};
  }
}

void Publication::write_and_rename_index(const IndexWriter& write_index, Numbering numbering) {
  const std::string temporary = io::temporary_name(index_path_of(prefix_));
  try {
    const auto file = files_.create(temporary, io::FileSystem::Create::kExclusive);
    write_index(*file, numbering.first, numbering.total);
    if (durability_ == io::Durability::kDurable) file->sync();
    file->close();
    index_bytes_ = files_.stat(temporary).value_or(io::FileInfo{}).size;
    files_.rename(temporary, index_path_of(prefix_));
  } catch (...) {
    quietly([&] { files_.remove(temporary); });
    throw;
  }
}

void Publication::publish(const IndexWriter& write_index) {
  Numbering numbering = free_numbering();
  for (int i = 0; i < num_shards_; ++i) {
    const std::string target = name(numbering, i);
    files_.rename(temporary(i), target);
    made_.push_back(target);
    for (auto& moved : moved_) {
      if (moved.first == temporary(i)) moved.first = target;
    }
  }
  sync_directory();
  write_and_rename_index(write_index, numbering);
  published_ = true;
  sync_directory();
  if (numbering.first != 0) {
    bool links = true;
    const bool done = quietly([&] { links = renumber(write_index, numbering); });
    if (!done) return;  // which index is in place nobody knows for sure: leave both kinds of names
    if (links) numbering = {0, num_shards_};
  }
  quietly([&] { remove_stale(numbering); });
}

// Step 5; false if the file system has no hard links.
bool Publication::renumber(const IndexWriter& write_index, Numbering from) {
  const Numbering plain{0, num_shards_};
  for (int i = 0; i < num_shards_; ++i) {
    const std::string temporary = io::temporary_name(name(plain, i));
    try {
      files_.link(name(from, i), temporary);
    } catch (const errors::UnimplementedError&) {
      if (i == 0) return false;
      throw;
    }
    try {
      files_.rename(temporary, name(plain, i));
    } catch (...) {
      quietly([&] { files_.remove(temporary); });
      throw;
    }
  }
  sync_directory();
  write_and_rename_index(write_index, plain);
  sync_directory();
  return true;
}

void Publication::remove_stale(Numbering keep) {
  std::vector<std::string> kept;
  for (int i = 0; i < num_shards_; ++i) kept.push_back(io::base_name_of(name(keep, i)));
  for (const std::string& name : files_.list(directory_)) {
    std::string total;
    if (!is_data_file(name, io::base_name_of(prefix_), total)) continue;
    if (std::find(kept.begin(), kept.end(), name) != kept.end()) continue;
    quietly([&] { files_.remove(io::join_path(directory_, name)); });
  }
}

}  // namespace tensorkeep::bundle
