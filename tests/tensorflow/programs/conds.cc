#include "programs.h"

namespace tensorkeep::testing {
namespace {

tf::Output predicate() {
  return tf::placeholder(tf::boolean, tf::Shape(), {"p"});
}

PROGRAM(cond_basics) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto y = tf::constant({1.0, 2.0}, {.name = "y"});
  tf::cond(
      p, [&] { return x * 2.0; }, [&] { return y + x; });
  tf::cond(
      p, [&] { return x; }, [&] { return y; });
  tf::cond(
      p, [&] { return tf::constant(1); }, [&] { return 2; }, {"constants"});
  auto both = tf::cond(
      p,
      [&] {
        return tf::Returned{x, y * x};
      },
      [&] {
        return tf::Returned{y, x};
      });
  auto first = tf::getitem(both[0], {0});
  auto second = tf::getitem(both[1], {1});
  tf::cond(
      tf::less(first, second), [&] { return x - y; }, [&] { return tf::zeros_like(x); });
  tf::cond(
      p, [&] { return tf::no_op(); },
      [&] {
        return tf::group({both[0], both[1]});
      });
  return std::nullopt;
}

PROGRAM(cond_shapes) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  auto size = tf::shape(x);
  tf::cond(
      p, [&] { return tf::reshape(x, {-1}); }, [&] { return tf::zeros(tf::stack({tf::size(x)})); });
  tf::cond(
      p, [&] { return tf::fill(size, 2.0); },
      [&] {
        return tf::concat({x, x}, 0);
      });
  tf::cond(
      p, [&] { return tf::getitem(x, {0}); }, [&] { return tf::reduce_mean(x, {.axis = {0}}); });
  return std::nullopt;
}

PROGRAM(cond_nested) {
  auto p = predicate();
  auto q = tf::placeholder(tf::boolean, tf::Shape(), {"q"});
  auto x = tf::placeholder(tf::float32, tf::Shape(), {"x"});
  const auto inner = [&] {
    return tf::cond(
        q, [&] { return x * x; }, [&] { return x + 1.0; });
  };
  tf::cond(p, inner, [&] { return x - 1.0; });
  tf::cond(
      p,
      [&] {
        return tf::cond(
            tf::logical_not(q), [&] { return x; }, [&] { return tf::Output(inner()) * x; });
      },
      [&] {
        return tf::cond(
            q, [&] { return tf::constant(3.0); }, [&] { return x; });
      },
      {"outer"});
  return std::nullopt;
}

void variables_in_branches(bool use_resource) {
  auto p = predicate();
  tf::Variable v({1.0, 2.0}, {.name = "v", .use_resource = use_resource});
  tf::Variable w(3.0, {.name = "w", .use_resource = use_resource});
  tf::cond(
      p, [&] { return v; }, [&] { return v * w; });
  tf::cond(
      p, [&] { return tf::assign(w, 1.0); }, [&] { return tf::assign_add(w, w * 2.0); });
  tf::cond(
      p,
      [&] {
        return tf::group({tf::assign(v, tf::stack({5.0, w})).op()});
      },
      [&] { return tf::no_op(); }, {"update"});
  tf::cond(
      p,
      [&] {
        return tf::Variable([] { return tf::constant(7.0); },
                            {.name = "inside", .use_resource = use_resource}) +
               w;
      },
      [&] { return tf::identity(w); });
}

PROGRAM(cond_variables) {
  variables_in_branches(false);
  return std::nullopt;
}

PROGRAM(cond_resource_variables) {
  variables_in_branches(true);
  return std::nullopt;
}

PROGRAM(cond_control_dependencies) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, tf::Shape(), {"x"});
  auto* before = tf::no_op({"before"});
  const auto waits = [&] {
    tf::Output one;
    tf::Output two;
    {
      auto after = tf::control_dependencies({before, tf::no_op({"inside"})});
      one = tf::constant(1.0);
      two = tf::constant(2.0) + x;
    }
    tf::Output three;
    {
      tf::ControlDependencies none(x.graph(), {}, /*clears=*/true);
      three = tf::constant(3.0);
    }
    return one + two + three;
  };
  tf::Output y;
  {
    auto after = tf::control_dependencies({before});
    {
      auto device = tf::device("/cpu:0");
      y = tf::cond(p, waits, [&] { return tf::tuple({x, x * x})[1]; });
    }
    tf::identity(y);
  }
  auto colocated = tf::colocate_with(&y.op());
  tf::cond(
      p, [&] { return tf::negative(y); }, [&] { return y; });
  return std::nullopt;
}

PROGRAM(cond_checks) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto n = tf::placeholder(tf::int32, {2}, {"n"});
  tf::cond(
      p,
      [&] {
        auto after =
            tf::control_dependencies({tf::Assert(tf::reduce_all(tf::greater(x, 0.0)), {x, "bad"})});
        return tf::identity(x);
      },
      [&] {
        auto after = tf::control_dependencies({tf::assert_equal(n, {1, 2})});
        return x * 2.0;
      });
  return std::nullopt;
}

PROGRAM(cond_case) {
  auto x = tf::placeholder(tf::float32, tf::Shape(), {"x"});
  auto y = tf::placeholder(tf::float32, tf::Shape(), {"y"});
  const std::vector<std::pair<tf::Output, tf::BranchFunction>> pairs{
      {tf::less(x, y), [&] { return x * 2.0; }}, {tf::greater(x, 3.0), [&] { return y; }}};
  tf::case_(pairs, {.default_fn = [&] { return x - y; }});
  tf::case_(pairs,
            {.default_fn = [&] { return tf::constant(1.0); }, .exclusive = true, .name = "only"});
  tf::case_(pairs);
  return std::nullopt;
}

