// The first article's MNIST program, line by line: a softmax classifier that keeps its best
// checkpoint; and, with --restore, what the article does with it afterwards.
//
// Mended: `if accuracy > saver_max_acc` compares the graph's tensor, not its value; the accuracy
// nodes are made anew in every pass of the loop, here once before it; `time.clock` is a steady
// clock.
#include <tensorkeep/tensorkeep.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

namespace tf = tensorkeep;
namespace input_data = tf::examples::tutorials::mnist::input_data;

namespace {

struct Arguments {
  std::string data = "data/digits";
  std::string dir = ".";
  bool restore = false;
  unsigned seed = 1;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--restore") {
      arguments.restore = true;
    } else if (arg == "--data" && i + 1 < argc) {
      arguments.data = argv[++i];
    } else if (arg == "--dir" && i + 1 < argc) {
      arguments.dir = argv[++i];
    } else {
      return false;
    }
  }
  return true;
}

void train_or_restore(const Arguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  auto mnist =
      input_data::read_data_sets(arguments.data, {.one_hot = true, .seed = arguments.seed});
  std::filesystem::current_path(arguments.dir);

  auto x = tf::placeholder(tf::float32, {tf::None, 784});
  auto W = tf::Variable(tf::zeros({784, 10}));
  auto b = tf::Variable(tf::zeros({10}));
  auto y = tf::nn::softmax(tf::matmul(x, W) + b);

  auto y_ = tf::placeholder(tf::float32, {tf::None, 10});
  auto cross_entropy = -tf::reduce_sum(y_ * tf::log(y));

  auto train_step = tf::train::GradientDescentOptimizer(0.01).minimize(cross_entropy);

  auto init = tf::global_variables_initializer();

  auto predicted = tf::argmax(y, 1);
  auto correct_prediction = tf::equal(predicted, tf::arg_max(y_, 1));
  auto accuracy = tf::reduce_mean(tf::cast(correct_prediction, "float"));

  auto saver = tf::train::Saver({.max_to_keep = 1});
  tf::Session sess;
  const auto test_accuracy = [&] {
    return accuracy.eval(sess, {{x, mnist.test.images()}, {y_, mnist.test.labels()}})
        .value<float>();
  };

  if (arguments.restore) {
    // No initializer: restoring initializes.
    auto model_file = tf::train::latest_checkpoint("ckpt/");
    saver.restore(sess, model_file);
    std::printf("%s: %.4f\n", model_file->c_str(), test_accuracy());
    return;
  }

  sess.run(init);
  std::filesystem::create_directories("ckpt");
  float saver_max_acc = 0;
  for (int i = 0; i < 100; ++i) {
    auto [batch_xs, batch_ys] = mnist.train.next_batch(100);
    sess.run(train_step, {{x, batch_xs}, {y_, batch_ys}});
    if ((i + 1) % 10 == 0) {
      const float acc = test_accuracy();
      std::printf("%02d:%.4f\n", i + 1, acc);
      if (acc > saver_max_acc) {
        saver.save(sess, "ckpt/mnist.ckpt", {.global_step = i + 1});
        saver_max_acc = acc;
      }
    }
  }
  sess.close();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  std::printf("best: %.4f, kept in ckpt/ (%.2f s)\n", saver_max_acc, seconds.count());
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::cerr << "usage: mnist_softmax [--data DIR] [--dir DIR] [--restore]\n";
    return 2;
  }
  try {
    train_or_restore(arguments);
  } catch (const tf::errors::Error& error) {
    std::cerr << tf::errors::class_name(error.code()) << ": " << error.message() << "\n";
    return 1;
  }
}
