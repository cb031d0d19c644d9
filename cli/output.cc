#include "output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "text.h"

namespace tensorkeep::cli {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

// False with errno set if not all could be written.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void write_out(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return;
  const int code = errno;
  throw OutputError(code, std::string("cannot write to standard output: ") + std::strerror(code));
}

}  // namespace

Output& Output::operator<<(std::string_view text) {
  if (buffer_.size() + text.size() > kBufferBytes) flush();
  if (text.size() > kBufferBytes) {
    write_out(text);
  } else {
    buffer_ += text;
  }
  return *this;
}

void Output::flush() {
  const std::string text = std::move(buffer_);
  buffer_.clear();
  write_out(text);
}

bool Output::is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

void complain(std::string_view text) {
  // Nowhere is left to tell if this fails.
  (void)write_all(STDERR_FILENO, "tensorkeep: " + printable(text) + "\n");
}

}  // namespace tensorkeep::cli
