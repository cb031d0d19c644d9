// The second article: a saver of one variable loads that one only.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: restore_some DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  auto v1 = tf::Variable(tf::constant(1.0, {.shape = {1}}), {.name = "v1"});
  auto v2 = tf::Variable(tf::constant(2.0, {.shape = {1}}), {.name = "v2"});
  auto result = v1 + v2;

  auto saver = tf::train::Saver({v1});

  tf::Session sess;
  saver.restore(sess, "model/model.ckpt");
  std::cout << sess.run(v1).to_string() << "\n";
  try {
    sess.run(result);
  } catch (const tf::errors::FailedPreconditionError& error) {
    std::cout << "FailedPreconditionError: " << error.message() << "\n";
  }
}
