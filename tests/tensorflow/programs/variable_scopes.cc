#include "programs.h"

namespace tensorkeep::testing {
namespace {

using tf::contrib::layers::l1_regularizer;
using tf::contrib::layers::l2_regularizer;

PROGRAM(get_variable_kinds) {
  tf::get_variable("glorot", {3, 4});
  tf::get_variable("integers", {2}, {.dtype = tf::int32});
  tf::get_variable("flags", {2}, {.dtype = tf::boolean});
  tf::get_variable("doubles", {2, 2}, {.dtype = tf::float64});
  tf::get_variable("scalar", tf::Shape{}, {.initializer = tf::zeros_initializer()});
  tf::get_variable("text", {2}, {.dtype = tf::string});
  tf::get_variable("value", {.initializer = tf::constant({1.0, 2.0})});
  tf::get_variable("literal", {.initializer = 3.5});
  tf::get_variable("typed_literal", {.dtype = tf::int32, .initializer = {1, 2}});
  tf::get_variable("function", {.initializer = [] { return tf::ones({2}); }});
  tf::get_variable("constant", {3}, {.initializer = tf::constant_initializer({1.0, 2.0, 3.0})});
  tf::get_variable("fixed", {2}, {.initializer = tf::ones_initializer(), .trainable = false});
  tf::get_variable("elsewhere", {2}, {.collections = std::vector<std::string>{"mine"}});
  tf::get_variable("resource", {2}, {.use_resource = true});
  tf::get_variable("cached", {2}, {.caching_device = "/cpu:1"});
  tf::get_variable("cached_resource", {2}, {.caching_device = "/cpu:1", .use_resource = true});
  tf::get_variable("any_shape",
                   {.initializer = tf::placeholder(tf::float32), .validate_shape = false});
  tf::get_variable("mean", {2},
                   {.synchronization = tf::VariableSynchronization::kOnRead,
                    .aggregation = tf::VariableAggregation::kMean});
  tf::get_local_variable("local", {2});
  tf::get_variable("unit_scaling", {3, 4, 5},
                   {.initializer = tf::uniform_unit_scaling_initializer()});
  return tf::train::Saver();
}

PROGRAM(variable_scope_names) {
  tf::VariableScope outer;
  {
    auto scope = tf::variable_scope("outer");
    outer = scope;
    auto a = tf::get_variable("a", {2});
    auto b = [&] {
      auto inner = tf::variable_scope("inner");
      auto b = tf::get_variable("b", {2});
      tf::add(a, b);
      tf::Variable plain(1.0, {.name = "plain"});
      return b;
    }();
    auto names = tf::name_scope("names");
    auto c = tf::get_variable("c", {2});
    tf::add(b, c);
  }
  {
    auto scope = tf::variable_scope("outer");
    tf::get_variable("d", {2});
    tf::constant(1.0);
  }
  {
    auto scope = tf::variable_scope("elsewhere");
    {
      auto again = tf::variable_scope(outer);
      tf::get_variable("e", {2});
      tf::constant(2.0);
      auto original = tf::name_scope(again.original_name_scope());
      tf::constant(3.0);
    }
    tf::get_variable("f", {2});
  }
  {
    auto scope = tf::variable_scope("a/b");
    tf::get_variable("g/h", {2});
    auto inner = tf::variable_scope("c", {.auxiliary_name_scope = false});
    tf::get_variable("i", {2});
    tf::constant(4.0);
  }
  {
    auto scope = tf::variable_scope("d", {.auxiliary_name_scope = false});
    tf::constant(5.0);
  }
  {
    auto scope = tf::variable_scope("");
    tf::get_variable("j", {2});
    tf::constant(6.0);
  }
  {
    auto scope = tf::variable_scope(tf::get_variable_scope());
    tf::get_variable("k", {2});
    tf::constant(7.0);
  }
  return tf::train::Saver();
}

PROGRAM(variable_scope_default_names) {
  for (int i = 0; i < 2; ++i) {
    auto layer = tf::variable_scope({.default_name = "layer"});
    tf::get_variable("w", {2});
    auto deeper = tf::variable_scope({.default_name = "layer"});
    tf::get_variable("w", {2});
  }
  tf::VariableScope model;
  {
    auto scope = tf::variable_scope("model");
    model = scope;
    for (int i = 0; i < 2; ++i) {
      auto layer = tf::variable_scope({.default_name = "layer"});
      tf::get_variable("w", {2});
      tf::constant(1.0);
    }
  }
  {
    auto scope = tf::variable_scope(model);
    auto fresh = tf::variable_scope({.default_name = "fresh"});
    tf::get_variable("w", {2});
  }
  {
    auto scope = tf::variable_scope("model");
    auto fresh = tf::variable_scope({.default_name = "fresh_too"});
    tf::get_variable("w", {2});
  }
  {
    auto scope = tf::variable_scope("layer_2");
    tf::constant(1.0);
  }
  auto layer = tf::variable_scope({.default_name = "layer"});
  tf::get_variable("w", {2});
  return std::nullopt;
}

tf::Output dense(const tf::Output& x) {
  auto w = tf::get_variable("w", {3, 3}, {.initializer = tf::ones_initializer()});
  auto b = tf::get_variable("b", {3}, {.initializer = tf::zeros_initializer()});
  return tf::nn::relu(tf::matmul(x, w) + b);
}

PROGRAM(variable_reuse) {
  auto x = tf::placeholder(tf::float32, {tf::None, 3}, {"x"});
  tf::Output y, z;
  tf::VariableScope net;
  {
    auto scope = tf::variable_scope("net");
    net = scope;
    y = dense(x);
    scope.reuse_variables();
    z = dense(y);
  }
  {
    auto scope = tf::variable_scope("net", {.reuse = true});
    y = dense(z);
    auto deeper = tf::variable_scope("deeper", {.reuse = tf::AUTO_REUSE});
    z = dense(y);
  }
  for (int i = 0; i < 2; ++i) {
    auto scope = tf::variable_scope("auto", {.reuse = tf::AUTO_REUSE});
    z = dense(z);
  }
  {
    auto scope = tf::variable_scope(net, {.reuse = true});
    dense(z);
  }
  return tf::train::Saver();
}

PROGRAM(variable_scope_defaults) {
  {
    auto outer = tf::variable_scope("outer", {.initializer = tf::ones_initializer(),
                                              .regularizer = l2_regularizer(0.5),
                                              .dtype = tf::float64,
                                              .use_resource = true});
    tf::get_variable("a", {2});
    {
      auto inner = tf::variable_scope(
          "inner", {.initializer = tf::zeros_initializer(), .use_resource = false});
      tf::get_variable("b", {2});
      tf::get_variable("c", {2}, {.dtype = tf::float32, .regularizer = tf::no_regularizer});
    }
    auto value = tf::variable_scope(
        "value", {.initializer = tf::constant(1.0), .regularizer = l1_regularizer(0.25)});
    tf::get_variable("d");
  }
  auto scope = tf::variable_scope("device", {.caching_device = "/cpu:1"});
  tf::get_variable("e", {2});
  scope.set_caching_device("");
  scope.set_initializer(tf::ones_initializer());
  tf::get_variable("f", {2});
  return std::nullopt;
}

PROGRAM(regularization_losses) {
  auto x = tf::placeholder(tf::float32, {tf::None, 4}, {"x"});
  auto [w, b] = [] {
    auto net = tf::variable_scope("net", {.regularizer = l2_regularizer(0.1)});
    auto w = tf::get_variable("w", {4, 2});
    auto b = tf::get_variable(
        "b", {2}, {.initializer = tf::zeros_initializer(), .regularizer = l1_regularizer(0.2)});
    return std::pair(w, b);
  }();
  auto loss = tf::reduce_mean(tf::square(tf::matmul(x, w) + b));
  auto total = loss + tf::losses::get_regularization_loss();
  tf::losses::get_regularization_loss("net/w", "of_w");
  tf::train::GradientDescentOptimizer(0.1).minimize(total);
  return tf::train::Saver();
}

PROGRAM(partitioned_variables_kinds) {
  auto rows = tf::fixed_size_partitioner(3);
  tf::get_variable("rows", {7, 2}, {.partitioner = rows});
  tf::get_variable("columns", {2, 5}, {.partitioner = tf::fixed_size_partitioner(2, 1)});
  tf::get_variable("values",
                   {.initializer = tf::constant({1.0, 2.0, 3.0, 4.0, 5.0}), .partitioner = rows});
  tf::get_variable("literals", {4},
                   {.dtype = tf::int32, .initializer = {1, 2, 3, 4}, .partitioner = rows});
  tf::get_variable("by_size", {10, 4},
                   {.partitioner = tf::variable_axis_size_partitioner(48, {.max_shards = 8})});
  tf::get_variable("by_min", {9, 4},
                   {.initializer = tf::uniform_unit_scaling_initializer(),
                    .partitioner = tf::min_max_variable_partitioner(
                        {.max_partitions = 5, .min_slice_size = 32})});
  tf::get_variable("one", {2, 2}, {.partitioner = tf::fixed_size_partitioner(1)});
  tf::get_variable("scalar", tf::Shape{}, {.partitioner = rows});
  tf::get_variable("resource", {4, 2}, {.partitioner = rows, .use_resource = true});
  tf::get_variable("regular", {4, 2}, {.regularizer = l2_regularizer(0.5), .partitioner = rows});
  tf::VariableScope parts;
  {
    auto scope = tf::variable_scope("scope", {.partitioner = tf::fixed_size_partitioner(2)});
    parts = scope;
    tf::get_variable("w", {5, 2});
    auto inner = tf::variable_scope("inner");
    tf::get_variable("w", {3}, {.initializer = tf::ones_initializer()});
  }
  auto scope = tf::variable_scope(parts, {.reuse = true});
  tf::get_variable("w", {5, 2});
  return std::nullopt;
}

PROGRAM(partitioned_variable_uses) {
  auto x = tf::placeholder(tf::float32, {tf::None, 5}, {"x"});
  auto w = tf::get_variable("w", {5, 3}, {.partitioner = tf::fixed_size_partitioner(2)});
  auto one = tf::get_variable("one", {3}, {.partitioner = tf::fixed_size_partitioner(1)});
  tf::matmul(x, w) + one;
  tf::identity(w);
  {
    auto after = tf::control_dependencies({&x.op()});
    tf::identity(w, {"again"});
    w.partitioned().concat();
  }
  w.partitioned().assign(tf::zeros({5, 3}));
  w.partitioned().assign_add(tf::ones({5, 3}), {.name = "added"});
  {
    auto scope = tf::variable_scope("scope");
    auto v = tf::get_variable(
        "v", {4, 3}, {.partitioner = tf::fixed_size_partitioner(2, 1), .use_resource = true});
    tf::reduce_sum(v);
    v.partitioned().assign_sub(std::vector<tf::Input>{tf::ones({4, 2}), tf::ones({4, 1})});
  }
  auto u = tf::get_variable("u", {5, 3}, {.partitioner = tf::fixed_size_partitioner(2)});
  u.partitioned().assign(w.partitioned());
  return std::nullopt;
}

PROGRAM(partitioned_embeddings) {
  auto ids = tf::placeholder(tf::int32, {tf::None}, {"ids"});
  auto table = tf::get_variable("table", {10, 4}, {.partitioner = tf::fixed_size_partitioner(3)});
  tf::nn::embedding_lookup(table, ids, {.partition_strategy = "div"});
  tf::nn::embedding_lookup(table, ids, {.name = "mod"});
  auto resource = tf::get_variable(
      "resource", {7, 4}, {.partitioner = tf::fixed_size_partitioner(2), .use_resource = true});
  tf::nn::embedding_lookup(resource.partitioned(), ids,
                           {.partition_strategy = "div", .name = "in_resources"});
  auto one = tf::get_variable("one", {7, 4}, {.partitioner = tf::fixed_size_partitioner(1)});
  tf::nn::embedding_lookup(one, ids, {.partition_strategy = "div"});
  return tf::train::Saver();
}

PROGRAM(partitioned_training) {
  auto x = tf::placeholder(tf::float32, {tf::None, 5}, {"x"});
  tf::Output y;
  {
    auto net = tf::variable_scope("net", {.partitioner = tf::fixed_size_partitioner(2)});
    auto w = tf::get_variable("w", {5, 3});
    auto b = tf::get_variable("b", {3}, {.initializer = tf::zeros_initializer()});
    y = tf::matmul(x, w) + b;
    tf::train::MomentumOptimizer(0.1, 0.9).minimize(tf::reduce_mean(tf::square(y)));
  }
  tf::train::AdamOptimizer().minimize(tf::reduce_mean(y));
  return tf::train::Saver();
}

PROGRAM(partitioned_saver) {
  tf::get_variable("w", {12, 2}, {.partitioner = tf::fixed_size_partitioner(11)});
  tf::get_variable("plain", {2});
  {
    auto scope = tf::variable_scope("scope");
    tf::get_variable("columns", {2, 5},
                     {.partitioner = tf::fixed_size_partitioner(2, 1), .use_resource = true});
  }
  return tf::train::Saver();
}

PROGRAM(partitioned_saver_by_names) {
  auto w = tf::get_variable("w", {12, 2}, {.partitioner = tf::fixed_size_partitioner(11)});
  auto v = tf::get_variable("v", {4}, {.partitioner = tf::fixed_size_partitioner(2)});
  auto u = tf::get_variable("u", {4},
                            {.partitioner = tf::fixed_size_partitioner(2), .use_resource = true});
  return tf::train::Saver({{"other/w", w}, {"v", v.variables()}, {"part", u.variables()[1]}},
                          {.write_version = tf::train::SaverDef::V1});
}

PROGRAM(partitioned_saver_sharded) {
  for (int i = 0; i < 2; ++i) {
    auto device = tf::device("/cpu:" + std::to_string(i));
    tf::get_variable("plain" + std::to_string(i), {2});
    tf::get_variable("w" + std::to_string(i), {5, 2},
                     {.partitioner = tf::fixed_size_partitioner(2)});
  }
  return tf::train::Saver({.sharded = true});
}

PROGRAM(partitioned_saver_list) {
  auto w = tf::get_variable("w", {5, 2}, {.partitioner = tf::fixed_size_partitioner(2)});
  auto b = tf::get_variable("b", {2});
  return tf::train::Saver({w, b});
}

PROGRAM(slots_in_scopes) {
  tf::Output loss;
  {
    auto net = tf::variable_scope("net", {.regularizer = l2_regularizer(0.5)});
    auto w = tf::get_variable("w", {3, 2});
    tf::Variable v(tf::ones({2}), {.name = "v", .use_resource = true});
    auto squares = tf::reduce_sum(tf::square(w));
    loss = squares + tf::reduce_sum(v);
    tf::train::AdamOptimizer(0.1).minimize(loss);
    auto second = tf::name_scope("second");
    tf::train::AdamOptimizer(0.1).minimize(loss);
  }
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss);
  tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss);
  return tf::train::Saver();
}

