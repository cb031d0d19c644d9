#include "runtime/kernels/regex.h"

#include <algorithm>
#include <memory>
#include <tuple>

namespace tensorkeep::runtime {
namespace {

using Kind = RegexStep::Kind;
using Slots = std::vector<std::size_t>;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool holds(Kind kind, std::string_view text, std::size_t at) {
  const bool before = at > 0 && is_word(text[at - 1]);
  const bool after = at < text.size() && is_word(text[at]);
  switch (kind) {
    case Kind::kTextBegin:
      return at == 0;
    case Kind::kTextEnd:
      return at == text.size();
    case Kind::kLineBegin:
      return at == 0 || text[at - 1] == '\n';
    case Kind::kLineEnd:
      return at == text.size() || text[at] == '\n';
    case Kind::kBoundary:
      return before != after;
    default:
      return before == after;
  }
}

bool contains(const RegexStep& step, std::uint32_t character) {
  const auto after =
      std::upper_bound(step.ranges.begin(), step.ranges.end(), character,
                       [](std::uint32_t c, const auto& range) { return c < range.first; });
  return after != step.ranges.begin() && character <= std::prev(after)->second;
}

// A way through the steps that may still match, with what it has saved so far.
struct Thread {
  std::size_t step;
  std::shared_ptr<const Slots> slots;
};

// The threads at one place of the text, the one that counts most first; no step twice.
class Threads {
 public:
  Threads(const std::vector<RegexStep>& steps, std::string_view text)
      : steps_(steps), text_(text), seen_(steps.size(), 0) {}

  void clear() {
    ++round_;
    threads_.clear();
  }
  bool empty() const { return threads_.empty(); }
  const std::vector<Thread>& threads() const { return threads_; }

  // Adds what can be reached from a step without reading anything.
  void add(Thread first, std::size_t at) {
    stack_.push_back(std::move(first));
    while (!stack_.empty()) {
      Thread thread = std::move(stack_.back());
      stack_.pop_back();
      if (seen_[thread.step] == round_) continue;
      seen_[thread.step] = round_;
      const RegexStep& step = steps_[thread.step];
      switch (step.kind) {
        case Kind::kSet:
        case Kind::kMatch:
          threads_.push_back(std::move(thread));
          break;
        case Kind::kSplit:
          stack_.push_back({step.other, thread.slots});
          stack_.push_back({step.next, std::move(thread.slots)});
          break;
        case Kind::kSave: {
          auto slots = std::make_shared<Slots>(*thread.slots);
          (*slots)[step.other] = at;
          stack_.push_back({step.next, std::move(slots)});
          break;
        }
        default:
          if (holds(step.kind, text_, at)) stack_.push_back({step.next, std::move(thread.slots)});
      }
    }
  }

 private:
  const std::vector<RegexStep>& steps_;
  std::string_view text_;
  std::vector<std::size_t> seen_;  // the last round in which each step was added
  std::size_t round_ = 1;
  std::vector<Thread> threads_;
  std::vector<Thread> stack_;
};

}  // namespace

std::pair<std::uint32_t, std::size_t> utf8_character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[i])};
  };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < size) return {kNoCharacter, 1};
  std::uint32_t character = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {kNoCharacter, 1};
    character = character << 6 | (byte(at + i) & 0x3F);
  }
  static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid = character >= kSmallest[size] && character <= 0x10FFFF;
  return valid ? std::pair{character, size} : std::pair{kNoCharacter, std::size_t{1}};
}

Regex::Regex(std::string_view pattern) {
  std::tie(steps_, groups_) = compile_regex(pattern);
}

bool Regex::full_match(std::string_view text) const {
  return !run(text, 0, true).empty();
}

std::vector<std::size_t> Regex::search(std::string_view text, std::size_t from) const {
  return run(text, from, false);
}

std::vector<std::size_t> Regex::run(std::string_view text, std::size_t from, bool whole) const {
  const auto none = std::make_shared<const Slots>(2 * groups_ + 2, std::string_view::npos);
  Threads odd(steps_, text);
  Threads even(steps_, text);
  Threads* now = &odd;
  Threads* later = &even;
  Slots found;
  for (std::size_t at = from;;) {
    // A match begins as early as it can: none begins later once one is found.
    if (found.empty() && (!whole || at == from)) now->add({0, none}, at);
    if (now->empty() && (whole || !found.empty())) break;
    const auto [character, size] =
        at < text.size() ? utf8_character(text, at) : std::pair{kNoCharacter, std::size_t{1}};
    later->clear();
    for (const Thread& thread : now->threads()) {
      const RegexStep& step = steps_[thread.step];
      if (step.kind == Kind::kMatch) {
        if (whole && at != text.size()) continue;
        found = *thread.slots;
        break;  // those behind it count less
      }
      if (contains(step, character)) later->add({step.next, thread.slots}, at + size);
    }
    if (at >= text.size()) break;
    at += size;
    std::swap(now, later);
  }
  return found;
}

}  // namespace tensorkeep::runtime
