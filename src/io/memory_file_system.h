#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "io/file_system.h"

namespace tensorkeep::io {

// Files in memory, with hard links and the difference between what was written and what is on the
// disk: power_loss() tells what would be left. Directories "/" and "." are there from the start.
class MemoryFileSystem final : public FileSystem {
 public:
  MemoryFileSystem();

  std::unique_ptr<RandomAccessFile> open(const std::string& path) override;
  std::unique_ptr<WritableFile> create(const std::string& path, Create mode) override;
  void rename(const std::string& from, const std::string& to) override;
  void link(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void remove_directory(const std::string& path) override;
  void create_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
  std::optional<FileInfo> stat(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::optional<std::uint64_t> free_space(const std::string& path) override;

  // Conveniences for tests.
  void put(const std::string& path, std::string contents);
  std::string get(const std::string& path);
  std::map<std::string, std::string> all_files();
  void set_free_space(std::optional<std::uint64_t> bytes);

  // What a power loss now would leave: contents as last synced (a file never synced is empty), and
  // of the changes to names not yet synced, numbered from 0 to unsynced_changes(), only those that
  // `survives` picks: a disk may keep any of them.
  std::unique_ptr<MemoryFileSystem> power_loss(const std::function<bool(std::size_t)>& survives);
  std::size_t unsynced_changes();

  struct Inode {
    std::string contents;
    std::string synced;
    std::int64_t mtime_ns = 0;
  };

 private:
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  using Change = std::vector<std::pair<std::string, std::shared_ptr<Inode>>>;  // null: removed
  friend class MemoryWriteFile;

  static void apply(const Change& change, Names& names);
  void change(Change change);
  std::shared_ptr<Inode> find(const std::string& path) const;
  void require_parent(const std::string& path) const;

  std::mutex mutex_;
  Names names_;
  Names durable_names_;
  std::vector<Change> unsynced_;
  std::set<std::string> directories_;
  std::optional<std::uint64_t> free_space_;
  std::int64_t clock_ns_ = 0;
};

}  // namespace tensorkeep::io
