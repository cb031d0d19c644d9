#include "programs.h"

namespace tensorkeep::testing {
namespace {

using tf::train::BaseSaverBuilder;
using tf::train::RestoredShape;
using tf::train::SaveSpec;
using Shapes = std::optional<std::vector<RestoredShape>>;

tf::Output reshaped(tf::Output tensor, const RestoredShape& shape) {
  return std::visit([&](const auto& known) { return tf::reshape(tensor, known); }, shape);
}

// Two variables that are restored together, by one operation.
class Pair : public tf::train::SaveableObject {
 public:
  Pair(const tf::Variable& first, const tf::Variable& second, const std::string& name)
      : SaveableObject(first.handle(),
                       {SaveSpec(first.value(), "", name + "/first"),
                        SaveSpec(second.value(), "", name + "/second")},
                       name),
        pair_{first, second} {}

  tf::Operation* restore(const std::vector<tf::Output>& restored,
                         const Shapes& shapes) const override {
    auto scope = tf::name_scope("restore_pair");
    std::vector<tf::Output> tensors = restored;
    for (std::size_t i = 0; i < tensors.size() && shapes; ++i) {
      tensors[i] = reshaped(tensors[i], (*shapes)[i]);
    }
    std::vector<tf::Dependency> assigned;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      assigned.emplace_back(tf::assign(pair_[i], tensors[i]).op());
    }
    return tf::group(assigned);
  }

 private:
  std::vector<tf::Variable> pair_;
};

tf::Variable local(const tf::Input& value, const std::string& name, bool use_resource = false) {
  return tf::Variable(value, {.collections = {{tf::GraphKeys::LOCAL_VARIABLES}},
                              .name = name,
                              .use_resource = use_resource});
}

std::shared_ptr<Pair> pair(const std::string& name = "state") {
  const auto first = local(tf::zeros({2}), name);
  const auto second = local(1, name + "_count");
  return std::make_shared<Pair>(first, second, name);
}

void pair_and_variables() {
  tf::add_to_collection(tf::GraphKeys::SAVEABLE_OBJECTS, pair());
  tf::Variable a(1.0, {.name = "a"});
  tf::Variable z({1.0}, {.name = "z", .use_resource = true});
}

PROGRAM(saveable_pair) {
  pair_and_variables();
  return tf::train::Saver();
}

PROGRAM(saveable_pair_reshape) {
  pair_and_variables();
  return tf::train::Saver({.reshape = true});
}

PROGRAM(saveable_pair_v1) {
  pair_and_variables();
  return tf::train::Saver({.write_version = tf::train::SaverDef::V1});
}

PROGRAM(saveable_read_by_each) {
  pair_and_variables();
  auto gpu = tf::device("/gpu:0");
  return tf::train::Saver({.reshape = true, .builder = std::make_shared<BaseSaverBuilder>()});
}

PROGRAM(saveables_in_a_list) {
  tf::Variable b(1.0, {.name = "b"});
  const auto last = pair("zoo");
  return tf::train::Saver({last, b, pair("ape")});
}

PROGRAM(saveables_in_a_dict) {
  tf::Variable b(1.0, {.name = "b"});
  const auto last = pair("zoo");
  return tf::train::Saver({{"y", last}, {"z", b}, {"x", pair("ape")}});
}

class Doubled : public tf::train::SaveableObject {
 public:
  explicit Doubled(const tf::Variable& v)
      : SaveableObject({},
                       {SaveSpec([v] { return v.read_value() * 2.0; }, "", "doubled", tf::float32,
                                 v.device())},
                       "v"),
        v_(v) {}

  tf::Operation* restore(const std::vector<tf::Output>& restored,
                         const Shapes& /*shapes*/) const override {
    return v_.assign(restored[0] / 2.0).op();
  }

 private:
  tf::Variable v_;
};

PROGRAM(saveable_that_reads_when_saved) {
  const auto v = local({1.0, 2.0}, "v", true);
  tf::add_to_collection(tf::GraphKeys::SAVEABLE_OBJECTS, std::make_shared<Doubled>(v));
  return tf::train::Saver({.reshape = true});
}

void tables_and_variables() {
  {
    auto cpu = tf::device("/cpu:0");
    tf::lookup::MutableHashTable words(tf::string, tf::float32, 0.0, {.name = "words"});
    tf::Variable on_cpu(1.0, {.name = "on_cpu"});
  }
  tf::Variable anywhere({1.0}, {.name = "anywhere"});
  tf::lookup::MutableHashTable pairs(tf::int64, tf::int64, {0, 0}, {.name = "pairs"});
}

PROGRAM(saver_of_tables) {
  tables_and_variables();
  return tf::train::Saver();
}

PROGRAM(saver_of_tables_reshape) {
  tables_and_variables();
  return tf::train::Saver({.reshape = true});
}

PROGRAM(saver_of_tables_sharded) {
  tables_and_variables();
  return tf::train::Saver({.sharded = true});
}

PROGRAM(saver_of_tables_sharded_each) {
  tables_and_variables();
  auto worker = tf::device("/job:worker");
  return tf::train::Saver({.sharded = true, .builder = std::make_shared<BaseSaverBuilder>()});
}

PROGRAM(saver_of_tables_v1_sharded) {
  tables_and_variables();
  auto worker = tf::device("/job:worker");
  return tf::train::Saver({.sharded = true, .write_version = tf::train::SaverDef::V1});
}

PROGRAM(saver_of_partitions_reshape) {
  const auto parts = tf::fixed_size_partitioner(2);
  tf::get_variable("p", {4, 2}, {.partitioner = parts});
  tf::get_variable("r", {4, 2}, {.partitioner = parts, .use_resource = true});
  return tf::train::Saver({.reshape = true});
}

PROGRAM(saver_of_one_table_under_another_name) {
  const tf::lookup::MutableHashTable table(tf::string, tf::float32, 0.0,
                                           {.name = "words", .checkpoint = false});
  return tf::train::Saver({table.saveable("other", "words")});
}

}  // namespace
}  // namespace tensorkeep::testing
