// The second article: the graph itself loaded from its file.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: import_meta_graph DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  // Load the graph.
  auto saver = tf::train::import_meta_graph("model/model.ckpt.meta");

  tf::Session sess;
  saver->restore(sess, "model/model.ckpt");
  // The tensor by its name.
  std::cout << sess.run(tf::get_default_graph().get_tensor_by_name("add:0")).to_string() << "\n";
}
