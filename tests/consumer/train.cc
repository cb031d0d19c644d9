// Links tensorkeep::tensorkeep: trains a step, saves, and prints where.
#include <tensorkeep/tensorkeep.h>

#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto w = tf::Variable(tf::constant({2.0, 3.0}), {.name = "w"});
  auto loss = tf::reduce_sum(tf::square(w));
  auto train = tf::train::GradientDescentOptimizer(0.25).minimize(loss);
  tf::train::Saver saver;
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  sess.run(train);
  std::cout << saver.save(sess, argv[1]) << "\n";
}
