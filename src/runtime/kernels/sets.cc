#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Sets, one in each row of a tensor, combined row by row.
namespace tensorkeep::runtime {
namespace {

enum class Combination { kDifference, kReversedDifference, kIntersection, kUnion };

Combination combination_of(const Operation& op) {
  const std::string asked = op.attr_string("set_operation");
  std::string text = asked;
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  if (text == "a-b") return Combination::kDifference;
  if (text == "b-a") return Combination::kReversedDifference;
  if (text == "intersection") return Combination::kIntersection;
  if (text == "union") return Combination::kUnion;
  throw errors::InvalidArgumentError("Invalid set_operation " + asked + ".", {.node = op.name()});
}

template <typename T>
std::vector<T> combine(Combination how, const std::set<T>& a, const std::set<T>& b) {
  std::vector<T> result;
  const auto to = std::back_inserter(result);
  switch (how) {
    case Combination::kDifference:
      std::set_difference(a.begin(), a.end(), b.begin(), b.end(), to);
      break;
    case Combination::kReversedDifference:
      std::set_difference(b.begin(), b.end(), a.begin(), a.end(), to);
      break;
    case Combination::kIntersection:
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), to);
      break;
    case Combination::kUnion:
      std::set_union(a.begin(), a.end(), b.begin(), b.end(), to);
      break;
  }
  return result;
}

// The dimensions that count rows, which both inputs have.
std::vector<std::int64_t> row_dims(const KernelContext& c) {
  for (int i = 0; i < 2; ++i) {
    if (c.input_shape(i).rank() >= 2) continue;
    c.fail(fmt::format("Shape {} has rank {} < 2", c.input_shape(i).debug_string(),
                       c.input_shape(i).rank()));
  }
  const auto& a = c.input_shape(0).dims();
  const auto& b = c.input_shape(1).dims();
  std::vector<std::int64_t> dims(a.begin(), a.end() - 1);
  if (!std::equal(dims.begin(), dims.end(), b.begin(), b.end() - 1)) {
    c.fail(fmt::format("Mismatched shapes {} vs {}", Shape(dims).debug_string(),
                       Shape(std::vector<std::int64_t>(b.begin(), b.end() - 1)).debug_string()));
  }
  return dims;
}

template <typename T>
std::set<T> set_in_row(const Tensor& sets, std::int64_t row) {
  const std::int64_t width = sets.shape().dims().back();
  const T* first = sets.data<T>().data() + row * width;
  return std::set<T>(first, first + width);
}

// The results as a sparse tensor: where each element is, the elements, and the sizes of it all.
template <typename T>
void combine_rows(KernelContext& c, Combination how) {
  const std::vector<std::int64_t> dims = row_dims(c);
  const std::vector<std::int64_t> strides = strides_of(dims);
  const std::int64_t rows = product(dims, 0, dims.size());
  std::vector<std::int64_t> indices;
  std::vector<T> values;
  std::size_t longest = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::vector<T> result =
        combine(how, set_in_row<T>(c.input(0), row), set_in_row<T>(c.input(1), row));
    longest = std::max(longest, result.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        indices.push_back(row / strides[axis] % dims[axis]);
      }
      indices.push_back(static_cast<std::int64_t>(i));
      values.push_back(result[i]);
    }
  }
  const auto count = static_cast<std::int64_t>(values.size());
  const auto rank = static_cast<std::int64_t>(dims.size()) + 1;
  c.set_output(0, integer_tensor(int64, indices, {count, rank}));
  Tensor& elements = c.allocate_output(1, {count});
  std::copy(values.begin(), values.end(), elements.mutable_data<T>().begin());
  std::vector<std::int64_t> sizes = dims;
  sizes.push_back(static_cast<std::int64_t>(longest));
  c.set_output(2, integer_vector(int64, sizes));
}

Kernel make_set_operation(const Operation& op) {
  return dispatch<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                  std::uint16_t, std::string>(
      op, base_dtype(op.input(0).dtype()), [&op](auto zero) -> Kernel {
        using T = decltype(zero);
        return [how = combination_of(op)](KernelContext& c) { combine_rows<T>(c, how); };
      });
}

}  // namespace

void register_set_kernels(KernelRegistry& registry) {
  registry.add("DenseToDenseSetOperation", make_set_operation);
}

}  // namespace tensorkeep::runtime
