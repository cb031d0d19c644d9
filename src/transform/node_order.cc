#include "transform/node_order.h"

#include <fmt/format.h>

#include <set>

#include "tensorkeep/errors.h"

namespace tensorkeep::transform {
namespace {

bool is_merge(const proto::NodeDef& def) {
  return def.op() == "Merge" || def.op() == "RefMerge";
}
bool is_next_iteration(const proto::NodeDef& def) {
  return def.op() == "NextIteration" || def.op() == "RefNextIteration";
}

class Orderer {
 public:
  Orderer(const std::vector<const GraphDefNode*>& nodes,
          const std::unordered_map<std::string, int>& index,
          const std::function<bool(const TensorId&)>& is_mapped)
      : nodes_(nodes), index_(index), is_mapped_(is_mapped), consumers_(nodes.size()) {}

  std::vector<int> run() {
    std::vector<int> pending(nodes_.size());
    std::set<int> ready;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      pending[n] = count_pending(*nodes_[n], static_cast<int>(n));
      if (pending[n] == 0) ready.insert(static_cast<int>(n));
    }
    std::vector<bool> done(nodes_.size());
    std::vector<int> order;
    while (!ready.empty()) {
      const int n = *ready.begin();
      ready.erase(ready.begin());
      done[static_cast<std::size_t>(n)] = true;
      order.push_back(n);
      const bool closes_loops = is_next_iteration(*nodes_[static_cast<std::size_t>(n)]->def);
      for (const int consumer : consumers_[static_cast<std::size_t>(n)]) {
        const auto c = static_cast<std::size_t>(consumer);
        if (closes_loops && is_merge(*nodes_[c]->def)) continue;
        if (--pending[c] == 0 && !done[c]) ready.insert(consumer);
      }
    }
    if (order.size() < nodes_.size()) fail_cycle(done, nodes_.size() - order.size());
    return order;
  }

 private:
  int count_pending(const GraphDefNode& node, int n) {
    int count = 0;
    int controls = 0;
    bool closes_loop = false;
    bool has_data = false;  // from elsewhere, so it is there already
    for (const TensorId& id : node.inputs) {
      if (is_mapped_(id)) {
        has_data |= id.index != kControl;
        continue;
      }
      const auto source = index_.find(id.node);
      if (source == index_.end()) {
        const auto i = static_cast<int>(&id - node.inputs.data());
        errors::raise_value_error(
            fmt::format("Node '{}': Unknown input node '{}'", node.def->name(), node.def->input(i)),
            {.node = node.def->name()});
      }
      const auto s = static_cast<std::size_t>(source->second);
      consumers_[s].push_back(n);
      ++count;
      if (id.index == kControl) ++controls;
      closes_loop |= id.index != kControl && is_next_iteration(*nodes_[s]->def);
    }
    return is_merge(*node.def) && closes_loop ? controls + (has_data ? 0 : 1) : count;
  }

  [[noreturn]] void fail_cycle(const std::vector<bool>& done, std::size_t count) const {
    std::string text = fmt::format("{} nodes in a cycle", count);
    for (std::size_t n = 0, shown = 0; n < nodes_.size() && shown < 5; ++n) {
      if (done[n]) continue;
      text += fmt::format("{}'{}'", shown++ == 0 ? ": " : ", ", nodes_[n]->def->name());
    }
    errors::raise_value_error(text);
  }

  const std::vector<const GraphDefNode*>& nodes_;
  const std::unordered_map<std::string, int>& index_;
  const std::function<bool(const TensorId&)>& is_mapped_;
  std::vector<std::vector<int>> consumers_;
};

}  // namespace

std::vector<int> order_nodes(const std::vector<const GraphDefNode*>& nodes,
                             const std::unordered_map<std::string, int>& index,
                             const std::function<bool(const TensorId&)>& is_mapped) {
  return Orderer(nodes, index, is_mapped).run();
}

}  // namespace tensorkeep::transform
