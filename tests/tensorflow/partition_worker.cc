#include <tensorkeep/tensorkeep.h>

#include <iostream>
#include <map>
#include <numeric>
#include <optional>
#include <string>

// What test_partitions.py asks of us. Its graph is built here too, cut as CUT says.
//   save CUT VERSION SHARDED TO [FROM]    saves the initial values, or what FROM restores over
//   zeros init CUT FROM META TO                 the variables initialised from FROM, by every kind
//   of map;
//                                         the graph as META, the values saved as TO
// An error goes to standard error as "Class: text", and the exit status is 1.
namespace tf = tensorkeep;

namespace {

const std::map<std::string, tf::Partitioner>& cuts() {
  static const std::map<std::string, tf::Partitioner> kCuts = {
      {"whole", {}},
      {"one", tf::fixed_size_partitioner(1)},
      {"two", tf::fixed_size_partitioner(2)},
      {"five", tf::fixed_size_partitioner(5)},
      {"last_axis", tf::fixed_size_partitioner(3, -1)},
      {"by_size", tf::variable_axis_size_partitioner(24)},
      {"by_minimum", tf::min_max_variable_partitioner({.max_partitions = 4, .min_slice_size = 16})},
  };
  return kCuts;
}

// 0, 1, 2, ... times `scale`.
template <typename T>
tf::Tensor ramp(tf::Shape shape, T scale) {
  std::vector<T> values(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i) * scale;
  return tf::Tensor::from(values, std::move(shape));
}

struct Value {
  std::string name;
  tf::Tensor tensor;
  bool resource;
};

std::vector<Value> values(int scale) {
  return {
      {"matrix", ramp<float>({7, 4}, 0.5F * static_cast<float>(scale)), false},
      {"vector", ramp<std::int64_t>({5}, scale * (std::int64_t{1} << 33)), false},
      {"resource", ramp<double>({6, 3}, 0.25 * scale), true},
      {"cube", ramp<std::int32_t>({5, 2, 3}, -scale), false},
      {"twelve", ramp<float>({12}, static_cast<float>(scale)), true},
  };
}

void build(const std::string& cut, int scale) {
  {
    const auto scope = tf::variable_scope("net", {.partitioner = cuts().at(cut)});
    bool placed = false;
    for (const Value& value : values(scale)) {
      std::optional<tf::DeviceScope> device;
      if (placed) device.emplace("/cpu:0");
      placed = !placed;
      tf::get_variable(value.name,
                       {.initializer = tf::constant(value.tensor), .use_resource = value.resource});
    }
  }
  tf::get_variable("plain", {.initializer = tf::constant(static_cast<float>(scale))});
}

void save(const std::string& cut, const std::string& version, bool sharded, const std::string& to,
          const std::optional<std::string>& from) {
  build(cut, from ? 0 : 1);
  tf::train::Saver saver(
      {.sharded = sharded,
       .write_version = version == "V1" ? tf::train::SaverDef::V1 : tf::train::SaverDef::V2});
  tf::Session session;
  session.run(tf::global_variables_initializer());
  if (from) saver.restore(session, *from);
  std::cout << saver.save(session, to) << "\n";
}

void init(const std::string& cut, const std::string& from, const std::string& meta,
          const std::string& to) {
  const tf::Partitioner& partitioner = cuts().at(cut);
  const auto zeros = tf::zeros_initializer();
  {
    const auto scope =
        tf::variable_scope("all", {.initializer = zeros, .partitioner = partitioner});
    tf::get_variable("matrix", {7, 4});
    const auto device = tf::device("/cpu:0");
    tf::get_variable("resource", {6, 3}, {.dtype = tf::float64, .use_resource = true});
  }
  auto by_name = tf::get_variable("by_name", {5}, {.dtype = tf::int64, .initializer = zeros});
  auto parts = tf::get_variable(
      "parts", {7, 4}, {.initializer = zeros, .partitioner = tf::fixed_size_partitioner(3)});
  auto object = tf::get_variable("object", {12}, {.initializer = zeros, .use_resource = true});
  {
    const auto scope = tf::variable_scope("root/net");
    tf::get_variable("cube", {5, 2, 3}, {.dtype = tf::int32, .initializer = zeros});
  }
  tf::train::init_from_checkpoint(from, {{"net/", "all/"},
                                         {"net/vector", "by_name"},
                                         {"net/matrix", parts},
                                         {"net/twelve", object},
                                         {"/", "root/"}});
  tf::train::Saver saver;
  tf::Session session;
  session.run(tf::global_variables_initializer());
  saver.export_meta_graph(meta);
  std::cout << saver.save(session, to) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    if (args.size() >= 5 && args[0] == "save") {
      save(args[1], args[2], args[3] == "True", args[4],
           args.size() > 5 ? std::optional(args[5]) : std::nullopt);
    } else if (args.size() == 5 && args[0] == "init") {
      init(args[1], args[2], args[3], args[4]);
    } else {
      return 2;
    }
  } catch (const tf::errors::Error& error) {
    std::cerr << tf::errors::class_name(error.code()) << ": " << error.what() << "\n";
    return 1;
  }
}
