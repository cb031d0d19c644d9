#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(constants) {
  tf::constant(1.0);
  tf::constant({1, 2, 3});
  tf::constant({{1.0, 2.0}, {3.0, 4.0}}, {.name = "matrix"});
  tf::constant(2.5, {.dtype = tf::float64});
  tf::constant(0.5, {.shape = {2, 3}});
  tf::constant("text");
  tf::constant({"a", "bc"});
  tf::constant({true, false, false});
  tf::constant(5, {.dtype = tf::int64});
  tf::constant(1, {.dtype = tf::uint8});
  tf::constant(0.5, {.dtype = tf::float16});
  tf::zeros({2});
  tf::zeros({2, 3}, tf::int32);
  tf::zeros(tf::Shape());
  tf::ones({3});
  tf::ones({2, 2}, tf::float64, {"ones"});
  tf::fill({2, 3}, 9.0);
  tf::zeros({1000, 1000});
  return std::nullopt;
}

PROGRAM(placeholders) {
  tf::placeholder(tf::float32);
  tf::placeholder(tf::float64, tf::Shape());
  tf::placeholder(tf::int32, {tf::None, 3});
  tf::placeholder(tf::boolean, {2}, {"flag"});
  tf::placeholder_with_default(tf::constant({1.0}), {tf::None}, {"default"});
  return std::nullopt;
}

PROGRAM(shapes) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto u = tf::placeholder(tf::float32, {tf::None, 3}, {"u"});
  for (const auto& t : {x, u}) {
    tf::shape(t);
    tf::size(t);
    tf::rank(t);
    tf::zeros_like(t);
    tf::ones_like(t);
  }
  tf::shape(u, {.name = "wide", .out_type = tf::int64});
  tf::size(u, {.out_type = tf::int64});
  return std::nullopt;
}

PROGRAM(reshape) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto u = tf::placeholder(tf::float32, {tf::None, 4}, {"u"});
  tf::gradients({tf::reshape(x, {3, 2}), tf::reshape(x, {-1}), tf::reshape(x, {6, 1, 1})}, {x});
  tf::gradients({tf::reshape(u, {-1, 2, 2}), tf::reshape(u, tf::shape(u))}, {u});
  return std::nullopt;
}

PROGRAM(expand_and_squeeze) {
  auto x = tf::placeholder(tf::float32, {2, 1, 3}, {"x"});
  tf::gradients({tf::expand_dims(x, 0), tf::expand_dims(x, -1), tf::squeeze(x), tf::squeeze(x, {1}),
                 tf::squeeze(x, {1})},
                {x});
  return std::nullopt;
}

PROGRAM(transpose) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto c = tf::placeholder(tf::float32, {tf::None, 3, 4}, {"c"});
  tf::gradients({tf::transpose(x), tf::transpose(x, {1, 0})}, {x});
  tf::gradients({tf::transpose(c, {2, 0, 1})}, {c});
  return std::nullopt;
}

PROGRAM(concat) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {4, 3}, {"b"});
  auto c = tf::placeholder(tf::float32, {tf::None, 3}, {"c"});
  tf::gradients({tf::concat({a, b}, 0), tf::concat({a, b, c}, 0)}, {a, b, c});
  tf::gradients({tf::concat({a, a}, 1), tf::concat({a, a}, -1, {"last"})}, {a});
  tf::concat({a}, 0);
  return std::nullopt;
}

PROGRAM(split) {
  auto x = tf::placeholder(tf::float32, {4, 6}, {"x"});
  auto ab = tf::split(x, 2);
  auto cde = tf::split(x, 3, 1);
  auto fg = tf::split(x, {2, 4}, 1);
  tf::gradients({ab[0], ab[1], cde[0], cde[2], fg[0], fg[1]}, {x});
  tf::gradients({cde[1]}, {x});
  return std::nullopt;
}

PROGRAM(stack) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {2, 3}, {"b"});
  tf::gradients({tf::stack({a, b}), tf::stack({a, b}, {.axis = 1})}, {a, b});
  tf::stack({a, b}, {.axis = -1, .name = "last"});
  return std::nullopt;
}

