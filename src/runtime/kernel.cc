#include "runtime/kernel.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/families.h"

namespace tensorkeep::runtime {

VariableCell& KernelContext::variable(int index) const {
  auto* cell = dynamic_cast<VariableCell*>(input_value(index).resource.get());
  if (cell == nullptr) fail(fmt::format("input {} is not a variable", index));
  return *cell;
}

Tensor& KernelContext::allocate_output(int index, const Shape& shape) {
  return allocate_output(index, base_dtype(op_.output_dtype(index)), shape);
}

Tensor& KernelContext::allocate_output(int index, DType dtype, const Shape& shape) {
  Tensor& tensor = outputs_[static_cast<std::size_t>(index)].tensor;
  tensor = Tensor(dtype, shape);
  return tensor;
}

Tensor& KernelContext::forward_or_allocate(std::initializer_list<int> candidates, int index,
                                           const Shape& shape) {
  const DType dtype = base_dtype(op_.output_dtype(index));
  Tensor& output = outputs_[static_cast<std::size_t>(index)].tensor;
  for (const int candidate : candidates) {
    Tensor& tensor = input_value(candidate).tensor;
    if (!last_use_[static_cast<std::size_t>(candidate)] || tensor.dtype() != dtype ||
        tensor.shape() != shape || dtype == DType::kString || !tensor.owns_buffer_alone()) {
      continue;
    }
    // The output takes the only counted reference; the input keeps a borrowed view for reading.
    output = std::move(tensor);
    tensor = Tensor(dtype, shape, Buffer::borrow(output.raw_data(), output.num_bytes(), nullptr));
    return output;
  }
  return allocate_output(index, dtype, shape);
}

void KernelContext::fail(const std::string& message) const {
  throw errors::InvalidArgumentError(message, {.node = op_.name()});
}

const KernelRegistry& KernelRegistry::global() {
  static const KernelRegistry* const registry = [] {
    auto* result = new KernelRegistry;  // lives as long as the process
#define TENSORKEEP_REGISTER_KERNELS(family) register_##family##_kernels(*result);
    TENSORKEEP_KERNEL_FAMILIES(TENSORKEEP_REGISTER_KERNELS)
#undef TENSORKEEP_REGISTER_KERNELS
    return result;
  }();
  return *registry;
}

void KernelRegistry::add(std::string_view name, KernelFactory factory) {
  if (!makers_.emplace(std::string(name), factory).second) {
    throw errors::InternalError("the kernel of " + std::string(name) + " is registered twice");
  }
}

void KernelRegistry::add_function(std::string_view name, void (*compute)(KernelContext&)) {
  const auto make = [compute](const Operation&) { return Kernel(compute); };
  if (!makers_.emplace(std::string(name), make).second) {
    throw errors::InternalError("the kernel of " + std::string(name) + " is registered twice");
  }
}

Kernel KernelRegistry::make(const Operation& op) const {
  const auto found = makers_.find(op.type());
  if (found == makers_.end()) {
    throw errors::UnimplementedError(fmt::format("no kernel for operation type '{}'", op.type()),
                                     {.node = op.name()});
  }
  return found->second(op);
}

std::vector<std::string> KernelRegistry::names() const {
  std::vector<std::string> result;
  for (const auto& [name, make] : makers_) result.push_back(name);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace tensorkeep::runtime
