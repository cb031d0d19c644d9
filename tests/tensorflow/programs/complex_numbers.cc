#include "programs.h"

namespace tensorkeep::testing {
namespace {

PROGRAM(complex_parts) {
  auto z = tf::placeholder(tf::complex64, {2, 3}, {"z"});
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  tf::gradients({tf::real(z), tf::imag(z), tf::angle(z), tf::abs(z)}, {z});
  tf::gradients({tf::conj(z)}, {z}, {.grad_ys = {z}});
  tf::real(x);
  tf::imag(x);
  tf::angle(x);
  tf::conj(x);
  tf::real(tf::placeholder(tf::complex128, tf::Shape::unknown(), {"w"}), {"named"});
  return std::nullopt;
}

PROGRAM(complex_numbers) {
  auto x = tf::placeholder(tf::float32, {2, 3}, {"x"});
  auto y = tf::placeholder(tf::float32, {3}, {"y"});
  tf::gradients(tf::abs(tf::complex(x, y)), {x, y});
  tf::complex(tf::constant(1.0), 2.0, {"named"});
  return std::nullopt;
}

}  // namespace
}  // namespace tensorkeep::testing
