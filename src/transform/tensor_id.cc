#include "transform/tensor_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tensorkeep/errors.h"

namespace tensorkeep::transform {

TensorId parse_input(const std::string& text) {
  if (text.starts_with('^')) return {text.substr(1), kControl};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return {text, 0};
  int index = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, index);
  if (error != std::errc() || stop != end || index < 0) return {text, 0};
  return {text.substr(0, colon), index};
}

TensorId parse_argument(const std::string& text) {
  if (text.starts_with('^')) return {text.substr(1), kControl};
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {text, 0};
  const std::string number = text.substr(colon + 1);
  if (number.find(':') != std::string::npos) {
    errors::raise_value_error(
        fmt::format("Cannot convert '{}' to a tensor name. Tensor names should not contain more "
                    "than 1 `:`. Obtained {}",
                    text, std::count(text.begin(), text.end(), ':')));
  }
  int index = 0;
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, index);
  if (error != std::errc() || stop != end || index < 0) {
    errors::raise_value_error(
        fmt::format("Cannot convert '{}' to a tensor name. Second component of the name following "
                    "the `:` should be an int. Got {}.",
                    text, number));
  }
  return {text.substr(0, colon), index};
}

std::string to_string(const TensorId& id) {
  if (id.index == kControl) return "^" + id.node;
  return fmt::format("{}:{}", id.node, id.index);
}

}  // namespace tensorkeep::transform
