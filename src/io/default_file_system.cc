#include "io/default_file_system.h"

#include <atomic>

namespace tensorkeep::io {
namespace {
std::atomic<FileSystem*> replacement{nullptr};
}  // namespace

FileSystem& default_file_system() {
  FileSystem* const files = replacement.load();
  return files != nullptr ? *files : posix_file_system();
}

ScopedFileSystem::ScopedFileSystem(FileSystem& files) : before_(replacement.exchange(&files)) {}

ScopedFileSystem::~ScopedFileSystem() {
  replacement = before_;
}

}  // namespace tensorkeep::io