PROGRAM(moving_averages_in_scopes) {
  tf::train::ExponentialMovingAverage ema(0.9, {.zero_debias = true});
  auto w = [&] {
    auto scope = tf::variable_scope("scope");
    tf::Variable w = tf::get_variable("w", {2}, {.initializer = tf::ones_initializer()});
    auto total = tf::reduce_sum(w, {.name = "total"});
    ema.apply({w, total});
    auto inner = tf::variable_scope("inner");
    tf::train::ExponentialMovingAverage(0.5).apply({w, total});
    return w;
  }();
  tf::train::ExponentialMovingAverage(0.5).apply({w});
  tf::train::ExponentialMovingAverage(0.5).apply({w});
  return tf::train::Saver(ema.variables_to_restore());
}

PROGRAM(assign_moving_average_in_scopes) {
  tf::Variable v;
  {
    auto scope1 = tf::variable_scope("scope1");
    auto scope2 = tf::variable_scope("scope2");
    v = tf::get_variable("v", {2}, {.initializer = tf::zeros_initializer()});
    tf::Variable r =
        tf::get_variable("r", {2}, {.initializer = tf::zeros_initializer(), .use_resource = true});
    tf::train::assign_moving_average(v, tf::ones({2}), 0.5);
    tf::train::assign_moving_average(v, tf::ones({2}), 0.9);
    tf::train::assign_moving_average(r, tf::ones({2}), 0.9);
  }
  tf::train::assign_moving_average(v, tf::ones({2}), 0.9, {.zero_debias = false});
  return std::nullopt;
}

