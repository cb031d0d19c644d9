#pragma once

#include "runtime/kernel.h"
#include "runtime/kernels/philox.h"

namespace tensorkeep::runtime {

// The next `groups` of the sequence of this operation (its attributes `seed` and `seed2`), which
// the session keeps, so that the next run goes on behind them.
Philox reserve(KernelContext& c, std::uint64_t groups);

// The generator that two numbers of a stateless operation's seed stand for.
Philox scrambled(std::uint64_t seed, std::uint64_t seed2);

// The output of an operation whose first input is its shape; dimensions of `inner` come behind.
Tensor& output_of_shape(KernelContext& c, const Shape& inner = {});

// A Philox sequence number by number.
class SingleNumbers {
 public:
  explicit SingleNumbers(Philox philox) : philox_(philox) {}
  std::uint32_t operator()() {
    if (used_ == group_.size()) {
      group_ = philox_();
      used_ = 0;
    }
    return group_[used_++];
  }

 private:
  Philox philox_;
  Philox::Group group_ = {};
  std::size_t used_ = group_.size();
};

}  // namespace tensorkeep::runtime
