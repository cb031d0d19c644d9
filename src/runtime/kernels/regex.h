#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Regular expressions of RE2's syntax, which TensorFlow's operations take. The time is that of the
// text times the expression at most, whatever both are.
namespace tensorkeep::runtime {

// What is wrong with an expression, in RE2's words.
class RegexError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One step of a machine that reads a text character by character.
struct RegexStep {
  enum class Kind {
    kSet,        // a character of `ranges`
    kSplit,      // goes on at `next` and, if that fails, at `other`
    kSave,       // the place is where slot `other` of the groups begins or ends
    kTextBegin,  // the rest: whether a place is of a kind
    kTextEnd,
    kLineBegin,
    kLineEnd,
    kBoundary,  // between a letter of words and another character
    kNoBoundary,
    kMatch,
  };
  Kind kind = Kind::kMatch;
  std::size_t next = 0;
  std::size_t other = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges = {};
};

class Regex {
 public:
  // Throws RegexError for a malformed expression, and one that is too large.
  explicit Regex(std::string_view pattern);

  std::size_t groups() const { return groups_; }  // without the whole
  bool full_match(std::string_view text) const;
  // The first match from `from` on, the longest way of its first alternative that fits: begin and
  // end of the whole and of each group, npos for a group that took no part. Empty if there is none.
  std::vector<std::size_t> search(std::string_view text, std::size_t from) const;

 private:
  std::vector<std::size_t> run(std::string_view text, std::size_t from, bool whole) const;

  std::vector<RegexStep> steps_;
  std::size_t groups_ = 0;
};

// The program of an expression, and how many groups it has.
std::pair<std::vector<RegexStep>, std::size_t> compile_regex(std::string_view pattern);

// The character of UTF-8 at a place and its bytes; kNoCharacter, one byte long, if it is none.
inline constexpr std::uint32_t kNoCharacter = 0xFFFFFFFF;
std::pair<std::uint32_t, std::size_t> utf8_character(std::string_view text, std::size_t at);

}  // namespace tensorkeep::runtime