PROGRAM(unstack) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto ab = tf::unstack(x);
  auto cde = tf::unstack(x, {.axis = 1});
  tf::gradients({ab[0], ab[1], cde[0], cde[1], cde[2]}, {x});
  return std::nullopt;
}

PROGRAM(slices) {
  auto x = tf::placeholder(tf::float32, {4, 5}, {"x"});
  tf::gradients({tf::slice(x, {1, 0}, {2, 3}), tf::slice(x, {0, 2}, {-1, 2})}, {x});
  return std::nullopt;
}

PROGRAM(strided_slices) {
  using tf::Span;
  auto x = tf::placeholder(tf::float32, {4, 5, 6}, {"x"});
  std::vector<tf::Output> ys = {
      tf::getitem(x, {0}),
      tf::getitem(x, {-1}),
      tf::getitem(x, {Span{1, 3}}),
      tf::getitem(x, {Span{}, 2}),
      tf::getitem(x, {tf::ellipsis, 0}),
      tf::getitem(x, {Span{.begin = 1}, Span{.end = -1}}),
      tf::getitem(x, {Span{.step = 2}, Span{1, 4, 2}}),
      tf::getitem(x, {Span{}, tf::newaxis, 1}),
      tf::getitem(x, {0, 1, 2}),
  };
  tf::gradients(ys, {x});
  tf::strided_slice(x, {0, 1, 2}, {2, 3, 4});
  return std::nullopt;
}

PROGRAM(strided_slice_of_shape) {
  auto u = tf::placeholder(tf::float32, {tf::None, 3}, {"u"});
  auto batch = tf::getitem(tf::shape(u), {0});
  tf::reshape(u, tf::stack({batch, 3, 1}));
  return std::nullopt;
}

PROGRAM(gather) {
  auto x = tf::placeholder(tf::float32, {5, 3}, {"x"});
  auto i = tf::placeholder(tf::int32, {tf::None}, {"i"});
  tf::gradients({tf::gather(x, i), tf::gather(x, {0, 2}), tf::gather(x, i, {.axis = 1})}, {x});
  return std::nullopt;
}

PROGRAM(gather_batches) {
  auto x = tf::placeholder(tf::float32, {2, 5, 3}, {"x"});
  auto u = tf::placeholder(tf::float32, {tf::None, 5, tf::None}, {"u"});
  auto i = tf::placeholder(tf::int32, {2, tf::None}, {"i"});
  auto l = tf::placeholder(tf::int64, {2, 5, 1}, {"l"});
  tf::gradients(
      {tf::gather(x, i, {.batch_dims = 1}), tf::gather(x, i, {.axis = 2, .batch_dims = 1}),
       tf::gather(x, l, {.batch_dims = 2}), tf::gather(x, i, {.batch_dims = -1})},
      {x});
  tf::gradients(tf::gather(u, i, {.axis = -1, .batch_dims = 1}), u);
  return std::nullopt;
}

void gather_variable(bool use_resource) {
  tf::Variable w(tf::zeros({5, 3}), {.name = "w", .use_resource = use_resource});
  auto i = tf::placeholder(tf::int32, {tf::None}, {"i"});
  tf::gradients(
      {tf::gather(w, i), tf::gather(w, i, {.axis = 1}), tf::gather(w, i, {.name = "named"})},
      {w.handle()});
}

PROGRAM(gather_reference_variable) {
  gather_variable(false);
  return std::nullopt;
}

PROGRAM(gather_resource_variable) {
  gather_variable(true);
  return std::nullopt;
}

PROGRAM(gather_nd) {
  auto x = tf::placeholder(tf::float32, {5, 3}, {"x"});
  auto i = tf::placeholder(tf::int32, {tf::None, 2}, {"i"});
  tf::gradients(tf::gather_nd(x, i), {x});
  return std::nullopt;
}

PROGRAM(one_hot) {
  auto i = tf::placeholder(tf::int32, {tf::None}, {"i"});
  tf::one_hot(i, 10);
  tf::one_hot(i, 3, {.on_value = 2.0, .off_value = -1.0});
  tf::one_hot(i, 3, {.axis = 0, .dtype = tf::int64, .name = "columns"});
  return std::nullopt;
}

