// The second article: a variable and its moving average, saved together.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: moving_average DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v = tf::Variable(0, {.name = "v", .dtype = tf::float32});
  // Mended: the article calls global_variable(), and prints `variable` where it means `variables`.
  for (const auto& variables : tf::global_variables()) std::cout << variables.name() << "\n";

  auto ema = tf::train::ExponentialMovingAverage(0.99);
  // Mended: the article spells it maintian_average_op here.
  auto maintain_average_op = ema.apply(tf::global_variables());
  // With the average comes a shadow variable.
  for (const auto& variables : tf::global_variables()) std::cout << variables.name() << "\n";

  auto saver = tf::train::Saver();
  tf::Session sess;
  auto init_op = tf::global_variables_initializer();
  sess.run(init_op);

  sess.run(tf::assign(v, 10));
  sess.run(maintain_average_op);
  // Saves v and v/ExponentialMovingAverage.
  saver.save(sess, "model/model.ckpt");
  const auto values = sess.run({v, ema.average(v)});
  std::cout << "[" << values[0].to_string() << ", " << values[1].to_string() << "]\n";
}
