#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "runtime/kernels/broadcast.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Strings element by element: their length, parts, case, numbers in them, and base 64.
namespace tensorkeep::runtime {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Whether a byte goes on with a character of UTF-8 that has begun.
bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Where each character begins, and the end.
std::vector<std::size_t> characters(const std::string& text) {
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || !continues(text[i])) begins.push_back(i);
  }
  begins.push_back(text.size());
  return begins;
}

// Calls f(text, c) -> std::string for every string.
template <typename F>
void map_strings(KernelContext& c, F&& f) {
  const auto texts = c.input(0).data<std::string>();
  Tensor& out = c.allocate_output(0, c.input_shape(0));
  const auto results = out.mutable_data<std::string>();
  for (std::size_t i = 0; i < texts.size(); ++i) results[i] = f(texts[i]);
}

Kernel make_length(const Operation& op) {
  return [utf8 = op.attr_string("unit") == "UTF8_CHAR"](KernelContext& c) {
    const auto texts = c.input(0).data<std::string>();
    Tensor& out = c.allocate_output(0, c.input_shape(0));
    const auto lengths = out.mutable_data<std::int32_t>();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto count = utf8 ? std::count_if(texts[i].begin(), texts[i].end(),
                                              [](char byte) { return !continues(byte); })
                              : static_cast<std::ptrdiff_t>(texts[i].size());
      lengths[i] = static_cast<std::int32_t>(count);
    }
  };
}

// Of ASCII: other letters stay as they are, or (in "utf-8", where they would change) are refused.
template <char kFirst, char kLast>
Kernel make_case(const Operation& op) {
  const std::string encoding = op.attr_string("encoding");
  if (!encoding.empty() && encoding != "utf-8") {
    throw errors::InvalidArgumentError(
        "only utf-8 or '' (no encoding) is supported, received " + encoding, {.node = op.name()});
  }
  return [utf8 = !encoding.empty()](KernelContext& c) {
    map_strings(c, [&](std::string text) {
      for (char& letter : text) {
        if (utf8 && static_cast<unsigned char>(letter) >= 0x80) {
          throw errors::UnimplementedError("letters beyond ASCII have no case here",
                                           {.node = c.op().name()});
        }
        if (letter >= kFirst && letter <= kLast) letter = static_cast<char>(letter ^ 0x20);
      }
      return text;
    });
  };
}

void strip(KernelContext& c) {
  map_strings(c, [](const std::string& text) { return std::string(stripped(text)); });
}

// A part counted in characters, from the end if `position` is negative.
std::string part_of_characters(const KernelContext& c, const std::string& text,
                               std::int64_t position, std::int64_t length, std::int64_t index) {
  const std::vector<std::size_t> begins = characters(text);
  const auto count = static_cast<std::int64_t>(begins.size()) - 1;
  if (position < -count || position > count) {
    c.fail(fmt::format("pos {} out of range for string b'{}' at index {}", position, text, index));
  }
  if (position < 0) position += count;
  if (length <= 0) return "";
  const std::int64_t end = position + std::min(length, count - position);
  const std::size_t first = begins[static_cast<std::size_t>(position)];
  return text.substr(first, begins[static_cast<std::size_t>(end)] - first);
}

// The same in bytes; all of the rest if `length` is negative.
std::string part_of_bytes(const KernelContext& c, const std::string& text, std::int64_t position,
                          std::int64_t length, std::int64_t index) {
  const auto count = static_cast<std::int64_t>(text.size());
  if (position < -count || position > count) {
    c.fail(fmt::format("pos {} out of range for string b'{}' at index {}", position, text, index));
  }
  if (position < 0) position += count;
  return text.substr(static_cast<std::size_t>(position),
                     length < 0 ? std::string::npos : static_cast<std::size_t>(length));
}

