#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tensorkeep::cli {

// A command line that asks for what cannot be: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Standard output cannot be written to; `code` is the errno.
struct OutputError : std::runtime_error {
  OutputError(int code, const std::string& text) : std::runtime_error(text), code(code) {}
  int code;
};

// Standard output with a buffer. What is written last needs a flush(), which tells of errors; the
// destructor writes nothing.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  Output& operator<<(std::string_view text);
  void flush();
  static bool is_terminal();

 private:
  std::string buffer_;
};

// A line on standard error: "tensorkeep: TEXT", without control characters.
void complain(std::string_view text);

}  // namespace tensorkeep::cli
