#include "graph/names.h"

namespace tensorkeep::graph {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_valid_name(std::string_view name, bool at_root) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool later = c == '_' || c == '.' || c == '\\' || c == '-' || c == '/' || c == '>';
    if (is_letter_or_digit(c) || c == '.' || (later && (i > 0 || !at_root))) continue;
    return false;
  }
  return true;
}

}  // namespace tensorkeep::graph