PROGRAM(weighted_moving_average) {
  auto value = tf::placeholder(tf::float32, {3}, {"value"});
  auto weight = tf::placeholder(tf::float32, tf::Shape{}, {"weight"});
  tf::train::weighted_moving_average(value, 0.9, weight);
  auto scope = tf::variable_scope("scope");
  tf::train::weighted_moving_average(
      value, 0.9, weight,
      {.truediv = false,
       .collections = std::vector<std::string>{tf::GraphKeys::LOCAL_VARIABLES},
       .name = "mine"});
  tf::train::weighted_moving_average(value, 0.9, weight);
  return std::nullopt;
}

PROGRAM(global_steps) {
  {
    auto scope = tf::variable_scope("scope");
    auto names = tf::name_scope("names");
    tf::train::get_or_create_global_step();
  }
  auto w = tf::get_variable("w", {2});
  auto step = tf::train::get_global_step();
  tf::train::GradientDescentOptimizer(0.1).minimize(tf::reduce_sum(w), {.global_step = step});
  return tf::train::Saver();
}

PROGRAM(variables_in_branches) {
  auto x = tf::placeholder(tf::float32, {3}, {"x"});
  auto flag = tf::placeholder(tf::boolean, tf::Shape{}, {"flag"});
  auto halves = tf::fixed_size_partitioner(2);
  auto w = tf::get_variable("w", {3}, {.partitioner = halves});
  auto taken = [&] {
    auto [v, p] = [&] {
      auto scope = tf::variable_scope("branch", {.regularizer = l2_regularizer(0.5)});
      auto v = tf::get_variable("v", {3});
      auto p = tf::get_variable("p", {3}, {.partitioner = halves});
      return std::pair(v, p);
    }();
    return x * v + p;
  };
  tf::Output y = tf::cond(flag, taken, [&] { return x + w; });
  auto body = [](tf::Output i, tf::Output total) -> tf::Returned {
    auto v =
        tf::get_variable("v", {3}, {.initializer = tf::ones_initializer(), .use_resource = true});
    auto next = i + 1;
    return {next, total * v};
  };
  tf::while_loop([](tf::Output i, tf::Output) { return tf::less(i, 3); }, body,
                 {tf::constant(0), y});
  tf::losses::get_regularization_loss();
  return tf::train::Saver();
}

