#include "runtime/kernels/regex_sets.h"

#include <algorithm>
#include <tuple>

namespace tensorkeep::runtime {
namespace {

struct NamedRanges {
  std::string_view name;
  CharacterRanges ranges;
};

const std::vector<NamedRanges>& posix_classes() {
  static const auto* const classes = new std::vector<NamedRanges>{
      {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
      {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
      {"ascii", {{0, 0x7F}}},
      {"blank", {{'\t', '\t'}, {' ', ' '}}},
      {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
      {"digit", {{'0', '9'}}},
      {"graph", {{'!', '~'}}},
      {"lower", {{'a', 'z'}}},
      {"print", {{' ', '~'}}},
      {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
      {"space", {{'\t', '\r'}, {' ', ' '}}},
      {"upper", {{'A', 'Z'}}},
      {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
      {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
  };
  return *classes;
}

}  // namespace

CharacterRanges sorted(CharacterRanges ranges) {
  std::sort(ranges.begin(), ranges.end());
  CharacterRanges result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.first <= result.back().second + 1) {
      result.back().second = std::max(result.back().second, range.second);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

CharacterRanges complement(const CharacterRanges& ranges) {
  CharacterRanges result;
  std::uint32_t next = 0;
  for (const auto& [first, last] : sorted(ranges)) {
    if (first > next) result.emplace_back(next, first - 1);
    next = last + 1;
  }
  if (next <= kLastCharacter) result.emplace_back(next, kLastCharacter);
  return result;
}

CharacterRanges folded(CharacterRanges ranges) {
  const std::size_t count = ranges.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (const auto& [first, last, offset] :
         {std::tuple{'A', 'Z', 32}, std::tuple{'a', 'z', -32}}) {
      const std::uint32_t low = std::max<std::uint32_t>(ranges[i].first, first);
      const std::uint32_t high = std::min<std::uint32_t>(ranges[i].second, last);
      if (low <= high) ranges.emplace_back(low + offset, high + offset);
    }
  }
  return ranges;
}

std::optional<CharacterRanges> perl_class(char letter) {
  const char lower = static_cast<char>(letter | 0x20);
  CharacterRanges ranges;
  if (lower == 'd') ranges = {{'0', '9'}};
  if (lower == 's') ranges = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
  if (lower == 'w') ranges = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  if (ranges.empty()) return std::nullopt;
  return letter == lower ? ranges : complement(ranges);
}

std::optional<CharacterRanges> posix_class(std::string_view name) {
  for (const NamedRanges& each : posix_classes()) {
    if (each.name == name) return each.ranges;
  }
  return std::nullopt;
}

}  // namespace tensorkeep::runtime
