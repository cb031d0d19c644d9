#pragma once

#include "io/file_system.h"

namespace tensorkeep::io {

// Where whole programs keep their files: the operating system's, unless a test says otherwise.
FileSystem& default_file_system();

// Makes `files` the default for every thread while it lives. For tests.
class ScopedFileSystem {
 public:
  explicit ScopedFileSystem(FileSystem& files);
  ~ScopedFileSystem();
  ScopedFileSystem(const ScopedFileSystem&) = delete;
  ScopedFileSystem& operator=(const ScopedFileSystem&) = delete;

 private:
  FileSystem* before_;
};

}  // namespace tensorkeep::io
