#include "programs.h"

namespace tensorkeep::testing {
namespace {

using Outputs = std::vector<tf::Output>;

// Calls `reduce` as Python does: the axis by position, the options behind it.
template <typename Reduce>
Outputs every_axis(Reduce reduce, tf::Output x) {
  return {reduce(x),
          reduce(x, 0),
          reduce(x, -1),
          reduce(x, tf::Input{0, 1}),
          reduce(x, tf::Input{1}),
          reduce(x, 1, tf::ReduceOptions{.keepdims = true}),
          reduce(x, tf::Input{0, 2}, tf::ReduceOptions{.keepdims = true})};
}

template <typename Reduce>
void known_and_unknown(Reduce reduce) {
  auto x = tf::placeholder(tf::float32, {2, 3, 4}, {"x"});
  auto u = tf::placeholder(tf::float32, {tf::None, 3, 4}, {"u"});
  tf::gradients(every_axis(reduce, x), {x});
  tf::gradients(every_axis(reduce, u), {u});
}

PROGRAM(reduce_sum) {
  known_and_unknown([](auto... arguments) { return tf::reduce_sum(arguments...); });
  return std::nullopt;
}

PROGRAM(reduce_mean) {
  known_and_unknown([](auto... arguments) { return tf::reduce_mean(arguments...); });
  return std::nullopt;
}

PROGRAM(reduce_prod) {
  known_and_unknown([](auto... arguments) { return tf::reduce_prod(arguments...); });
  return std::nullopt;
}

PROGRAM(reduce_max) {
  known_and_unknown([](auto... arguments) { return tf::reduce_max(arguments...); });
  return std::nullopt;
}

PROGRAM(reduce_min) {
  known_and_unknown([](auto... arguments) { return tf::reduce_min(arguments...); });
  return std::nullopt;
}

PROGRAM(reduce_unknown_rank) {
  auto x = tf::placeholder(tf::float32, tf::Shape::unknown(), {"x"});
  tf::gradients({tf::reduce_sum(x), tf::reduce_mean(x), tf::reduce_max(x)}, {x});
  return std::nullopt;
}

PROGRAM(reduce_logical) {
  auto x = tf::placeholder(tf::boolean, {2, 3}, {"x"});
  tf::reduce_any(x);
  tf::reduce_all(x, 0);
  tf::reduce_all(x, {.axis = {0, 1}, .keepdims = true});
  return std::nullopt;
}

PROGRAM(reduce_integers) {
  auto x = tf::placeholder(tf::int32, {2, 3}, {"x"});
  tf::reduce_sum(x);
  tf::reduce_max(x, 1);
  tf::reduce_mean(x, 0, {.name = "named"});
  return std::nullopt;
}

PROGRAM(arguments) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::argmax(x);
  tf::argmax(x, 1);
  tf::argmin(x, 0);
  tf::argmax(x, -1, {.output_type = tf::int32, .name = "narrow"});
  tf::arg_max(x, 1);
  return std::nullopt;
}

PROGRAM(reduce_logsumexp) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::reduce_logsumexp(x), tf::reduce_logsumexp(x, 1, {.keepdims = true})}, {x});
  return std::nullopt;
}

PROGRAM(cumulative) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::cumsum(x), tf::cumsum(x, 1, {.exclusive = true}),
                 tf::cumsum(x, -1, {.reverse = true}), tf::cumprod(x)},
                {x});
  return std::nullopt;
}

PROGRAM(segments) {
  auto x = tf::placeholder(tf::float32, {4, 3}, {"x"});
  auto i = tf::placeholder(tf::int32, {4}, {"i"});
  tf::gradients({tf::segment_sum(x, i), tf::unsorted_segment_sum(x, i, 5)}, {x});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
