#include "programs.h"

namespace tensorkeep::testing {
namespace {

using Outputs = std::vector<tf::Output>;

Outputs every_binary(tf::Output a, tf::Output b) {
  return {a + b,
          a - b,
          a * b,
          a / b,
          tf::maximum(a, b),
          tf::minimum(a, b),
          tf::pow(a, b),
          tf::squared_difference(a, b)};
}

// Python's x ** y; a number on the left is converted inside the node's scope.
tf::Output power(tf::Output x, int y) {
  return tf::pow(x, y, {"pow"});
}
tf::Output power(int x, tf::Output y) {
  auto scope = tf::name_scope("pow");
  return tf::pow(tf::constant(x, {.dtype = y.dtype(), .name = "x"}), y, {scope.name()});
}

Outputs with_numbers(tf::Output x) {
  return {x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, power(x, 2), power(2, x)};
}

PROGRAM(unary) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  Outputs ys = {-x,
                tf::abs(x),
                tf::exp(x),
                tf::log(x),
                tf::sqrt(x),
                tf::square(x),
                tf::sigmoid(x),
                tf::tanh(x),
                tf::nn::relu(x),
                tf::negative(x),
                tf::identity(x),
                tf::stop_gradient(x)};
  tf::gradients(ys, {x});
  return std::nullopt;
}

PROGRAM(unary_more) {
  auto x = tf::placeholder(tf::float64, {tf::None}, {"x"});
  Outputs ys = {tf::rsqrt(x), tf::reciprocal(x),   tf::sign(x),      tf::floor(x),
                tf::ceil(x),  tf::log1p(x),        tf::expm1(x),     tf::sin(x),
                tf::cos(x),   tf::nn::softplus(x), tf::nn::relu6(x), tf::nn::elu(x)};
  tf::gradients(ys, {x});
  return std::nullopt;
}

PROGRAM(unary_rest) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  Outputs ys = {tf::acos(x),  tf::acosh(x),   tf::asin(x),   tf::asinh(x), tf::atan(x),
                tf::atanh(x), tf::cosh(x),    tf::sinh(x),   tf::tan(x),   tf::erf(x),
                tf::erfc(x),  tf::digamma(x), tf::lgamma(x), tf::rint(x),  tf::round(x)};
  tf::gradients(ys, {x});
  tf::is_finite(x);
  tf::is_inf(x);
  tf::is_nan(x);
  return std::nullopt;
}

PROGRAM(unary_second_gradients) {
  auto x = tf::placeholder(tf::float32, {3}, {"x"});
  Outputs ys = {tf::sigmoid(x), tf::tanh(x),     tf::square(x),
                tf::exp(x),     tf::nn::relu(x), tf::sqrt(x)};
  auto dx = tf::gradients(ys, {x});
  tf::gradients(dx[0].tensor(), x);
  return std::nullopt;
}

PROGRAM(binary_same_shape) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {2, 3}, {"b"});
  tf::gradients(every_binary(a, b), {a, b});
  return std::nullopt;
}

PROGRAM(binary_broadcast) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::gradients(every_binary(a, b), {a, b});
  return std::nullopt;
}

PROGRAM(binary_unknown_batch) {
  auto a = tf::placeholder(tf::float32, {tf::None, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::gradients(every_binary(a, b), {a, b});
  return std::nullopt;
}

PROGRAM(binary_unknown_rank) {
  auto a = tf::placeholder(tf::float32, tf::Shape::unknown(), {"a"});
  auto b = tf::placeholder(tf::float32, tf::Shape::unknown(), {"b"});
  tf::gradients(every_binary(a, b), {a, b});
  return std::nullopt;
}

PROGRAM(binary_one_gradient) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::gradients(every_binary(a, b), {b});
  return std::nullopt;
}

PROGRAM(binary_functions) {
  auto a = tf::placeholder(tf::float32, {3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::add(a, b);
  tf::subtract(a, b);
  tf::multiply(a, b);
  tf::divide(a, b);
  tf::truediv(a, b);
  tf::floordiv(a, b);
  tf::mod(a, b);
  tf::add(a, 1.0, {"named"});
  tf::multiply(2.0, b, {"twice"});
  return std::nullopt;
}

PROGRAM(binary_rest) {
  auto a = tf::placeholder(tf::float32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::float32, {3}, {"b"});
  tf::gradients({tf::atan2(a, b), tf::div(a, b), tf::div_no_nan(a, b), tf::realdiv(a, b),
                 tf::floormod(a, b), tf::floordiv(a, b)},
                {a, b});
  return std::nullopt;
}

PROGRAM(binary_rest_int32) {
  auto a = tf::placeholder(tf::int32, {2, 3}, {"a"});
  auto b = tf::placeholder(tf::int32, {3}, {"b"});
  tf::div(a, b);
  tf::divide(a, b);
  tf::truediv(a, b);
  tf::floordiv(a, b);
  tf::mod(a, b);
  tf::truncatediv(a, b);
  tf::truncatemod(a, b);
  tf::maximum(a, 0);
  return std::nullopt;
}

PROGRAM(python_numbers) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients(with_numbers(x), {x});
  return std::nullopt;
}

PROGRAM(python_numbers_float64) {
  auto x = tf::placeholder(tf::float64, tf::Shape(), {"x"});
  tf::gradients(with_numbers(x), {x});
  return std::nullopt;
}

PROGRAM(python_numbers_int32) {
  auto x = tf::placeholder(tf::int32, {2}, {"x"});
  x + 1;
  3 - x;
  x * 2;
  tf::floordiv(x, 2);
  tf::floordiv(7, x);
  x % 2;
  x / 2;
  return std::nullopt;
}

PROGRAM(sums_of_many) {
  auto x = tf::placeholder(tf::float32, {2}, {"x"});
  auto y = tf::placeholder(tf::float32, {2}, {"y"});
  auto total = tf::add_n({x, y, x * y}, {"total"});
  tf::gradients({total}, {x, y});
  tf::add_n({x});
  tf::accumulate_n({x, y});
  tf::scalar_mul(2.0, x);
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
