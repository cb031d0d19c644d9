// The second article: the frozen graph read back.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: import_frozen DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  tf::Session sess;
  const auto model_filename = "combined_model.pb";
  // Read the file and parse it as a GraphDef.
  tf::gfile::FastGFile f(model_filename, "rb");
  tf::GraphDef graph_def;
  graph_def.ParseFromString(f.read());

  // Load the graph into the default one. return_elements asks for a tensor, and so has a :0.
  auto result = tf::import_graph_def(graph_def, {.return_elements = {"add:0"}});
  std::cout << sess.run(std::get<tf::Output>(result[0])).to_string() << "\n";
}
