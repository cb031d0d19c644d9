#pragma once

namespace tensorkeep::runtime {

// The derivative of the logarithm of the gamma function; NaN at its poles.
double digamma(double x);

}  // namespace tensorkeep::runtime
