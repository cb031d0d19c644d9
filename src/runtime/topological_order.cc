#include "runtime/topological_order.h"

#include <functional>
#include <queue>
#include <utility>

namespace tensorkeep::runtime {

std::vector<int> Ordering::order() const {
  using Ready = std::pair<std::int64_t, int>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  std::vector<int> waits;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    waits.push_back(nodes_[i].waits);
    if (nodes_[i].waits == 0) ready.emplace(nodes_[i].priority, static_cast<int>(i));
  }
  std::vector<int> ordered;
  while (!ready.empty()) {
    const int node = ready.top().second;
    ready.pop();
    ordered.push_back(node);
    for (const int follower : nodes_[static_cast<std::size_t>(node)].followers) {
      if (--waits[static_cast<std::size_t>(follower)] > 0) continue;
      ready.emplace(nodes_[static_cast<std::size_t>(follower)].priority, follower);
    }
  }
  return ordered;
}

}  // namespace tensorkeep::runtime
