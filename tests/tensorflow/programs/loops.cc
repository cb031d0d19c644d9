#include "programs.h"

namespace tensorkeep::testing {
namespace {

using Returned = tf::Returned;

tf::Output scalar(tf::DType dtype, const char* name) {
  return tf::placeholder(dtype, tf::Shape(), {name});
}

PROGRAM(loop_basics) {
  tf::while_loop([](tf::Output i) { return tf::less(i, 10); }, [](tf::Output i) { return i + 1; },
                 {0});
  auto n = scalar(tf::int32, "n");
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto iy = tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                           [&](tf::Output i, tf::Output y) {
                             auto next = i + 1;
                             return Returned{next, y * x};
                           },
                           {tf::constant(0), x});
  tf::while_loop(
      [](tf::Output, tf::Output z) { return tf::less(tf::reduce_sum(z), 100.0); },
      [&](tf::Output i, tf::Output z) {
        return Returned{i, z + iy[1]};
      },
      {iy[0], iy[1]},
      {.parallel_iterations = 3, .back_prop = false, .swap_memory = true, .name = "named"});
  tf::while_loop([](tf::Output) { return tf::constant(false); },
                 [](tf::Output) {
                   return tf::constant({1.0, 2.0});
                 },
                 {x});
  return std::nullopt;
}

PROGRAM(loop_invariants) {
  auto x = tf::placeholder(tf::float32, {1, 2}, {"x"});
  auto n = scalar(tf::int32, "n");
  tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                 [&](tf::Output i, tf::Output y) {
                   auto next = i + 1;
                   return Returned{next, tf::concat({y, x}, 0)};
                 },
                 {tf::constant(0), x}, {.shape_invariants = {tf::Shape(), {tf::None, 2}}});
  return std::nullopt;
}

PROGRAM(loop_maximum_iterations) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto limit = scalar(tf::int32, "limit");
  tf::while_loop([](tf::Output y) { return tf::less(tf::reduce_sum(y), 9.0); },
                 [&](tf::Output y) { return y * x; }, {x}, {.maximum_iterations = 5});
  tf::while_loop([](tf::Output i, tf::Output) { return tf::less(i, 3); },
                 [&](tf::Output i, tf::Output y) {
                   auto next = i + 1;
                   return Returned{next, y + x};
                 },
                 {tf::constant(0), x}, {.name = "limited", .maximum_iterations = limit});
  return std::nullopt;
}

PROGRAM(loop_nested) {
  auto n = scalar(tf::int32, "n");
  auto x = scalar(tf::float32, "x");
  tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                 [&](tf::Output i, tf::Output y) {
                   auto inner =
                       tf::while_loop([&](tf::Output j, tf::Output) { return tf::less(j, i); },
                                      [&](tf::Output j, tf::Output z) {
                                        auto next = j + 1;
                                        auto product = z * x;
                                        return Returned{next, product + tf::cast(i, tf::float32)};
                                      },
                                      {tf::constant(0), y});
                   auto next = i + 1;
                   return Returned{next, inner[1] + 1.0};
                 },
                 {tf::constant(0), x});
  return std::nullopt;
}

PROGRAM(loop_with_branches) {
  auto n = scalar(tf::int32, "n");
  auto p = scalar(tf::boolean, "p");
  auto x = scalar(tf::float32, "x");
  const auto loop = [&] {
    return tf::while_loop(
        [&](tf::Output i, tf::Output) { return tf::less(i, n); },
        [&](tf::Output i, tf::Output y) {
          tf::Output z = tf::cond(
              tf::equal(i % 2, 0), [&] { return y * x; }, [&] { return y + 1.0; });
          auto next = i + 1;
          return Returned{next, tf::Output(tf::cond(
                                    p, [&] { return z - x; }, [&] { return z; }))};
        },
        {tf::constant(0), x})[1];
  };
  loop();
  tf::cond(p, loop, [&] { return x; }, {"around"});
  return std::nullopt;
}

void variables_in_loops(bool use_resource) {
  auto n = scalar(tf::int32, "n");
  tf::Variable v({1.0, 2.0}, {.name = "v", .use_resource = use_resource});
  tf::Variable w(0.0, {.name = "w", .use_resource = use_resource});
  tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                 [&](tf::Output i, tf::Output y) {
                   auto after = tf::control_dependencies({tf::assign_add(w, 1.0).op()});
                   auto next = i + 1;
                   auto product = y * v;
                   return Returned{next, product + w};
                 },
                 {tf::constant(0), v});
}

PROGRAM(loop_variables) {
  variables_in_loops(false);
  return std::nullopt;
}

PROGRAM(loop_resource_variables) {
  variables_in_loops(true);
  return std::nullopt;
}

PROGRAM(loop_control_dependencies) {
  auto x = scalar(tf::float32, "x");
  auto before = tf::identity(x, {"before"});
  auto* nothing = tf::no_op({"nothing"});
  const auto body = [&](tf::Output y) {
    tf::Output a;
    tf::Output b;
    {
      auto after = tf::control_dependencies({&before.op(), nothing});
      a = tf::constant(1.0);
      b = y * x;
    }
    auto after = tf::control_dependencies({&a.op()});
    auto same = tf::identity(b);
    return same + a;
  };
  tf::Output y;
  {
    auto after = tf::control_dependencies({&before.op()});
    auto device = tf::device("/cpu:0");
    y = tf::while_loop([](tf::Output z) { return tf::less(z, 10.0); }, body, {x});
  }
  auto after = tf::control_dependencies({&y.op()});
  tf::no_op({"after"});
  return std::nullopt;
}

