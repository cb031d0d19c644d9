#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(name_scopes) {
  {
    auto outer = tf::name_scope("outer");
    auto a = tf::constant(1.0, {.name = "a"});
    auto b = [] {
      auto inner = tf::name_scope("inner");
      return tf::constant(2.0, {.name = "a"});
    }();
    auto inner = tf::name_scope("inner");
    tf::add(a, b);
  }
  {
    auto outer = tf::name_scope("outer");
    tf::constant(3.0, {.name = "a"});
  }
  {
    auto outer = tf::name_scope("outer/");
    tf::constant(4.0, {.name = "b"});
  }
  auto root = tf::name_scope("");
  tf::constant(5.0);
  return std::nullopt;
}

PROGRAM(unique_names) {
  for (int i = 0; i < 3; ++i) tf::constant(1.0);
  tf::constant(1.0, {.name = "Const_1"});
  tf::constant(1.0, {.name = "const"});
  tf::constant(1.0, {.name = "CONST"});
  tf::constant(1.0, {.name = "a/b/c"});
  tf::constant(1.0, {.name = "a/b/c"});
  tf::constant(1.0, {.name = "a"});
  return std::nullopt;
}

PROGRAM(control_dependencies) {
  auto a = tf::constant(1.0, {.name = "a"});
  auto b = tf::constant(2.0, {.name = "b"});
  auto c = tf::constant(3.0, {.name = "c"});
  {
    auto after_a_and_b = tf::control_dependencies({&a.op(), &b.op()});
    tf::identity(c, {"after_both"});
    tf::add(a, c, {"after_b"});
    {
      auto after_c = tf::control_dependencies({&c.op()});
      tf::no_op({"after_all"});
    }
    tf::ControlDependencies none(tf::get_default_graph(), {}, true);
    tf::identity(c, {"free"});
  }
  tf::group({a, b, c}, {"grouped"});
  tf::group({a});
  return std::nullopt;
}

PROGRAM(devices) {
  auto cpu = tf::device("/cpu:0");
  auto a = tf::constant(1.0, {.name = "a"});
  {
    auto second = tf::device("/device:CPU:1");
    tf::identity(a, {"b"});
  }
  {
    auto task = tf::device("/job:worker/task:3");
    tf::identity(a, {"c"});
  }
  {
    auto none = tf::device("");
    tf::identity(a, {"d"});
  }
  tf::Variable v(1.0, {.name = "v"});
  v + a;
  auto none = tf::device("");
  return tf::train::Saver();
}

PROGRAM(colocations) {
  tf::Variable v(1.0, {.name = "v"});
  auto a = tf::constant(1.0, {.name = "a"});
  {
    auto beside = tf::colocate_with(&v.op());
    tf::identity(a, {"beside_v"});
  }
  auto b = [] {
    auto cpu = tf::device("/cpu:0");
    return tf::constant(2.0, {.name = "b"});
  }();
  auto beside_b = tf::colocate_with(&b.op());
  tf::identity(a, {"beside_b"});
  auto beside_a = tf::colocate_with(&a.op());
  tf::identity(a, {"beside_both"});
  return std::nullopt;
}

PROGRAM(collections) {
  auto a = tf::constant(1.0, {.name = "a"});
  tf::add_to_collection("losses", a);
  tf::add_to_collection("numbers", std::int64_t{3});
  tf::add_to_collection("words", std::string("text"));
  tf::add_to_collection("halves", 0.5);
  tf::add_to_collection("ops", &a.op());
  return std::nullopt;
}

PROGRAM(gradient_names) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto y = [&] {
    auto model = tf::name_scope("model");
    return tf::square(x) * x;
  }();
  tf::gradients(y, x);
  tf::gradients(y, x);
  {
    auto backward = tf::name_scope("backward");
    tf::gradients(y, x, {.name = "g"});
  }
  tf::gradients(y, x, {.grad_ys = {tf::constant({1.0, 2.0})}});
  tf::gradients(y, x, {.stop_gradients = {x}});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
