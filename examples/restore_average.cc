// The second article: a variable restored with the moving average as its value, by a map.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: restore_average DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v = tf::Variable(0, {.name = "v", .dtype = tf::float32});
  // Mended: the article's map has round brackets.
  auto saver = tf::train::Saver({{"v/ExponentialMovingAverage", v}});
  tf::Session sess;
  saver.restore(sess, "model/model.ckpt");
  std::cout << sess.run(v).to_string() << "\n";
}
