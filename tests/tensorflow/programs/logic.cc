#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(casts) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto i = tf::placeholder(tf::int32, {2}, {"i"});
  tf::cast(x, tf::int32);
  tf::cast(i, "float");
  tf::cast(x, tf::float32);
  tf::cast(tf::greater(x, 0), tf::float32);
  tf::to_float(i);
  tf::gradients({tf::cast(x, tf::float64), tf::cast(tf::cast(x, tf::float64), tf::float32)}, {x});
  return std::nullopt;
}

PROGRAM(comparisons) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::less(a, b);
  tf::less_equal(a, b);
  tf::greater(a, b);
  tf::greater_equal(a, b);
  tf::greater(a, 0);
  tf::greater(a, 0.5);  // what Python makes of 0.5 < a
  tf::equal(a, b);
  tf::not_equal(a, b);
  tf::less(a, b);
  tf::less_equal(a, b);
  tf::greater(a, b);
  tf::greater_equal(a, b, {"named"});
  return std::nullopt;
}

PROGRAM(logical) {
  auto p = tf::placeholder(tf::boolean, {2}, {"p"});
  auto q = tf::placeholder(tf::boolean, {2}, {"q"});
  tf::logical_and(p, q);
  tf::logical_or(p, q);
  tf::logical_not(p);
  tf::logical_xor(p, q);
  return std::nullopt;
}

PROGRAM(select) {
  auto p = tf::placeholder(tf::boolean, {2, 3}, {"p"});
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {2, 3}, {"b"});
  tf::gradients(tf::where(p, a, b), {a, b});
  tf::where(p);
  return std::nullopt;
}

PROGRAM(select_broadcast) {
  auto p = tf::placeholder(tf::boolean, {3}, {"p"});
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  tf::gradients({tf::where_v2(p, a, 0.0)}, {a});
  return std::nullopt;
}

PROGRAM(clip) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients(tf::clip_by_value(x, -1.0, 1.0), {x});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
