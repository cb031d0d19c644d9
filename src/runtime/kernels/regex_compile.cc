#include <algorithm>

#include "runtime/kernels/regex.h"
#include "runtime/kernels/regex_parse.h"

// Expressions to the steps that match them.
namespace tensorkeep::runtime {
namespace {

using Kind = RegexStep::Kind;
using Node = RegexNode;

constexpr std::size_t kMostSteps = 100000;

// Writes the steps one after the other, so that most go on with the next.
class Emitter {
 public:
  std::vector<RegexStep> program(const Node& whole) {
    save(0);
    emit(whole);
    save(1);
    push(Kind::kMatch);
    return std::move(steps_);
  }

 private:
  std::size_t push(Kind kind) {
    if (steps_.size() >= kMostSteps) throw RegexError("pattern too large - compile failed");
    steps_.push_back({.kind = kind, .next = steps_.size() + 1});
    return steps_.size() - 1;
  }
  void save(std::size_t slot) { steps_[push(Kind::kSave)].other = slot; }

  // A fork that prefers what follows it, or (not `greedy`) what it is led to later.
  std::size_t fork() { return push(Kind::kSplit); }
  void lead(std::size_t fork, std::size_t to, bool greedy) {
    steps_[fork].other = to;
    if (!greedy) std::swap(steps_[fork].next, steps_[fork].other);
  }
  void jump(std::size_t to) {
    const std::size_t at = fork();
    steps_[at].next = to;
    steps_[at].other = to;
  }

  void emit(const Node& node) {
    switch (node.type) {
      case Node::Type::kSet: {
        const std::size_t at = push(Kind::kSet);
        steps_[at].ranges = node.ranges;
        break;
      }
      case Node::Type::kPlace:
        push(node.place);
        break;
      case Node::Type::kConcat:
        for (const RegexNodePtr& child : node.children) emit(*child);
        break;
      case Node::Type::kAlternate:
        emit_alternatives(node);
        break;
      case Node::Type::kRepeat:
        emit_repetition(node);
        break;
      case Node::Type::kGroup:
        if (node.group > 0) save(2 * node.group);
        emit(*node.children[0]);
        if (node.group > 0) save(2 * node.group + 1);
        break;
    }
  }

  void emit_alternatives(const Node& node) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
      const std::size_t choice = fork();
      emit(*node.children[i]);
      ends.push_back(fork());
      lead(choice, steps_.size(), true);
    }
    emit(*node.children.back());
    for (const std::size_t end : ends) steps_[end].next = steps_[end].other = steps_.size();
  }

  void emit_repetition(const Node& node) {
    for (int i = 0; i + 1 < node.least; ++i) emit(*node.children[0]);
    if (node.most < 0 && node.least > 0) {
      const std::size_t begin = steps_.size();
      emit(*node.children[0]);
      const std::size_t choice = fork();
      lead(choice, begin, !node.greedy);
      return;
    }
    if (node.least > 0) emit(*node.children[0]);
    if (node.most < 0) {
      const std::size_t choice = fork();
      emit(*node.children[0]);
      jump(choice);
      lead(choice, steps_.size(), node.greedy);
      return;
    }
    std::vector<std::size_t> choices;
    for (int i = node.least; i < node.most; ++i) {
      choices.push_back(fork());
      emit(*node.children[0]);
    }
    for (const std::size_t choice : choices) lead(choice, steps_.size(), node.greedy);
  }

  std::vector<RegexStep> steps_;
};

}  // namespace

std::pair<std::vector<RegexStep>, std::size_t> compile_regex(std::string_view pattern) {
  const auto [whole, groups] = parse_regex(pattern);
  return {Emitter().program(*whole), groups};
}

}  // namespace tensorkeep::runtime
