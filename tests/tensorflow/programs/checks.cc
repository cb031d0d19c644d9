#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(assertions) {
  auto x = tf::placeholder(tf::int32, {2}, {"x"});
  auto f = tf::placeholder(tf::float32, {2}, {"f"});
  auto p = tf::placeholder(tf::boolean, tf::Shape(), {"p"});
  auto first = tf::Assert(p, {"x is", x});
  {
    auto checked = tf::control_dependencies({first});
    tf::identity(x);
  }
  tf::Assert(tf::reduce_all(tf::greater(x, 0)), {x}, {.summarize = 10, .name = "positive"});
  auto checked = tf::control_dependencies({tf::Assert(p, {"f is", f})});
  tf::identity(f);
  return std::nullopt;
}

PROGRAM(equality_assertions) {
  auto x = tf::placeholder(tf::int32, {tf::None}, {"x"});
  auto y = tf::placeholder(tf::int32, {tf::None}, {"y"});
  tf::assert_equal(x, y);
  tf::assert_equal(x, 2, {.message = "wrong"});
  tf::assert_equal(tf::constant(1), 1);
  return std::nullopt;
}

void uninitialized(bool use_resource) {
  tf::Variable a(1.0, {.name = "a", .use_resource = use_resource});
  tf::Variable b({1, 2}, {.name = "b", .use_resource = use_resource});
  tf::report_uninitialized_variables();
  tf::report_uninitialized_variables({a}, "of_a");
  tf::is_variable_initialized(a);
}

PROGRAM(report_uninitialized_variables) {
  uninitialized(false);
  return std::nullopt;
}

PROGRAM(report_uninitialized_variables_resource) {
  uninitialized(true);
  return std::nullopt;
}

PROGRAM(report_without_variables) {
  tf::report_uninitialized_variables();
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
