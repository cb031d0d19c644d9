#include "convert/json_reader.h"

#include <fmt/format.h>

#include <cstdlib>
#include <unordered_set>

namespace tensorkeep::convert {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

}  // namespace

void JsonReader::fail(const std::string& what) const {
  fail_(fmt::format("{} at byte {}", what, at_));
  std::abort();  // fail_ throws
}

char JsonReader::peek() {
  while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string::npos) {
    ++at_;
  }
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonReader::take(char c) {
  if (peek() != c || at_ == text_.size()) return false;
  ++at_;
  return true;
}

void JsonReader::expect(char c) {
  if (!take(c)) fail(fmt::format("'{}' expected", c));
}

void JsonReader::object(const std::function<void(const std::string&)>& visit) {
  expect('{');
  if (take('}')) return;
  std::unordered_set<std::string> keys;
  do {
    std::string key = string();
    expect(':');
    visit(key);
    if (!keys.insert(key).second) fail(fmt::format("the key \"{}\" comes twice", key));
  } while (take(','));
  expect('}');
}

void JsonReader::array(const std::function<void()>& visit) {
  expect('[');
  if (take(']')) return;
  do {
    visit();
  } while (take(','));
  expect(']');
}

std::uint32_t JsonReader::hex4() {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
    if (c == '\0' || digit == std::string_view::npos) fail("four hexadecimal digits expected");
    value = value << 4 | static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
  }
  return value;
}

// Behind the backslash.
void JsonReader::append_escaped(std::string& out) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  ++at_;
  if (const std::size_t i = kLetters.find(c); c != '\0' && i != std::string_view::npos) {
    out += kMeanings[i];
    return;
  }
  if (c != 'u') fail("an unknown escape");
  std::uint32_t code = hex4();
  if (code >= 0xd800 && code < 0xdc00) {
    if (!text_.substr(std::min(at_, text_.size())).starts_with("\\u")) fail("half a character");
    at_ += 2;
    const std::uint32_t low = hex4();
    if (low < 0xdc00 || low > 0xdfff) fail("half a character");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code < 0xe000) {
    fail("half a character");
  }
  append_utf8(out, code);
}

std::string JsonReader::string() {
  expect('"');
  std::string out;
  while (at_ < text_.size() && text_[at_] != '"') {
    const char c = text_[at_++];
    if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a string");
    if (c == '\\') {
      append_escaped(out);
    } else {
      out += c;
    }
  }
  if (at_ >= text_.size()) fail("a string has no end");
  ++at_;
  return out;
}

std::uint64_t JsonReader::integer() {
  constexpr std::uint64_t kMax = ~std::uint64_t{0} >> 1;
  const char first = peek();
  if (first < '0' || first > '9') fail("a whole number expected");
  std::uint64_t value = 0;
  const std::size_t begin = at_;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
    const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
    if (value > (kMax - digit) / 10) fail("a number is too large");
    value = value * 10 + digit;
  }
  if (first == '0' && at_ - begin > 1) fail("a whole number expected");
  const char next = at_ < text_.size() ? text_[at_] : ' ';
  if (next == '.' || next == 'e' || next == 'E') fail("a whole number expected");
  return value;
}

void JsonReader::expect_end() {
  peek();
  if (at_ < text_.size()) fail("text behind the end");
}

}  // namespace tensorkeep::convert
