#include "runtime/kernels/random_generator.h"

#include <fmt/format.h>

#include <mutex>
#include <random>

#include "runtime/kernels/elements.h"
#include "runtime/resource_manager.h"

namespace tensorkeep::runtime {
namespace {

class Generator : public Resource {
 public:
  Generator(std::int64_t seed, std::int64_t seed2) {
    if (seed == 0 && seed2 == 0) {
      std::random_device device;
      const auto fresh = [&] { return (std::uint64_t{device()} << 32) | device(); };
      philox_ = Philox(fresh(), fresh());
    } else {
      philox_ = Philox(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(seed2));
    }
  }

  Philox reserve(std::uint64_t groups) {
    const std::lock_guard lock(mutex_);
    Philox result = philox_;
    philox_.skip(groups);
    return result;
  }

 private:
  std::mutex mutex_;
  Philox philox_;
};

}  // namespace

Philox reserve(KernelContext& c, std::uint64_t groups) {
  const Operation& op = c.op();
  const auto generator = c.resources().find_or_make<Generator>("\x01random", op.name(), [&] {
    return std::make_shared<Generator>(op.attr_int("seed"), op.attr_int("seed2"));
  });
  return generator->reserve(groups);
}

Philox scrambled(std::uint64_t seed, std::uint64_t seed2) {
  constexpr std::uint64_t kKey = 0x02461e293ec8f720;
  const Philox::Group mixed = Philox(kKey, seed, seed2)();
  return Philox(mixed[0] | std::uint64_t{mixed[1]} << 32, mixed[2] | std::uint64_t{mixed[3]} << 32);
}

Tensor& output_of_shape(KernelContext& c, const Shape& inner) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 1) {
    c.fail(fmt::format("shape must be a vector of {{int32,int64}}, got shape {}",
                       shape.debug_string()));
  }
  const std::vector<std::int64_t> dims = integers(c, 0);
  for (const std::int64_t dim : dims) {
    if (dim < 0) c.fail(fmt::format("Dimension {} must be >= 0", dim));
  }
  return c.allocate_output(0, Shape(dims).concatenate(inner));
}

}  // namespace tensorkeep::runtime
