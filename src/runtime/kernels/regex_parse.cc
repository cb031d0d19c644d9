#include "runtime/kernels/regex_parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

namespace tensorkeep::runtime {
namespace {

using Kind = RegexStep::Kind;
using Node = RegexNode;
using NodePtr = RegexNodePtr;
using Ranges = CharacterRanges;

constexpr int kMostNested = 1000;
constexpr int kMostRepeated = 1000;

NodePtr node(Node::Type type) {
  auto result = std::make_unique<Node>();
  result->type = type;
  return result;
}
NodePtr set_of(Ranges ranges) {
  NodePtr result = node(Node::Type::kSet);
  result->ranges = sorted(std::move(ranges));
  return result;
}
NodePtr place_of(Kind kind) {
  NodePtr result = node(Node::Type::kPlace);
  result->place = kind;
  return result;
}

struct Flags {
  bool fold = false;
  bool lines = false;
  bool dot_takes_lines = false;
  bool lazy = false;
};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : left_(pattern) {}

  NodePtr parse() {
    NodePtr result = alternatives();
    if (!left_.empty()) fail("unexpected )", left_.substr(0, 1));
    return result;
  }
  std::size_t groups() const { return groups_; }

 private:
  [[noreturn]] static void fail(const char* what, std::string_view where) {
    throw RegexError(where.empty() ? std::string(what) : fmt::format("{}: {}", what, where));
  }

  bool take(std::string_view text) {
    if (!left_.starts_with(text)) return false;
    left_.remove_prefix(text.size());
    return true;
  }

  std::uint32_t take_character() {
    const auto [character, size] = utf8_character(left_, 0);
    if (character == kNoCharacter) fail("invalid UTF-8", "");
    left_.remove_prefix(size);
    return character;
  }

  NodePtr alternatives() {
    if (++nested_ > kMostNested) fail("expression nests too deeply", "");
    NodePtr result = node(Node::Type::kAlternate);
    do {
      result->children.push_back(sequence());
    } while (take("|"));
    --nested_;
    return result->children.size() == 1 ? std::move(result->children[0]) : std::move(result);
  }

  NodePtr sequence() {
    NodePtr result = node(Node::Type::kConcat);
    std::string_view repeated;  // what follows the last part, from its operator on
    while (!left_.empty() && left_[0] != '|' && left_[0] != ')') {
      const std::string_view before = left_;
      if (const auto times = take_repetition()) {
        const std::string_view sign = before.substr(0, before.size() - left_.size());
        if (result->children.empty()) fail("no argument for repetition operator", sign);
        if (!repeated.empty()) {
          fail("bad repetition operator", repeated.substr(0, repeated.size() - left_.size()));
        }
        NodePtr loop = node(Node::Type::kRepeat);
        std::tie(loop->least, loop->most) = *times;
        loop->greedy = take("?") == flags_.lazy;
        loop->children.push_back(std::move(result->children.back()));
        result->children.back() = std::move(loop);
        repeated = before;
        continue;
      }
      repeated = {};
      if (NodePtr part = atom()) {
        result->children.push_back(std::move(part));
      }
    }
    return result;
  }

  // *, +, ? or {n,m}: how often at least and at most.
  std::optional<std::pair<int, int>> take_repetition() {
    if (take("*")) return std::pair{0, -1};
    if (take("+")) return std::pair{1, -1};
    if (take("?")) return std::pair{0, 1};
    if (!left_.starts_with("{")) return std::nullopt;
    const std::string_view all = left_;
    left_.remove_prefix(1);
    const auto least = take_number();
    auto most = least;
    if (least && take(",")) most = left_.starts_with("}") ? std::optional(-1) : take_number();
    if (!least || !most || !take("}")) {  // then it is a brace like any character
      left_ = all;
      return std::nullopt;
    }
    if (*least > kMostRepeated || *most > kMostRepeated || (*most >= 0 && *most < *least)) {
      fail("invalid repetition size", all.substr(0, all.size() - left_.size()));
    }
    return std::pair{*least, *most};
  }

