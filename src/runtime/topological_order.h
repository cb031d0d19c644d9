#pragma once

#include <cstdint>
#include <vector>

namespace tensorkeep::runtime {

// A directed graph whose nodes have numbers and priorities.
class Ordering {
 public:
  // Returns the new node's number.
  int add_node(std::int64_t priority) {
    nodes_.push_back({priority, 0, {}});
    return static_cast<int>(nodes_.size()) - 1;
  }
  void add_edge(int from, int to) {
    nodes_[static_cast<std::size_t>(from)].followers.push_back(to);
    ++nodes_[static_cast<std::size_t>(to)].waits;
  }
  // Every node after those it waits for, and among the ready ones the lowest priority first (Kahn's
  // algorithm). Nodes in cycles, and behind them, are left out.
  std::vector<int> order() const;

 private:
  struct Node {
    std::int64_t priority;
    int waits;
    std::vector<int> followers;
  };
  std::vector<Node> nodes_;
};

}  // namespace tensorkeep::runtime
