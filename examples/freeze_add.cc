// The second article: a graph with its variables as constants, in one file.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;
namespace graph_util = tf::graph_util;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: freeze_add DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v1 = tf::Variable(tf::constant(1.0, {.shape = {1}}), {.name = "v1"});
  auto v2 = tf::Variable(tf::constant(2.0, {.shape = {1}}), {.name = "v2"});
  [[maybe_unused]] auto result = v1 + v2;

  auto init_op = tf::global_variables_initializer();

  tf::Session sess;
  sess.run(init_op);
  // The GraphDef of the graph is all that leads from its inputs to its outputs.
  auto graph_def = tf::get_default_graph().as_graph_def();

  // Variables become constants, and what the node "add" does not need goes. It is the name of a
  // node, and so has no :0.
  auto output_graph_def = graph_util::convert_variables_to_constants(sess, graph_def, {"add"});
  // Into a file.
  {
    tf::gfile::GFile f("combined_model.pb", "wb");
    std::string serialized;
    output_graph_def.SerializeToString(&serialized);
    f.write(serialized);
  }
  for (const auto& node : output_graph_def.node()) {
    std::cout << node.name() << " " << node.op() << "\n";
  }
}