Kernel make_substr(const Operation& op) {
  return [utf8 = op.attr_string("unit") == "UTF8_CHAR"](KernelContext& c) {
    if (c.input_shape(1) != c.input_shape(2)) {
      c.fail(fmt::format("pos and len should have the same shape, got: {} vs. {}",
                         c.input_shape(1).debug_string(), c.input_shape(2).debug_string()));
    }
    const auto broadcast = Broadcast::of(c.input_shape(0), c.input_shape(1));
    if (!broadcast) {
      c.fail(fmt::format("Incompatible shapes: {} vs. {}", c.input_shape(0).debug_string(),
                         c.input_shape(1).debug_string()));
    }
    const auto texts = c.input(0).data<std::string>();
    const std::vector<std::int64_t> positions = integers(c, 1);
    const std::vector<std::int64_t> lengths = integers(c, 2);
    Tensor& out = c.allocate_output(0, broadcast->shape());
    const auto results = out.mutable_data<std::string>();
    const bool text_varies = broadcast->operands() != simd::Operands::kLeftFixed;
    const bool part_varies = broadcast->operands() != simd::Operands::kRightFixed;
    broadcast->for_each_row([&](std::int64_t text, std::int64_t part, std::int64_t to) {
      for (std::int64_t i = 0; i < broadcast->row_size(); ++i) {
        const std::string& whole = texts[static_cast<std::size_t>(text + (text_varies ? i : 0))];
        const auto at = static_cast<std::size_t>(part + (part_varies ? i : 0));
        results[static_cast<std::size_t>(to + i)] = (utf8 ? part_of_characters : part_of_bytes)(
            c, whole, positions[at], lengths[at], to + i);
      }
    });
  };
}

// The number in a text that from_chars finds too large or too small: infinity or 0.
template <typename T>
T beyond_range(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eEpP");
  if (exponent != std::string_view::npos) {
    return text[exponent + 1] == '-' ? T(0) : std::numeric_limits<T>::infinity();
  }
  const std::size_t digit = text.find_first_not_of('0');
  return digit != std::string_view::npos && text[digit] == '.' ? T(0)
                                                               : std::numeric_limits<T>::infinity();
}

template <typename T>
bool parse_float(std::string_view text, T& value) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  auto format = std::chars_format::general;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  if (text.empty() || text[0] == '-' || text.find('(') != std::string_view::npos) return false;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, format);
  if (stop != end || error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range) value = beyond_range<T>(text);
  if (negative) value = -value;
  return true;
}

template <typename T>
bool parse(std::string_view text, T& value) {
  text = stripped(text);
  if constexpr (std::is_floating_point_v<T>) {
    return parse_float(text, value);
  } else {
    if (text.starts_with('+')) {
      text.remove_prefix(1);
      if (text.starts_with('-')) return false;
    }
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return stop == end && error == std::errc();
  }
}

Kernel make_to_number(const Operation& op) {
  return dispatch<float, double, std::int32_t, std::int64_t, std::uint32_t, std::uint64_t>(
      op, op.output_dtype(0), []<typename T>(T) -> Kernel {
        return [](KernelContext& c) {
          const auto texts = c.input(0).data<std::string>();
          Tensor& out = c.allocate_output(0, c.input_shape(0));
          const auto numbers = out.mutable_data<T>();
          for (std::size_t i = 0; i < texts.size(); ++i) {
            if (!parse(std::string_view(texts[i]), numbers[i])) {
              c.fail("StringToNumberOp could not correctly convert string: " + texts[i]);
            }
          }
        };
      });
}

// The alphabet that is safe in addresses.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Kernel make_encode(const Operation& op) {
  return [pad = op.attr_bool("pad")](KernelContext& c) {
    map_strings(c, [pad](const std::string& text) {
      std::string code;
      for (std::size_t i = 0; i < text.size(); i += 3) {
        const std::size_t bytes = std::min<std::size_t>(3, text.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
          bits = bits << 8 | (j < bytes ? static_cast<unsigned char>(text[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
          if (j <= bytes) {
            code += kDigits[bits >> (18 - 6 * j) & 63];
          } else if (pad) {
            code += '=';
          }
        }
      }
      return code;
    });
  };
}

void decode(KernelContext& c) {
  map_strings(c, [&](const std::string& code) {
    std::string_view digits = code;
    if (digits.size() % 4 == 0 && digits.ends_with('=')) {
      digits.remove_suffix(digits.ends_with("==") ? 2 : 1);
    }
    if (digits.size() % 4 == 1) c.fail("Base64 string length cannot be 1 modulo 4.");
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char digit : digits) {
      const std::size_t value = kDigits.find(digit);
      if (value == std::string_view::npos) c.fail("Invalid character found in base64.");
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      held += 6;
      if (held < 8) continue;
      held -= 8;
      text += static_cast<char>(bits >> held & 0xff);
    }
    return text;
  });
}

}  // namespace

void register_string_kernels(KernelRegistry& registry) {
  registry.add("StringLength", make_length);
  registry.add("StringLower", make_case<'A', 'Z'>);
  registry.add("StringUpper", make_case<'a', 'z'>);
  registry.add_function("StringStrip", strip);
  registry.add("Substr", make_substr);
  registry.add("StringToNumber", make_to_number);
  registry.add("EncodeBase64", make_encode);
  registry.add_function("DecodeBase64", decode);
}

}  // namespace tensorkeep::runtime