PROGRAM(tile_and_pad) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::tile(x, {2, 1}), tf::pad(x, {{1, 1}, {0, 2}})}, {x});
  return std::nullopt;
}

PROGRAM(ranges) {
  tf::range(5);
  tf::range(2, 10, 3);
  tf::range(0.0, 1.0, 0.25);
  return std::nullopt;
}

PROGRAM(matmul) {
  auto a = tf::placeholder(tf::float32, {tf::None, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3, 4}, {"b"});
  auto c = tf::placeholder(tf::float32, {tf::None, 4}, {"c"});
  tf::gradients({tf::matmul(a, b), tf::matmul(a, c, {.transpose_a = true}),
                 tf::matmul(c, b, {.transpose_b = true}),
                 tf::matmul(b, a, {.transpose_a = true, .transpose_b = true})},
                {a, b, c});
  return std::nullopt;
}

PROGRAM(batch_matmul) {
  auto a = tf::placeholder(tf::float32, {5, 2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {5, 3, 4}, {"b"});
  tf::gradients(tf::matmul(a, b), {a, b});
  return std::nullopt;
}

PROGRAM(scatter_nd) {
  auto i = tf::placeholder(tf::int32, {4, 1}, {"i"});
  auto u = tf::placeholder(tf::float32, {4, 3}, {"u"});
  tf::gradients(tf::scatter_nd(i, u, {8, 3}), u);
  return std::nullopt;
}

PROGRAM(broadcast_and_reverse) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::broadcast_to(x, {4, 2, 3}), tf::reverse(x, {0}), tf::reverse(x, {0, -1})}, x);
  tf::bitcast(x, tf::int32);
  tf::invert_permutation({2, 0, 1});
  return std::nullopt;
}

PROGRAM(pad_modes) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto paddings = tf::constant({{1, 1}, {0, 2}});
  tf::gradients(
      {tf::pad(x, paddings, {.mode = "REFLECT"}), tf::pad(x, paddings, {.mode = "SYMMETRIC"}),
       tf::pad(x, paddings, {.constant_values = 1.0, .name = "ones"})},
      x);
  return std::nullopt;
}

PROGRAM(diagonals) {
  auto v = tf::placeholder(tf::float32, {3}, {"v"});
  auto m = tf::placeholder(tf::float32, {3, 3}, {"m"});
  tf::gradients({tf::diag(v), tf::diag_part(m), tf::matrix_band_part(m, 1, 0)}, {v, m});
  return std::nullopt;
}

PROGRAM(partitions) {
  auto x = tf::placeholder(tf::float32, {4, 3}, {"x"});
  auto p = tf::placeholder(tf::int32, {4}, {"p"});
  auto i = tf::placeholder(tf::int32, {2}, {"i"});
  auto parts = tf::dynamic_partition(x, p, 2);
  auto top = tf::getitem(x, {tf::Span{.end = 2}});
  auto bottom = tf::getitem(x, {tf::Span{.begin = 2}});
  auto stitched = tf::dynamic_stitch({i, tf::Input{1, 3}}, {top, bottom});
  tf::gradients({parts[0], parts[1], stitched}, {x});
  tf::gradients(parts[1], x);
  return std::nullopt;
}

PROGRAM(linspace) {
  tf::linspace(1.0, 2.0, 5);
  auto starts = tf::constant({1.0, 2.0});
  tf::linspace(starts, {3.0, 4.0}, 4, {.name = "rows"});
  auto start = tf::placeholder(tf::float64, tf::Shape::unknown(), {"start"});
  auto n = tf::placeholder(tf::int32, tf::Shape(), {"n"});
  tf::linspace(start, 4.0, n, {.axis = -1});
  return std::nullopt;
}

PROGRAM(boolean_mask) {
  auto x = tf::placeholder(tf::float32, {4, 3}, {"x"});
  auto mask = tf::placeholder(tf::boolean, {4}, {"mask"});
  tf::gradients(tf::boolean_mask(x, mask), x);
  return std::nullopt;
}

PROGRAM(identity_n) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto y = tf::placeholder(tf::int32, tf::Shape(), {"y"});
  auto ab = tf::identity_n({x, y});
  tf::gradients(ab[0], x);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
