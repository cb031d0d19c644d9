// Our half of the benchmarks: does what a line on standard input asks for and answers with seconds.
// bench/run.py drives it, in turn with the same worker over TensorFlow.
//   save PREFIX fast|durable     16 variables of 64 MiB, through the Saver
//   save_v1 PREFIX fast|durable  the same in the V1 format
//   restore PREFIX               of either format
//   write DIR plain|synced       the same bytes by write() alone, or write() and fsync()
//   train DATA STEPS             the first article's program; seconds for STEPS steps
//   peak                         the process's largest resident set, in bytes
#include <fcntl.h>
#include <sys/resource.h>
#include <tensorkeep/tensorkeep.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace tf = tensorkeep;

namespace {

constexpr int kTensors = 16;
constexpr std::int64_t kElements = std::int64_t{16} << 20;

template <typename F>
double seconds(const F& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A gibibyte of variables.
class State {
 public:
  State() : session_(graph_) {
    const auto scope = graph_.as_default();
    for (int i = 0; i < kTensors; ++i) {
      variables_.push_back(tf::Variable(tf::fill({kElements}, 1.5f + static_cast<float>(i)),
                                        {.name = "v" + std::to_string(i)}));
    }
    saver_.emplace(tf::train::SaverOptions{.max_to_keep = 0});
    saver_v1_.emplace(tf::train::SaverOptions{.max_to_keep = 0,
                                              .name = "save_v1",
                                              .write_version = tf::train::SaverDef::V1});
    session_.run(tf::global_variables_initializer());
  }

  double save(const std::string& prefix, tf::Durability durability, bool v1) {
    auto& saver = v1 ? saver_v1_ : saver_;
    return seconds([&] {
      saver->save(session_, prefix, {.write_meta_graph = false, .durability = durability});
    });
  }
  double restore(const std::string& prefix) {
    return seconds([&] { saver_->restore(session_, prefix); });
  }

 private:
  tf::Graph graph_;
  tf::Session session_;
  std::vector<tf::Variable> variables_;
  std::optional<tf::train::Saver> saver_;
  std::optional<tf::train::Saver> saver_v1_;
};

double plain_write(const std::string& dir, bool synced) {
  const std::string path = dir + "/plain";
  const std::vector<char> piece(std::size_t{64} << 20, 'x');
  return seconds([&] {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) throw std::runtime_error("cannot open " + path);
    for (int i = 0; i < kTensors; ++i) {
      for (std::size_t at = 0; at < piece.size();) {
        const ssize_t wrote = ::write(file, piece.data() + at, piece.size() - at);
        if (wrote <= 0) throw std::runtime_error("cannot write " + path);
        at += static_cast<std::size_t>(wrote);
      }
    }
    if (synced && ::fsync(file) != 0) throw std::runtime_error("cannot sync " + path);
    ::close(file);
  });
}

double train(const std::string& data, int steps) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  auto mnist = tf::datasets::read_data_sets(data, {.one_hot = true, .seed = 1});
  auto x = tf::placeholder(tf::float32, {tf::None, 784});
  auto W = tf::Variable(tf::zeros({784, 10}));
  auto b = tf::Variable(tf::zeros({10}));
  auto y = tf::nn::softmax(tf::matmul(x, W) + b);
  auto y_ = tf::placeholder(tf::float32, {tf::None, 10});
  auto cross_entropy = -tf::reduce_sum(y_ * tf::log(y));
  auto train_step = tf::train::GradientDescentOptimizer(0.01).minimize(cross_entropy);
  tf::Session sess(graph);
  sess.run(tf::global_variables_initializer());
  auto [xs, ys] = mnist.train.next_batch(100);
  sess.run(train_step, {{x, xs}, {y_, ys}});
  return seconds([&] {
    for (int i = 0; i < steps; ++i) {
      auto [batch_xs, batch_ys] = mnist.train.next_batch(100);
      sess.run(train_step, {{x, batch_xs}, {y_, batch_ys}});
    }
  });
}

double answer(std::istringstream& line) {
  static std::optional<State> state;
  std::string verb, path, how;
  line >> verb >> path >> how;
  if (verb == "save" || verb == "save_v1" || verb == "restore") {
    if (!state) state.emplace();
    if (verb == "restore") return state->restore(path);
    return state->save(path, how == "fast" ? tf::Durability::kFast : tf::Durability::kDurable,
                       verb == "save_v1");
  }
  if (verb == "write") return plain_write(path, how == "synced");
  if (verb == "train") return train(path, std::stoi(how));
  if (verb == "peak") {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
  }
  throw std::runtime_error("unknown request: " + verb);
}

}  // namespace

int main() {
  std::string request;
  try {
    while (std::getline(std::cin, request)) {
      std::istringstream line(request);
      std::cout << answer(line) << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "bench worker: " << error.what() << "\n";
    return 1;
  }
}