  std::optional<int> take_number() {
    int value = 0;
    std::size_t digits = 0;
    for (; digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9'; ++digits) {
      value = std::min(value * 10 + (left_[digits] - '0'), kMostRepeated + 1);
    }
    if (digits == 0) return std::nullopt;
    left_.remove_prefix(digits);
    return value;
  }

  NodePtr literal(std::uint32_t character) {
    Ranges ranges = {{character, character}};
    return set_of(flags_.fold ? folded(ranges) : ranges);
  }

  // Null for what only sets flags.
  NodePtr atom() {
    if (left_.starts_with("(")) return group();
    if (left_.starts_with("[")) return bracket();
    if (left_.starts_with("\\")) return escape();
    if (take(".")) {
      return set_of(flags_.dot_takes_lines ? Ranges{{0, kLastCharacter}}
                                           : complement({{'\n', '\n'}}));
    }
    if (take("^")) return place_of(flags_.lines ? Kind::kLineBegin : Kind::kTextBegin);
    if (take("$")) return place_of(flags_.lines ? Kind::kLineEnd : Kind::kTextEnd);
    return literal(take_character());
  }

  NodePtr group() {
    const std::string_view all = left_;
    const Flags outer = flags_;
    left_.remove_prefix(1);
    NodePtr result = node(Node::Type::kGroup);
    if (take("?P<")) {
      const std::size_t end = left_.find('>');
      if (end == 0 || end == std::string_view::npos) fail("invalid named capture group", all);
      left_.remove_prefix(end + 1);
      result->group = ++groups_;
    } else if (take("?")) {
      if (take_flags(all)) return nullptr;  // for the rest of the group around it
    } else {
      result->group = ++groups_;
    }
    result->children.push_back(alternatives());
    if (!take(")")) fail("missing )", all);
    flags_ = outer;
    return result;
  }

  // The flags of (?i) or (?i:...); whether it was the former.
  bool take_flags(std::string_view all) {
    bool value = true;
    while (!left_.empty()) {
      const char flag = left_[0];
      left_.remove_prefix(1);
      switch (flag) {
        case 'i':
          flags_.fold = value;
          break;
        case 'm':
          flags_.lines = value;
          break;
        case 's':
          flags_.dot_takes_lines = value;
          break;
        case 'U':
          flags_.lazy = value;
          break;
        case '-':
          if (!value) fail("invalid perl operator", all);
          value = false;
          break;
        case ':':
          return false;
        case ')':
          return true;
        default:
          fail("invalid perl operator", all.substr(0, all.size() - left_.size()));
      }
    }
    fail("invalid perl operator", all);
  }

  NodePtr escape() {
    if (left_.size() > 1) {
      const std::string_view sign = left_.substr(0, 2);
      if (const auto ranges = perl_class(sign[1])) {
        left_.remove_prefix(2);
        return set_of(*ranges);
      }
      if (take("\\A")) return place_of(Kind::kTextBegin);
      if (take("\\z")) return place_of(Kind::kTextEnd);
      if (take("\\b")) return place_of(Kind::kBoundary);
      if (take("\\B")) return place_of(Kind::kNoBoundary);
      if (take("\\Q")) {
        NodePtr quoted = node(Node::Type::kConcat);
        while (!left_.empty() && !take("\\E"))
          quoted->children.push_back(literal(take_character()));
        return quoted;
      }
    }
    return literal(take_escaped());
  }

