#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

// Sets of characters in regular expressions.
namespace tensorkeep::runtime {

using CharacterRanges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // first, last

inline constexpr std::uint32_t kLastCharacter = 0x10FFFF;

// In order, and without overlap.
CharacterRanges sorted(CharacterRanges ranges);
// All other characters, in order.
CharacterRanges complement(const CharacterRanges& ranges);
// With the letters of ASCII in both cases.
CharacterRanges folded(CharacterRanges ranges);
// What [:alpha:] and the like stand for in brackets; nothing for another name.
std::optional<CharacterRanges> posix_class(std::string_view name);
// \d, \s, \w and, as capitals, their opposites; nothing for another letter.
std::optional<CharacterRanges> perl_class(char letter);

}  // namespace tensorkeep::runtime
