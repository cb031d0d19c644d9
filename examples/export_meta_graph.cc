// The second article: the MetaGraph as text.
//
// The article calls it JSON; it is the text form of protocol buffers, in TensorFlow too.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: export_meta_graph DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v1 = tf::Variable(tf::constant(1.0, {.shape = {1}}), {.name = "v1"});
  auto v2 = tf::Variable(tf::constant(2.0, {.shape = {1}}), {.name = "v2"});
  [[maybe_unused]] auto result = v1 + v2;

  auto saver = tf::train::Saver();
  // The MetaGraph of the graph, as text.
  saver.export_meta_graph("model.ckpt.meda.json", {.as_text = true});
}
