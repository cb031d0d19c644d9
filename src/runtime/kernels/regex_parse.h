#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernels/regex.h"
#include "runtime/kernels/regex_sets.h"

namespace tensorkeep::runtime {

// A part of a regular expression.
struct RegexNode {
  enum class Type { kSet, kPlace, kConcat, kAlternate, kRepeat, kGroup };
  Type type = Type::kConcat;
  CharacterRanges ranges = {};
  RegexStep::Kind place = RegexStep::Kind::kTextBegin;
  int least = 0;
  int most = -1;  // no limit
  bool greedy = true;
  std::size_t group = 0;  // 0: none
  std::vector<std::unique_ptr<RegexNode>> children = {};
};
using RegexNodePtr = std::unique_ptr<RegexNode>;

// The whole of an expression, and how many groups it has. Throws RegexError.
std::pair<RegexNodePtr, std::size_t> parse_regex(std::string_view pattern);

}  // namespace tensorkeep::runtime
