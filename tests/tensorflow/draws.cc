#include "draws.h"

#include <fmt/format.h>

#include "../fnv1a.h"

namespace tensorkeep::testing {
namespace {

constexpr int kRuns = 3;

}  // namespace

std::vector<std::string> drawn_lines(Graph& graph) {
  std::vector<Fetch> fetches;
  std::vector<std::string> lines;
  for (const CollectionItem& item : graph.get_collection("draws")) {
    const Output& tensor = std::get<Output>(item);
    fetches.emplace_back(tensor);
    lines.push_back(tensor.name());
  }
  Session session(graph);
  if (Operation* const init = graph.find_operation("init")) session.run(init);
  for (int run = 0; run < kRuns; ++run) {
    const std::vector<Tensor> values = session.run(fetches);
    for (std::size_t i = 0; i < values.size(); ++i) {
      lines[i] += fmt::format(" {:016x}", fnv1a(values[i]));
    }
  }
  return lines;
}

}  // namespace tensorkeep::testing
