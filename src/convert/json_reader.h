#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tensorkeep::convert {

// Reads JSON (RFC 8259) of a known form from front to back; text in UTF-8. `fail` is called with
// what is wrong and where, and does not return.
class JsonReader {
 public:
  using Fail = std::function<void(const std::string& what)>;
  JsonReader(std::string_view text, Fail fail) : text_(text), fail_(std::move(fail)) {}

  // Calls visit(key) for each member, which reads the value. A key that comes twice is wrong.
  void object(const std::function<void(const std::string& key)>& visit);
  // Calls visit() for each element.
  void array(const std::function<void()>& visit);
  std::string string();
  // A whole number without sign, below 2^63.
  std::uint64_t integer();
  void expect_end();  // of the text
  [[noreturn]] void fail(const std::string& what) const;

 private:
  char peek();  // behind white space; '\0' at the end
  bool take(char c);
  void expect(char c);
  std::uint32_t hex4();
  void append_escaped(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
  Fail fail_;
};

}  // namespace tensorkeep::convert
