#include "text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tensorkeep::cli {
namespace {

struct Character {
  std::uint32_t code = 0;  // U+0000 ...
  std::size_t length = 0;  // bytes; 0: none that is valid starts here
};

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead < 0xc2   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return {};
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    code = code << 6 | (byte & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kLeast[length] || surrogate || code > 0x10ffff) return {};
  return {code, length};
}

// What a terminal would obey instead of showing.
bool is_control(std::uint32_t code) {
  const bool direction = code == 0x200e || code == 0x200f || code == 0x061c ||
                         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || direction || code == 0x2028 ||
         code == 0x2029;
}

const char* short_escape(std::uint32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\\':
      return "\\\\";
    default:
      return nullptr;
  }
}

// Printable ASCII that no form escapes.
bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
}

// Copies runs of plain characters and hands every other one to `escape`, with its bytes.
template <typename Escape>
void transcribe(std::string_view text, std::string& result, Escape&& escape) {
  while (!text.empty()) {
    const auto plain_end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(plain_end - text.begin());
    result += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
    escape(character, bytes);
    text.remove_prefix(bytes.size());
  }
}

template <typename T>
std::string shortest(T value) {
  std::string text = fmt::format("{}", value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}
template <typename T>
std::string number_in_json(T value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return shortest(value);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  transcribe(text, result, [&](const Character& character, std::string_view bytes) {
    const bool valid = character.length > 0;
    if (const char* escape = valid ? short_escape(character.code) : nullptr) {
      result += escape;
    } else if (!valid || is_control(character.code)) {
      for (const char byte : bytes) {
        result += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    } else {
      result += bytes;
    }
  });
  return result;
}

std::string json_string(std::string_view text) {
  std::string result = "\"";
  transcribe(text, result, [&](const Character& character, std::string_view bytes) {
    if (character.length == 0) {
      result += fmt::format("\\udc{:02x}", static_cast<unsigned char>(bytes[0]));
    } else if (character.code == '"') {
      result += "\\\"";
    } else if (const char* escape = short_escape(character.code)) {
      result += escape;
    } else if (is_control(character.code)) {
      result += fmt::format("\\u{:04x}", character.code);
    } else {
      result += bytes;
    }
  });
  return result + "\"";
}

std::string json_number(float value) {
  return number_in_json(value);
}
std::string json_number(double value) {
  return number_in_json(value);
}
std::string float_text(float value) {
  return shortest(value);
}
std::string float_text(double value) {
  return shortest(value);
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  constexpr std::array<const char*, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace tensorkeep::cli
