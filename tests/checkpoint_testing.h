#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/errors.h"
#include "tensorkeep/tensor.h"

// What the tests of both checkpoint formats share.
namespace tensorkeep::testing {

inline std::string to_hex(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[c & 15];
  }
  return text;
}
inline std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// "name dtype shape hex", as tests/golden/golden_tensors.py writes it.
inline std::string line_of(const std::string& name, const Tensor& tensor) {
  std::string line =
      to_hex(name) + " " + name_of(tensor.dtype()) + " " + tensor.shape().debug_string() + " ";
  if (tensor.dtype() == DType::kString) {
    const auto strings = tensor.data<std::string>();
    for (std::size_t i = 0; i < strings.size(); ++i) line += (i ? "," : "") + to_hex(strings[i]);
  } else {
    line += to_hex({static_cast<const char*>(tensor.raw_data()), tensor.num_bytes()});
  }
  return line;
}

inline std::vector<std::string> lines_of_file(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The error's class name and text, or "no error".
template <typename F>
std::string error_of(F f) {
  try {
    f();
  } catch (const errors::Error& error) {
    return std::string(errors::class_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

}  // namespace tensorkeep::testing
