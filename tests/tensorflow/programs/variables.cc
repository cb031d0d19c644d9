#include "programs.h"

namespace tensorkeep::testing {
namespace {

MaybeSaver every_variable(bool use_resource) {
  tf::Variable a(1.0, {.name = "a", .use_resource = use_resource});
  tf::Variable unnamed({1, 2, 3}, {.use_resource = use_resource});
  tf::Variable zeros(tf::zeros({2, 3}), {.use_resource = use_resource});
  tf::Variable step(
      0, {.trainable = false, .name = "step", .dtype = tf::int64, .use_resource = use_resource});
  tf::Variable b(a.initial_value() * 2.0, {.name = "b", .use_resource = use_resource});
  tf::assign(a, 2.0);
  tf::assign_add(a, 1.0);
  tf::assign_sub(b, b * 0.5, {.name = "decay"});
  a.assign(tf::constant(3.0));
  a + b;
  -a;
  tf::global_variables_initializer();
  tf::variables_initializer({a}, "some");
  return tf::train::Saver();
}

PROGRAM(reference_variables) {
  return every_variable(false);
}

PROGRAM(resource_variables) {
  return every_variable(true);
}

PROGRAM(initialized_value) {
  tf::Variable a(1.0, {.name = "a"});
  tf::Variable b(a.initialized_value() * 2.0, {.name = "b"});
  return std::nullopt;
}

PROGRAM(variables_in_scopes) {
  auto w = [] {
    auto layer = tf::name_scope("layer");
    tf::Variable w(tf::ones({2, 2}), {.name = "w"});
    auto after = tf::control_dependencies({tf::no_op()});
    tf::Variable b(tf::zeros({2}), {.name = "b"});
    return w;
  }();
  {
    auto layer = tf::name_scope("layer");
    tf::Variable again(w.initial_value(), {.name = "w"});
  }
  return tf::train::Saver();
}

PROGRAM(local_variables) {
  tf::Variable count(0.0, {.trainable = false,
                           .collections = std::vector<std::string>{"local_variables"},
                           .name = "count"});
  tf::Variable kept(0.0, {.name = "kept"});
  tf::global_variables_initializer();
  tf::local_variables_initializer();
  tf::initialize_all_variables();
  return tf::train::Saver();
}

PROGRAM(no_variables) {
  tf::constant(1.0);
  tf::global_variables_initializer();
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
