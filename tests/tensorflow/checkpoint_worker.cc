#include <tensorkeep/tensorkeep.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

// What test_object_based.py asks of a Checkpoint and its manager. The trees are those of
// object_trees.py, by the same names, of "resource" or "reference" variables.
//   save TREE KIND PREFIX          saves twice, the second time with one object more
//   restore TREE KIND PATH TO      restores all of PATH; what the variables hold then goes to TO
//   misfit PATH                    restores PATH's tree "adam" into variables of other shapes
//   manage DIR MAX HOURS < SCRIPT  one manager after the other, told line by line what to do
// An error goes to standard error as "Class: text", and the exit status is 1.
namespace tf = tensorkeep;
using tf::train::Checkpoint;
using tf::train::Trackable;

namespace {

struct Tree {
  Checkpoint checkpoint;
  std::vector<std::shared_ptr<tf::train::Optimizer>> optimizers = {};
};

tf::Variable ones(const std::string& name, const tf::Shape& shape, bool use_resource,
                  tf::DType dtype = tf::float32) {
  return tf::get_variable(name, {.shape = shape,
                                 .dtype = dtype,
                                 .initializer = tf::ones_initializer(),
                                 .use_resource = use_resource});
}

Tree containers(bool resource) {
  const tf::Variable a = ones("a", {2}, resource);
  const tf::Variable b = ones("scope/b", {}, resource);
  const tf::Variable c = ones("c", {2, 3}, resource);
  const Checkpoint deep({{"x", c}});
  const auto keys = Trackable::dict({{"a/b", c}, {"c.d", b}, {"", a}});
  return {Checkpoint({{"v", a},
                      {"d", Trackable::dict({{"z", a}, {"a", c}, {"e", Trackable()}})},
                      {"lst", Trackable::list({a, b, keys})},
                      {"t", Trackable::list({c, Trackable::list({b})})},
                      {"inner", Checkpoint({{"w", b}, {"deep", deep}})},
                      {"again", deep},
                      {"empty", Trackable::list({})}})};
}

// Each optimizer has made its slots for both variables.
template <typename... Optimizers>
Tree optimized(bool resource, const std::vector<std::string>& names, Optimizers... made) {
  const tf::Variable v = ones("v", {2}, resource);
  const tf::Variable w = ones("s/w", {2}, resource);
  Tree tree;
  (tree.optimizers.push_back(std::make_shared<Optimizers>(made)), ...);
  std::vector<Trackable::Child> objects = {{"v", v}, {"model", Checkpoint({{"w", w}})}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    tree.optimizers[i]->minimize(tf::reduce_sum(v * v * w));
    objects.emplace_back(names[i], tree.optimizers[i]);
  }
  tree.checkpoint = Checkpoint(objects);
  return tree;
}

Tree adam(bool resource) {
  return optimized(resource, {"optimizer"}, tf::train::AdamOptimizer(0.1));
}

Tree optimizers(bool resource) {
  return optimized(resource, {"o/p.q", "r", "g", "m"}, tf::train::FtrlOptimizer(0.1),
                   tf::train::RMSPropOptimizer(0.1, {.centered = true, .name = "a.b/c"}),
                   tf::train::GradientDescentOptimizer(0.1),
                   tf::train::MomentumOptimizer(0.1, 0.9));
}

Tree parts(bool resource) {
  const auto p = tf::get_variable("p", {.shape = tf::Shape{4, 2},
                                        .initializer = tf::ones_initializer(),
                                        .partitioner = tf::fixed_size_partitioner(2),
                                        .use_resource = resource});
  const auto all = p.partitioned().variables();
  return {Checkpoint({{"p", Trackable::list({all[0], all[1]})}, {"q", all[0]}})};
}

Tree types(bool resource) {
  std::vector<Trackable::Child> objects;
  for (const tf::DType dtype :
       {tf::float64, tf::int32, tf::int64, tf::boolean, tf::bfloat16, tf::uint8}) {
    const std::string name = tf::name_of(dtype);
    objects.emplace_back(name, ones(name, {3}, resource, dtype));
  }
  return {Checkpoint(objects)};
}

Tree build(const std::string& name, const std::string& kind) {
  static const std::map<std::string, std::function<Tree(bool)>> kTrees = {
      {"containers", containers}, {"adam", adam},   {"optimizers", optimizers},
      {"parts", parts},           {"types", types},
  };
  return kTrees.at(name)(kind == "resource");
}

// Every variable gets another value: the place of its name among all.
void set_values(tf::Session& session) {
  session.run(tf::global_variables_initializer());
  auto variables = tf::global_variables();
  std::sort(variables.begin(), variables.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto value = tf::fill(variables[i].shape(), static_cast<std::int64_t>(i + 1));
    session.run(tf::assign(variables[i], tf::cast(value, variables[i].dtype())));
  }
}

void save(Tree tree, const std::string& prefix) {
  tf::Session session;
  set_values(session);
  tree.checkpoint.save(session, prefix);
  tree.checkpoint.track("added", Trackable::list({tf::global_variables().front()}));
  tree.checkpoint.save(session, prefix);
}

void restore(const Tree& tree, const std::string& path, const std::string& to) {
  const auto status = tree.checkpoint.restore(path);
  status.assert_consumed();
  tf::Session session;
  status.run_restore_ops(session);
  tf::train::Saver().save(session, to);
}

void misfit(const std::string& path) {
  const tf::Variable v = ones("v", {3}, true);
  const tf::Variable w = ones("w", {2}, true, tf::int32);
  tf::Session session;
  Checkpoint({{"v", v}, {"model", Checkpoint({{"w", w}})}})
      .restore(path)
      .initialize_or_restore(session);
}

// save [NUMBER] | new
// After each line it prints the names of the newest checkpoint and of those that are managed.
void manage(const std::string& directory, const std::string& max_to_keep,
            const std::string& hours) {
  const Checkpoint checkpoint({{"v", ones("v", {}, true)}});
  tf::Session session;
  session.run(tf::global_variables_initializer());
  const auto make = [&] {
    return tf::train::CheckpointManager(
        checkpoint, directory,
        max_to_keep == "None" ? std::nullopt : std::optional(std::stoi(max_to_keep)),
        {.keep_checkpoint_every_n_hours =
             hours == "None" ? std::nullopt : std::optional(std::stod(hours))});
  };
  auto manager = make();
  const auto print = [](const std::string& path) {
    std::cout << std::filesystem::path(path).filename().string() << " ";
  };
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "new") manager = make();
    if (verb == "save") {
      tf::train::ManagerSaveOptions options;
      if (std::int64_t number = 0; words >> number) options.checkpoint_number = number;
      manager.save(session, options);
    }
    print(manager.latest_checkpoint().value_or("None"));
    for (const std::string& path : manager.checkpoints()) print(path);
    std::cout << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    if (args.size() == 4 && args[0] == "save") {
      save(build(args[1], args[2]), args[3]);
    } else if (args.size() == 5 && args[0] == "restore") {
      restore(build(args[1], args[2]), args[3], args[4]);
    } else if (args.size() == 2 && args[0] == "misfit") {
      misfit(args[1]);
    } else if (args.size() == 4 && args[0] == "manage") {
      manage(args[1], args[2], args[3]);
    } else {
      return 2;
    }
  } catch (const tf::errors::Error& error) {
    std::cerr << tf::errors::class_name(error.code()) << ": " << error.what() << "\n";
    return 1;
  }
}