PROGRAM(loop_checks) {
  auto n = scalar(tf::int32, "n");
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                 [&](tf::Output i, tf::Output y) {
                   auto* check = tf::Assert(tf::reduce_all(tf::greater(y, 0.0)), {y});
                   auto after = tf::control_dependencies({check});
                   auto next = i + 1;
                   auto same = tf::identity(y);
                   return Returned{next, same * x};
                 },
                 {tf::constant(0), x});
  return std::nullopt;
}

PROGRAM(loop_gradients) {
  auto n = scalar(tf::int32, "n");
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto w = tf::placeholder(tf::float32, {2}, {"w"});
  auto y = tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                          [&](tf::Output i, tf::Output y) {
                            auto next = i + 1;
                            return Returned{next, y * w};
                          },
                          {tf::constant(0), x})[1];
  tf::gradients(y, {x, w});
  auto start = tf::constant(0);
  auto ab = tf::while_loop([&](tf::Output i, tf::Output, tf::Output) { return tf::less(i, n); },
                           [&](tf::Output i, tf::Output a, tf::Output b) {
                             auto next = i + 1;
                             auto next_a = tf::sin(a) * b;
                             return Returned{next, next_a, a + w};
                           },
                           {start, x, x * 2.0});
  tf::gradients(ab[1], {x, w});
  tf::gradients({ab[1], ab[2]}, x);
  return std::nullopt;
}

PROGRAM(loop_gradients_of_unknown_shapes) {
  auto n = scalar(tf::int32, "n");
  auto x = tf::placeholder(tf::float32, {tf::None, 2}, {"x"});
  auto w = tf::placeholder(tf::float32, tf::Shape::unknown(), {"w"});
  auto start = tf::constant(0);
  auto yz = tf::while_loop([&](tf::Output i, tf::Output, tf::Output) { return tf::less(i, n); },
                           [&](tf::Output i, tf::Output y, tf::Output) {
                             auto next = i + 1;
                             auto product = y * w;
                             auto next_y = product + 1.0;
                             return Returned{next, next_y, tf::reduce_sum(y * y)};
                           },
                           {start, x, tf::constant(0.0)},
                           {.shape_invariants = {tf::Shape(), tf::Shape::unknown(), tf::Shape()}});
  tf::gradients(yz[2], {x, w});
  tf::gradients(yz[1], {x, w});
  return std::nullopt;
}

PROGRAM(loop_gradients_nested) {
  auto n = scalar(tf::int32, "n");
  auto x = scalar(tf::float32, "x");
  auto y = tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                          [&](tf::Output i, tf::Output y) {
                            auto z = tf::while_loop(
                                [&](tf::Output j, tf::Output) { return tf::less(j, i); },
                                [&](tf::Output j, tf::Output z) {
                                  auto next = j + 1;
                                  auto product = z * x;
                                  return Returned{next, product * y};
                                },
                                {tf::constant(0), y})[1];
                            auto next = i + 1;
                            return Returned{next, z + y};
                          },
                          {tf::constant(0), x})[1];
  tf::gradients(y, x);
  return std::nullopt;
}

PROGRAM(loop_gradients_with_branches) {
  auto n = scalar(tf::int32, "n");
  auto p = scalar(tf::boolean, "p");
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  const auto loop = [&] {
    return tf::while_loop(
        [&](tf::Output i, tf::Output) { return tf::less(i, n); },
        [&](tf::Output i, tf::Output y) {
          auto next = i + 1;
          auto even = tf::equal(i % 2, 0);
          return Returned{next, tf::Output(tf::cond(
                                    even, [&] { return y * x; }, [&] { return tf::sin(y); }))};
        },
        {tf::constant(0), x})[1];
  };
  tf::gradients(loop(), x);
  tf::Output y = tf::cond(p, loop, [&] { return x; });
  tf::gradients(y * y, x);
  return std::nullopt;
}

void trained(bool use_resource) {
  auto n = scalar(tf::int32, "n");
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::Variable w(tf::ones({3, 3}), {.name = "w", .use_resource = use_resource});
  tf::Variable table(tf::ones({4, 3}), {.name = "table", .use_resource = use_resource});
  auto y = tf::while_loop([&](tf::Output i, tf::Output) { return tf::less(i, n); },
                          [&](tf::Output i, tf::Output y) {
                            auto next = i + 1;
                            auto activation = tf::tanh(tf::matmul(y, w));
                            auto row = tf::getitem(tf::gather(table, {0, 2}), {0});
                            return Returned{next, activation + row};
                          },
                          {tf::constant(0), x})[1];
  auto loss = tf::reduce_mean(tf::square(y));
  tf::train::GradientDescentOptimizer(0.1).minimize(loss);
}

PROGRAM(loop_trained) {
  trained(false);
  return std::nullopt;
}

PROGRAM(loop_trained_resource) {
  trained(true);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
