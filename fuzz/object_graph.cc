#include "checkpoint/object_graph.h"

#include "target.h"

// The object graph of an object-based checkpoint: its names, the same under other ones,
// and what messages call its nodes.
namespace tensorkeep::fuzz {

void run(std::string_view input) {
  const Tensor graph = Tensor::scalar(std::string(input));
  const checkpoint::ObjectNames names = checkpoint::names_in(graph, "f");
  const auto same = [](const std::string& name) { return name; };
  const auto longer = [](const std::string& name) { return "x/" + name; };
  const Tensor again = checkpoint::rename_in(graph, "f", same, same);
  require(checkpoint::names_in(again, "f").full_names == names.full_names);
  const Tensor renamed = checkpoint::rename_in(graph, "f", longer, longer);
  const checkpoint::ObjectNames others = checkpoint::names_in(renamed, "f");
  require(others.full_names.size() == names.full_names.size());
  for (const auto& [key, name] : names.full_names) {
    require(others.full_names.at("x/" + key) == "x/" + name);
  }
  const auto objects = checkpoint::read_object_graph(graph, "f");
  const checkpoint::NodeNames nodes(objects);
  for (int i = 0; i < objects.nodes_size(); ++i) require(!nodes[i].empty());
}

}  // namespace tensorkeep::fuzz
