// The second article: the same graph, its variables loaded in place of initialised.
//
// The initial values differ from the saved ones here, so that one sees whose they are.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: restore_add DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  // The same declarations as in the program that saved the model.
  auto v1 = tf::Variable(tf::constant(10.0, {.shape = {1}}), {.name = "v1"});
  auto v2 = tf::Variable(tf::constant(20.0, {.shape = {1}}), {.name = "v2"});
  auto result = v1 + v2;

  auto saver = tf::train::Saver();

  tf::Session sess;
  // Load the saved model, and add with its variables.
  saver.restore(sess, "model/model.ckpt");
  std::cout << sess.run(result).to_string() << "\n";
}
