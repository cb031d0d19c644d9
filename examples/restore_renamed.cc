// The second article: variables under other names than they were saved under.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: restore_renamed DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  // These names differ from those in the saved model.
  auto v1 = tf::Variable(tf::constant(1.0, {.shape = {1}}), {.name = "other-v1"});
  auto v2 = tf::Variable(tf::constant(2.0, {.shape = {1}}), {.name = "other-v2"});
  auto result = v1 + v2;

  tf::Session sess;
  try {
    // Without a map the names are not found.
    tf::train::Saver().restore(sess, "model/model.ckpt");
  } catch (const tf::errors::NotFoundError& error) {
    std::cout << "NotFoundError: " << error.message() << "\n";
  }

  // The map says which name in the checkpoint each variable has.
  auto saver = tf::train::Saver({{"v1", v1}, {"v2", v2}});
  saver.restore(sess, "model/model.ckpt");
  std::cout << sess.run(result).to_string() << "\n";
}
