// The second article, first listing: two variables, their sum, and a saver.
//
// Mended: the article's first listing has 1.0 for v2, all later ones 2.0.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: save_add DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  // Declare two variables and compute their sum.
  auto v1 = tf::Variable(tf::constant(1.0, {.shape = {1}}), {.name = "v1"});
  auto v2 = tf::Variable(tf::constant(2.0, {.shape = {1}}), {.name = "v2"});
  [[maybe_unused]] auto result = v1 + v2;

  auto init_op = tf::global_variables_initializer();

  // A tf::train::Saver for saving the model.
  auto saver = tf::train::Saver();

  tf::Session sess;
  sess.run(init_op);
  // Save the model under model/model.ckpt.
  std::cout << saver.save(sess, "model/model.ckpt") << "\n";
}