PROGRAM(cond_initialized_value) {
  auto p = predicate();
  tf::Variable v(2.0, {.name = "v"});
  tf::cond(
      p, [&] { return v.initialized_value() * 2.0; }, [&] { return tf::constant(0.0); });
  return std::nullopt;
}

PROGRAM(cond_gradients) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto w = tf::placeholder(tf::float32, {2}, {"w"});
  tf::Output y = tf::cond(
      p, [&] { return x * w; }, [&] { return tf::square(x); });
  tf::gradients(y, {x, w});
  tf::Output z = tf::cond(
      p, [&] { return x; },
      [&] {
        return tf::constant({1.0, 2.0}) * w;
      });
  tf::gradients(tf::reduce_sum(z * x), {x, w});
  auto both = tf::cond(
      p,
      [&] {
        return tf::Returned{x * 3.0, w};
      },
      [&] {
        return tf::Returned{w, tf::exp(x)};
      });
  tf::gradients(both[0], {x, w});
  tf::gradients({both[0], both[1]}, {x, w});
  return std::nullopt;
}

PROGRAM(cond_gradients_nested) {
  auto p = predicate();
  auto q = tf::placeholder(tf::boolean, tf::Shape(), {"q"});
  auto x = tf::placeholder(tf::float32, {tf::None, 2}, {"x"});
  const auto inner = [&]() -> tf::Output {
    return tf::cond(
        q, [&] { return tf::sin(x) * x; }, [&] { return tf::constant(3.0) - x; });
  };
  tf::Output y = tf::cond(
      p, [&] { return inner() * x; }, [&] { return tf::log(x); });
  auto first = tf::gradients(y, x)[0].tensor();
  tf::gradients(first, x);
  return std::nullopt;
}

PROGRAM(cond_gradients_inside) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto y = tf::reduce_sum(x * x);
  tf::cond(
      p, [&] { return tf::gradients(y * 3.0, x)[0].tensor(); }, [&] { return x; });
  return std::nullopt;
}

void gathered(bool use_resource) {
  auto p = predicate();
  tf::Variable table(tf::zeros({4, 3}), {.name = "table", .use_resource = use_resource});
  auto ids = tf::placeholder(tf::int32, {2}, {"ids"});
  tf::Output y = tf::cond(
      p, [&] { return tf::gather(table, ids); },
      [&] {
        return tf::ones({2, 3});
      });
  auto loss = tf::reduce_sum(y);
  tf::train::GradientDescentOptimizer(0.1).minimize(loss);
}

PROGRAM(cond_gradients_of_rows) {
  gathered(false);
  return std::nullopt;
}

PROGRAM(cond_gradients_of_resource_rows) {
  gathered(true);
  return std::nullopt;
}

void trained(bool use_resource) {
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::Variable w(tf::ones({3, 2}), {.name = "w", .use_resource = use_resource});
  tf::Variable b(tf::zeros({2}), {.name = "b", .use_resource = use_resource});
  tf::Output product = tf::matmul(x, w);
  tf::Output y = tf::cond(
      p, [&] { return product + b; }, [&] { return tf::nn::relu(product); });
  y = tf::cond(
      p, [&] { return tf::nn::dropout(y, 0.5, {.seed = 3}); }, [&] { return y; }, {"dropout"});
  auto loss = tf::reduce_mean(tf::square(y));
  tf::train::AdamOptimizer(0.1).minimize(loss);
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss);
}

PROGRAM(cond_trained) {
  trained(false);
  return std::nullopt;
}

PROGRAM(cond_trained_resource) {
  trained(true);
  return std::nullopt;
}

PROGRAM(cond_minimize_inside) {
  auto p = predicate();
  tf::Variable w({1.0, 2.0}, {.name = "w"});
  auto loss = tf::reduce_sum(tf::square(w));
  tf::train::GradientDescentOptimizer optimizer(0.5);
  tf::cond(
      p, [&] { return optimizer.minimize(loss); }, [&] { return tf::no_op(); });
  return std::nullopt;
}

PROGRAM(cond_moving_averages) {
  auto p = predicate();
  tf::Variable v(1.0, {.name = "v"});
  tf::train::ExponentialMovingAverage ema(0.9);
  tf::cond(
      p, [&] { return ema.apply({v}); }, [&] { return tf::no_op(); });
  tf::cond(
      p, [&] { return ema.average(v); }, [&] { return tf::identity(v); });
  return tf::train::Saver();
}

PROGRAM(cond_imported) {
  const auto other = std::make_shared<tf::Graph>();
  {
    auto as_default = other->as_default();
    auto a = tf::placeholder(tf::float32, tf::Shape(), {"a"});
    auto b = tf::constant(2.0, {.name = "b"});
    tf::multiply(a, b, {"c"});
    tf::while_loop([](tf::Output i) { return tf::less(i, 5.0); },
                   [&](tf::Output i) { return i + a; }, {b});
  }
  const auto definition = other->as_graph_def();
  const auto imported = [&](const std::string& name, const tf::Output& y) {
    return std::get<tf::Output>(tf::import_graph_def(
        definition, {.input_map = {{"a:0", y}}, .return_elements = {"c:0"}, .name = name})[0]);
  };
  auto p = predicate();
  auto x = tf::placeholder(tf::float32, tf::Shape(), {"x"});
  auto* before = tf::no_op({"before"});
  tf::cond(
      p, [&] { return imported("in_cond", x); }, [&] { return x; });
  {
    auto after = tf::control_dependencies({before});
    imported("after", x);
  }
  tf::while_loop([](tf::Output y) { return tf::less(y, 10.0); },
                 [&](tf::Output y) { return imported("in_loop", y); }, {x});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
