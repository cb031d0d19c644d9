#include "bundle/plan.h"

#include <fmt/format.h>

#include "base/checked_math.h"
#include "bundle/string_codec.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {

Plan make_plan(std::span<const Item> items) {
  Plan plan;
  for (const Item& item : items) {
    const Tensor& tensor = item.tensor;
    if (!tensor.valid() && !item.name.empty()) {
      throw errors::InvalidArgumentError(fmt::format("Tensor {} to save has no value.", item.name),
                                         {.tensor = item.name});
    }
    const std::uint64_t size = tensor.dtype() == DType::kString
                                   ? encoded_strings_size(tensor.data<std::string>())
                                   : tensor.num_bytes();
    const auto end = checked_add(plan.data_bytes, size);
    if (!end || *end >> 62 != 0) {
      throw errors::InvalidArgumentError("More than 2^62 bytes to save", {.tensor = item.name});
    }
    std::string key = plan.index.add({item.name, tensor.dtype(), tensor.shape(), item.part},
                                     plan.data_bytes, size);
    plan.tensors.push_back({&tensor, std::move(key), plan.data_bytes, size});
    plan.data_bytes = *end;
  }
  return plan;
}

}  // namespace tensorkeep::bundle