  // The character that a backslash and what follows it stand for.
  std::uint32_t take_escaped() {
    const std::string_view all = left_;
    if (left_.size() < 2) fail("trailing \\", "");
    left_.remove_prefix(1);
    const auto refuse = [&] {
      fail("invalid escape sequence",
           all.substr(0, std::max<std::size_t>(2, all.size() - left_.size())));
    };
    const std::uint32_t character = take_character();
    static constexpr std::string_view kLetters = "aftnrv";
    static constexpr std::string_view kMeant = "\a\f\t\n\r\v";
    if (character >= '0' && character <= '7') {
      std::uint32_t value = character - '0';
      const bool begins =
          character == '0' || (!left_.empty() && left_[0] >= '0' && left_[0] <= '7');
      if (!begins) refuse();  // it would refer to a group
      for (int i = 0; i < 2 && !left_.empty() && left_[0] >= '0' && left_[0] <= '7'; ++i) {
        value = value * 8 + static_cast<std::uint32_t>(left_[0] - '0');
        left_.remove_prefix(1);
      }
      return value;
    }
    if (character == 'x') {
      const bool braced = take("{");
      std::uint32_t value = 0;
      int digits = 0;
      for (; !left_.empty() && (braced ? digits < 8 : digits < 2); ++digits) {
        const int digit = hex_digit(left_[0]);
        if (digit < 0) break;
        value = value * 16 + static_cast<std::uint32_t>(digit);
        left_.remove_prefix(1);
      }
      if ((braced ? digits == 0 || !take("}") : digits != 2) || value > kLastCharacter) refuse();
      return value;
    }
    if (character < 0x80) {
      const std::size_t letter = kLetters.find(static_cast<char>(character));
      if (letter != std::string_view::npos) return static_cast<std::uint32_t>(kMeant[letter]);
    }
    const bool is_letter = (character >= '0' && character <= '9') ||
                           ((character | 0x20) >= 'a' && (character | 0x20) <= 'z');
    if (is_letter || character >= 0x80) refuse();
    return character;
  }

  static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  NodePtr bracket() {
    const std::string_view all = left_;
    left_.remove_prefix(1);
    const bool negated = take("^");
    Ranges ranges;
    const auto add = [&](const Ranges& more) {
      ranges.insert(ranges.end(), more.begin(), more.end());
    };
    for (bool first = true; first || !left_.starts_with("]"); first = false) {
      if (left_.empty()) fail("missing ]", all);
      if (left_.starts_with("[:")) {
        if (const auto named = take_posix_class()) {
          add(*named);
          continue;
        }
      }
      if (left_.size() > 1 && left_[0] == '\\') {
        if (const auto perl = perl_class(left_[1])) {
          left_.remove_prefix(2);
          add(*perl);
          continue;
        }
      }
      const std::string_view begin = left_;
      const std::uint32_t low = take_in_bracket(all);
      std::uint32_t high = low;
      if (left_.size() > 1 && left_[0] == '-' && left_[1] != ']') {
        left_.remove_prefix(1);
        high = take_in_bracket(all);
        if (high < low) {
          fail("invalid character class range", begin.substr(0, begin.size() - left_.size()));
        }
      }
      ranges.emplace_back(low, high);
    }
    left_.remove_prefix(1);
    if (flags_.fold) ranges = folded(std::move(ranges));
    return set_of(negated ? complement(ranges) : ranges);
  }

  std::uint32_t take_in_bracket(std::string_view all) {
    if (left_.empty()) fail("missing ]", all);
    return left_[0] == '\\' ? take_escaped() : take_character();
  }

  std::optional<Ranges> take_posix_class() {
    const std::size_t end = left_.find(":]");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view sign = left_.substr(0, end + 2);
    std::string_view name = sign.substr(2, end - 2);
    const bool negated = name.starts_with('^');
    if (negated) name.remove_prefix(1);
    const auto named = posix_class(name);
    if (!named) fail("invalid character class range", sign);
    left_.remove_prefix(sign.size());
    return negated ? complement(*named) : named;
  }

  std::string_view left_;
  Flags flags_;
  std::size_t groups_ = 0;
  int nested_ = 0;
};

}  // namespace

std::pair<RegexNodePtr, std::size_t> parse_regex(std::string_view pattern) {
  Parser parser(pattern);
  NodePtr whole = parser.parse();
  return {std::move(whole), parser.groups()};
}

}  // namespace tensorkeep::runtime
