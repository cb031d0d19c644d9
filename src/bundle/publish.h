#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/file_system.h"

namespace tensorkeep::bundle {

// How the files of a checkpoint get their names. At every moment the directory holds the old
// checkpoint of the prefix or the new one, whole; a power loss changes nothing about that in
// durable mode, nor does the death of the process in fast mode, which leaves out the syncs.
//
// P is the prefix, N the number of data files.
//   1. Every data file is complete under a temporary name (P.data-....tempstate<random>), and
//   synced.
//   2. If P.index is there and its checkpoint has N data files, their names are taken: the new ones
//      get numbers N to 2N-1 of 2N (or of the next multiple of N that is free). Otherwise 0 to N-1
//      of N. An index may name any of its numbers, so both kinds are good checkpoints.
//   3. The data files are renamed to these names; the directory is synced.
//   4. The index is written under a temporary name, synced, and renamed to P.index. From here on
//   the
//      new checkpoint is the one that is there. The directory is synced.
//   5. If the numbers are not yet 0 to N-1 of N: each data file is linked under that name too
//      (replacing the old checkpoint's, which nothing names any more), the directory is synced,
//      and 4. is repeated with the plain numbers. The files are now TensorFlow's byte for byte. A
//      file system without hard links stays as it was after 4.
//   6. Data files under the prefix that the index does not name are removed.
// An error up to the rename of 4. removes everything that was made; one in 5. or 6. is no error of
// the save, for the new checkpoint is in place.
class Publication {
 public:
  Publication(io::FileSystem& files, std::string prefix, int num_shards, io::Durability durability);
  ~Publication();  // takes back whatever is not published
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;

  // Makes the directory if only its last part is missing.
  void make_directory();
  // The name to write a data file under (synced by whoever writes it).
  const std::string& temporary(int shard) const {
    return temporaries_.at(static_cast<std::size_t>(shard));
  }
  // Takes a file that is there already as a data file: by a link, or by moving it where there are
  // no links; it is moved back if nothing comes of the publication.
  void adopt(int shard, const std::string& path);

  // Steps 2 to 6. write_index writes an index whose shards count from `first_shard`, of `total`.
  using IndexWriter = std::function<void(io::WritableFile&, int first_shard, int total)>;
  void publish(const IndexWriter& write_index);
  std::uint64_t index_bytes() const { return index_bytes_; }

 private:
  struct Numbering {
    int first;
    int total;
  };
  Numbering free_numbering() const;
  void write_and_rename_index(const IndexWriter& write_index, Numbering numbering);
  bool renumber(const IndexWriter& write_index, Numbering from);
  void remove_stale(Numbering keep);
  std::string name(Numbering numbering, int i) const;
  void sync_directory();

  io::FileSystem& files_;
  std::string prefix_;
  std::string directory_;
  int num_shards_;
  io::Durability durability_;
  std::vector<std::string> temporaries_;
  std::vector<std::string> made_;                           // to be removed if nothing comes of it
  std::vector<std::pair<std::string, std::string>> moved_;  // adopted: where it is, where it was
  bool directory_made_ = false;
  bool published_ = false;
  std::uint64_t index_bytes_ = 0;
};

}  // namespace tensorkeep::bundle