PROGRAM(partitioned_optimizers) {
  tf::Output loss;
  {
    auto net = tf::variable_scope("net", {.partitioner = tf::fixed_size_partitioner(2)});
    auto w = tf::get_variable("w", {5, 3});
    loss = tf::reduce_sum(tf::square(w));
    tf::train::AdagradOptimizer(0.1).minimize(loss);
    tf::train::RMSPropOptimizer(0.1, {.momentum = 0.5, .centered = true}).minimize(loss);
  }
  tf::train::FtrlOptimizer(0.1).minimize(loss);
  return tf::train::Saver();
}

PROGRAM(partitioned_embedding_training) {
  auto ids = tf::placeholder(tf::int32, {tf::None}, {"ids"});
  for (const bool use_resource : {false, true}) {
    auto net = tf::variable_scope({.default_name = "net", .use_resource = use_resource});
    auto table = tf::get_variable("table", {10, 4}, {.partitioner = tf::fixed_size_partitioner(3)});
    auto found = tf::nn::embedding_lookup(table, ids, {.partition_strategy = "div"});
    auto loss = tf::reduce_sum(tf::square(found));
    tf::train::GradientDescentOptimizer(0.1).minimize(loss);
    tf::train::MomentumOptimizer(0.1, 0.9).minimize(loss);
  }
  return tf::train::Saver();
}

PROGRAM(created_partitioned_variables) {
  for (int i = 0; i < 2; ++i) {
    tf::create_partitioned_variables({5, 2}, {2, 1}, tf::ones_initializer());
  }
  {
    auto scope = tf::variable_scope("scope");
    tf::create_partitioned_variables({4}, {3}, tf::constant({1.0, 2.0, 3.0, 4.0}),
                                     {.trainable = false, .name = "named"});
    tf::create_partitioned_variables(
        {2, 4}, {1, 2}, tf::zeros_initializer(),
        {.dtype = tf::int64, .collections = std::vector<std::string>{"mine"}});
  }
  tf::create_partitioned_variables({4}, {3}, {}, {.name = "scope/named", .reuse = true});
  return tf::train::Saver();
}

}  // namespace
}  // namespace tensorkeep::testing
