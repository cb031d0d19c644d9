#pragma once

#include <cstdint>
#include <unordered_map>

#include "tensorkeep/variable.h"

namespace tensorkeep::train {

// The number of a restore; later ones have larger numbers.
std::uint64_t next_restore();

// Which restore a variable last was given to: an earlier one no longer initialises it.
class LastRestores {
 public:
  static LastRestores& of(Graph& graph) { return graph.attachment<LastRestores>(); }
  // 0 if there was none.
  std::uint64_t operator[](const Variable& variable) const {
    const auto last = last_.find(&variable.op());
    return last == last_.end() ? 0 : last->second;
  }
  void set(const Variable& variable, std::uint64_t restore) { last_[&variable.op()] = restore; }

 private:
  std::unordered_map<const Operation*, std::uint64_t> last_;
};

}  // namespace tensorkeep::train
