#include "programs.h"

namespace tensorkeep::testing {
namespace {

std::vector<tf::Variable> two_variables(bool use_resource = false) {
  tf::Variable a(tf::zeros({2, 3}), {.name = "a", .use_resource = use_resource});
  tf::Variable b(0, {.name = "b", .use_resource = use_resource});
  return {a, b};
}

PROGRAM(saver_plain) {
  two_variables();
  return tf::train::Saver();
}

PROGRAM(saver_resource) {
  two_variables(true);
  return tf::train::Saver();
}

PROGRAM(saver_keeping_all) {
  two_variables();
  return tf::train::Saver({.max_to_keep = 0, .keep_checkpoint_every_n_hours = 2});
}

PROGRAM(saver_of_list) {
  auto ab = two_variables();
  return tf::train::Saver({ab[1]});
}

PROGRAM(saver_of_dict) {
  auto ab = two_variables();
  return tf::train::Saver({{"z", ab[0]}, {"model/b", ab[1]}});
}

PROGRAM(saver_named) {
  two_variables();
  auto outer = tf::name_scope("outer");
  return tf::train::Saver({.name = "keep"});
}

PROGRAM(saver_reshape) {
  two_variables();
  return tf::train::Saver({.reshape = true});
}

PROGRAM(saver_reshape_resource) {
  two_variables(true);
  return tf::train::Saver({.reshape = true});
}

PROGRAM(saver_restore_sequentially) {
  two_variables();
  return tf::train::Saver({.restore_sequentially = true});
}

PROGRAM(saver_filename) {
  two_variables();
  return tf::train::Saver({.filename = "checkpoint-file"});
}

PROGRAM(savers_two) {
  auto ab = two_variables();
  tf::train::Saver first({ab[0]});
  return tf::train::Saver({.max_to_keep = 2});
}

PROGRAM(savers_in_a_collection) {
  auto ab = two_variables();
  tf::add_to_collection(tf::GraphKeys::SAVERS, tf::train::Saver({ab[0]}));
  return tf::train::Saver();
}

PROGRAM(saver_on_devices) {
  {
    auto cpu = tf::device("/cpu:0");
    tf::Variable on_cpu(1.0, {.name = "on_cpu"});
  }
  tf::Variable anywhere(1.0, {.name = "anywhere"});
  return tf::train::Saver();
}

void variables_on_devices(bool use_resource = false) {
  {
    auto cpu = tf::device("/cpu:0");
    tf::Variable a(tf::zeros({2}), {.name = "a", .use_resource = use_resource});
    tf::Variable c(0, {.name = "c", .use_resource = use_resource});
  }
  {
    auto worker = tf::device("/job:worker/task:1");
    tf::Variable b(1.0, {.name = "b", .use_resource = use_resource});
  }
  tf::Variable anywhere(1.0, {.name = "anywhere", .use_resource = use_resource});
}

PROGRAM(saver_sharded) {
  variables_on_devices();
  return tf::train::Saver({.sharded = true});
}

PROGRAM(saver_sharded_resource) {
  variables_on_devices(true);
  return tf::train::Saver({.sharded = true});
}

PROGRAM(saver_sharded_one_device) {
  two_variables();
  return tf::train::Saver({.sharded = true});
}

PROGRAM(saver_v1) {
  two_variables();
  return tf::train::Saver({.write_version = tf::train::SaverDef::V1});
}

PROGRAM(saver_v1_resource) {
  two_variables(true);
  return tf::train::Saver({.reshape = true, .write_version = tf::train::SaverDef::V1});
}

PROGRAM(saver_v1_sharded) {
  variables_on_devices();
  return tf::train::Saver({.sharded = true, .write_version = tf::train::SaverDef::V1});
}

PROGRAM(saver_deferred) {
  two_variables();
  tf::train::Saver deferred({.defer_build = true});
  deferred.build();
  return deferred;
}

PROGRAM(saver_allow_empty) {
  tf::constant(1.0);
  return tf::train::Saver({.allow_empty = true});
}

}  // namespace
}  // namespace tensorkeep::testing
