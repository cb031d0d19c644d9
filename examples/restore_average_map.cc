// The second article: the map that restores averages, made by the moving average itself.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: restore_average_map DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v = tf::Variable(0, {.name = "v", .dtype = tf::float32});
  auto ema = tf::train::ExponentialMovingAverage(0.99);

  for (const auto& [name, variable] : ema.variables_to_restore()) {
    std::cout << "{'" << name << "': " << variable.to_string() << "}\n";
  }

  auto saver = tf::train::Saver(ema.variables_to_restore());
  tf::Session sess;
  saver.restore(sess, "model/model.ckpt");
  std::cout << sess.run(v).to_string() << "\n";
}
