#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Files as TensorFlow's tf.gfile has them. Functions may be called from any thread; a GFile is for
// one thread.
namespace tensorkeep::gfile {

// An open file. Modes: "r", "rb", "w", "wb", "a", "ab"; and "r+", "w+", "a+" with or without a "b".
// What is written reaches the file in one atomic step at flush(), close() or the end of the scope,
// so that nobody ever reads half of it; if that step is taken because of an exception, the file
// stays what it was.
//
// Throws NotFoundError "path; No such file or directory", PermissionDeniedError for reading a file
// opened for writing and the other way round, InvalidArgumentError for another mode, and what the
// file system says.
class GFile {
 public:
  explicit GFile(std::string name, const std::string& mode = "r");
  // Closes; may throw, as the end of Python's `with` does.
  ~GFile() noexcept(false);
  GFile(const GFile&) = delete;
  GFile& operator=(const GFile&) = delete;

  const std::string& name() const { return name_; }
  const std::string& mode() const { return mode_; }
  std::string read(std::int64_t n = -1);  // at most n bytes; -1: to the end
  std::string readline();                 // with its newline; "" at the end
  std::vector<std::string> readlines();
  void write(std::string_view content);
  std::int64_t size() const { return static_cast<std::int64_t>(content_.size()); }
  std::int64_t tell() const { return static_cast<std::int64_t>(position_); }
  void seek(std::int64_t offset);  // from the start
  void flush();
  void close();

 private:
  void check_open(bool allowed, const char* what) const;

  std::string name_;
  std::string mode_;
  bool reads_ = false;
  bool writes_ = false;
  bool open_ = true;
  bool changed_ = false;
  std::string content_;
  std::size_t position_ = 0;
  int exceptions_ = 0;  // on their way when it was opened
};

using FastGFile = GFile;
using Open = GFile;

bool Exists(const std::string& path);
bool IsDirectory(const std::string& path);
// The names in a folder, directories without a slash, sorted. NotFoundError if it is no folder.
std::vector<std::string> ListDirectory(const std::string& path);
void MkDir(const std::string& path);     // AlreadyExistsError, NotFoundError
void MakeDirs(const std::string& path);  // with all above it; fine if it is there
void Remove(const std::string& path);    // a file; NotFoundError
void Rename(const std::string& from, const std::string& to, bool overwrite = false);
void Copy(const std::string& from, const std::string& to, bool overwrite = false);
void DeleteRecursively(const std::string& path);  // a folder and all in it

}  // namespace tensorkeep::gfile
