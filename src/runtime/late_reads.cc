#include "runtime/late_reads.h"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace tensorkeep::runtime {
namespace {

bool is_reference(const Output& tensor) {
  return is_ref(tensor.dtype());
}

// The variable at the start of a chain of references.
Output variable_behind(Output reference) {
  while (!reference.op().inputs().empty() && is_reference(reference.op().inputs()[0])) {
    reference = reference.op().inputs()[0];
  }
  return reference;
}

class Bits {
 public:
  explicit Bits(std::size_t size) : words_((size + 63) / 64) {}
  void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << i % 64; }
  bool has(std::size_t i) const { return (words_[i / 64] >> i % 64 & 1) != 0; }
  void add(const Bits& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }

 private:
  std::vector<std::uint64_t> words_;
};

template <typename T>
std::vector<T> at(const std::unordered_map<const Operation*, std::vector<T>>& map,
                  const Operation* op) {
  const auto found = map.find(op);
  return found == map.end() ? std::vector<T>() : found->second;
}

class Finder {
 public:
  Finder(const std::vector<const Operation*>& ordered, const Dependencies& before,
         const std::set<Output>& fed, const Frames* frames)
      : ordered_(ordered), before_(before), fed_(fed), frames_(frames) {}

  LateReads find() {
    collect();
    if (updated_.empty() || readers_.empty()) return {};
    LateReads late;
    std::unordered_map<const Operation*, Bits> done;  // the updates that are over after it
    for (const Operation* op : ordered_) {
      Bits bits(updated_.size());
      for (const Operation* from : before_.at(op)) bits.add(done.at(from));
      for (const auto& [input, variable] : at(readers_, op)) {
        const auto number = updated_.find(variable);
        const bool is_late = number != updated_.end() && bits.has(number->second);
        if (is_late && may_move(*op, input, variable)) late[{op, input}] = variable;
      }
      for (const std::size_t number : at(updates_, op)) bits.set(number);
      done.emplace(op, std::move(bits));
    }
    return late;
  }

 private:
  void collect() {
    for (const Operation* op : ordered_) {
      for (const auto& arg : op->op_def().input_arg()) {
        const auto [begin, end] = op->input_range(arg.name());
        for (int i = begin; i < end; ++i) {
          const Output& input = op->inputs()[static_cast<std::size_t>(i)];
          if (!is_reference(input)) {
            if (const auto variable = shared_variable(input)) {
              readers_[op].emplace_back(i, *variable);
            }
          } else if (updates_in_place(*op, arg)) {
            const auto bit = updated_.try_emplace(variable_behind(input), updated_.size()).first;
            updates_[op].push_back(bit->second);
          }
        }
      }
    }
  }

  bool updates_in_place(const Operation& op, const OpDef::ArgDef& arg) const {
    if (!arg.is_ref()) return false;
    if (op.type() != "Assign") return true;
    const Output& value = op.inputs()[1];
    return value.op().type() == "Const" || fed_.contains(value) || shared_variable(value);
  }

  // The variable whose memory a tensor shares.
  std::optional<Output> shared_variable(Output tensor) const {
    while (!is_reference(tensor)) {
      if (fed_.contains(tensor) || tensor.op().type() != "Identity") return std::nullopt;
      tensor = tensor.op().inputs()[0];
    }
    return variable_behind(tensor);
  }

  // In a branching program the value may be missing, or be one of an iteration.
  bool may_move(const Operation& consumer, int input, const Output& variable) const {
    if (frames_ == nullptr) return true;
    const Operation& read = consumer.inputs()[static_cast<std::size_t>(input)].op();
    return read.inputs()[0] == variable && read.control_inputs().empty() &&
           frames_->of(consumer) == frames_->of(variable.op());
  }

  const std::vector<const Operation*>& ordered_;
  const Dependencies& before_;
  const std::set<Output>& fed_;
  const Frames* frames_;
  std::map<Output, std::size_t> updated_;  // by variable: its number
  std::unordered_map<const Operation*, std::vector<std::size_t>> updates_;
  std::unordered_map<const Operation*, std::vector<std::pair<int, Output>>> readers_;
};

}  // namespace

LateReads find_late_reads(const std::vector<const Operation*>& ordered, const Dependencies& before,
                          const std::set<Output>& fed, const Frames* frames) {
  return Finder(ordered, before, fed, frames).find();
}

}  // namespace tensorkeep::runtime
