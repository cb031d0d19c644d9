// The first article's training loop: a checkpoint every so many steps, the newest ones kept.
//
// Mended: `tf.train.Saver(...variables...)` and `sess.run(..training_op..)` are placeholders in the
// article; here they are a counter and the operation that counts. The loop is shorter.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: saver_loop DIR\n";
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  std::filesystem::current_path(argv[1]);

  auto counter = tf::Variable(0, {.name = "counter"});
  auto training_op = tf::assign_add(counter, 1);

  // Create a saver.
  auto saver = tf::train::Saver({.max_to_keep = 3, .keep_checkpoint_every_n_hours = 2});
  // Launch the graph and train, saving the model every 1,000 steps.
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int step = 0; step < 10000; ++step) {
    sess.run(training_op);
    if (step % 1000 == 0) {
      // Append the step number to the checkpoint name:
      std::cout << saver.save(sess, "my-model", {.global_step = step}) << "\n";
    }
  }
  for (const auto& path : saver.last_checkpoints()) std::cout << "kept " << path << "\n";
}
