#include <fmt/format.h>

#include "tensor_text.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/meta_graph_file.h"
#include "tensorkeep/npz.h"
#include "tensorkeep/session.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

constexpr std::int64_t kShownWhole = 1000;  // elements; more are summarised

// "x" means the tensor "x:0".
tensorkeep::Output tensor_of(const Graph& graph, const std::string& name) {
  const bool is_tensor = name.find(':') != std::string::npos;
  return graph.get_tensor_by_name(is_tensor ? name : name + ":0");
}

Feeds read_feeds(const Graph& graph, const std::vector<std::string>& arguments) {
  Feeds feeds;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError("--feed wants NAME=FILE.npy, not '" + argument + "'");
    }
    feeds.emplace_back(tensor_of(graph, argument.substr(0, equals)),
                       load_npy(argument.substr(equals + 1)));
  }
  return feeds;
}

// A name as part of a file's name.
std::string file_name_of(std::string name) {
  for (char& c : name) {
    if (c == '/' || c == ':') c = '_';
  }
  return name + ".npy";
}

}  // namespace

int run_graph(const RunOptions& options, Output& out) {
  Graph graph;
  const auto scope = graph.as_default();
  import_graph_def(train::read_graph(options.graph), {.name = ""});
  std::vector<Fetch> fetches;
  for (const std::string& name : options.fetches) {
    const auto element = graph.as_graph_element(name);
    const auto* op = std::get_if<Operation*>(&element);
    const bool has_value = op == nullptr || (*op)->num_outputs() > 0;
    fetches.push_back(has_value ? Fetch(tensor_of(graph, name)) : Fetch(*op));
  }
  Session session(graph);
  const std::vector<Tensor> values = session.run(fetches, read_feeds(graph, options.feeds));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Tensor& value = values[i];
    if (!value.valid()) continue;
    const std::string& name = options.fetches[i];
    out << fmt::format("{}  {}  {}\n", printable(name), name_of(value.dtype()),
                       value.shape().debug_string());
    if (options.directory.empty()) {
      write_readable(out, value, value.num_elements() > kShownWhole);
    } else {
      save_npy(value, options.directory + "/" + file_name_of(name));
    }
  }
  return 0;
}

}  // namespace tensorkeep::cli
