#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/sparse_input.h"

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

// The sets of the rows that have elements, by the number of the row, and the dimensions that count
// rows.
template <typename T>
struct Sets {
  std::map<std::int64_t, std::set<T>> rows;
  std::vector<std::int64_t> dims;
};

template <typename T>
Sets<T> dense_sets(const KernelContext& c, int input) {
  const Shape& shape = c.input_shape(input);
  if (shape.rank() < 2) {
    c.fail(fmt::format("Shape {} has rank {} < 2", shape.debug_string(), shape.rank()));
  }
  Sets<T> sets;
  sets.dims.assign(shape.dims().begin(), shape.dims().end() - 1);
  const std::int64_t width = shape.dims().back();
  const auto elements = c.input(input).data<T>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    sets.rows[static_cast<std::int64_t>(i) / width].insert(elements[i]);
  }
  return sets;
}

template <typename T>
Sets<T> sparse_sets(const KernelContext& c, int first, bool validate) {
  const SparseInput input = sparse_input(c, first);
  if (input.places.rank < 2) {
    c.fail(
        fmt::format("Shape [{}] has rank {} < 2", fmt::join(input.dims, ","), input.places.rank));
  }
  element_count(c, input.dims);
  check_bounds(c, input);
  if (validate) check_order(c, input);
  Sets<T> sets;
  sets.dims.assign(input.dims.begin(), input.dims.end() - 1);
  const std::vector<std::int64_t> strides = strides_of(sets.dims);
  const auto values = input.values.data<T>();
  for (std::int64_t place = 0; place < input.places.count; ++place) {
    std::int64_t row = 0;
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
      row += input.places.at(place, static_cast<std::int64_t>(axis)) * strides[axis];
    }
    sets.rows[row].insert(values[static_cast<std::size_t>(place)]);
  }
  return sets;
}

// The results as a sparse tensor: where each element is, the elements, and the sizes of it all.
template <typename T>
void combine_sets(KernelContext& c, Combination how, const Sets<T>& a, const Sets<T>& b) {
  if (a.dims != b.dims) {
    c.fail(fmt::format("Mismatched shapes {} vs {}", Shape(a.dims).debug_string(),
                       Shape(b.dims).debug_string()));
  }
  const std::vector<std::int64_t> strides = strides_of(a.dims);
  std::vector<std::int64_t> indices;
  std::vector<T> values;
  std::size_t longest = 0;
  const auto add_row = [&](std::int64_t row, const std::set<T>& of_a, const std::set<T>& of_b) {
    const std::vector<T> result = combine(how, of_a, of_b);
    longest = std::max(longest, result.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      for (std::size_t axis = 0; axis < strides.size(); ++axis) {
        indices.push_back(row / strides[axis] % a.dims[axis]);
      }
      indices.push_back(static_cast<std::int64_t>(i));
      values.push_back(result[i]);
    }
  };
  const std::set<T> none;
  auto next_a = a.rows.begin();
  auto next_b = b.rows.begin();
  while (next_a != a.rows.end() || next_b != b.rows.end()) {
    const bool only_a = next_b == b.rows.end();
    const bool has_a = next_a != a.rows.end() && (only_a || next_a->first <= next_b->first);
    const bool has_b = !only_a && (next_a == a.rows.end() || next_b->first <= next_a->first);
    add_row(has_a ? next_a->first : next_b->first, has_a ? next_a->second : none,
            has_b ? next_b->second : none);
    if (has_a) ++next_a;
    if (has_b) ++next_b;
  }
  const auto count = static_cast<std::int64_t>(values.size());
  std::vector<std::int64_t> sizes = a.dims;
  sizes.push_back(static_cast<std::int64_t>(longest));
  c.set_output(0, integer_tensor(int64, indices, {count, static_cast<std::int64_t>(sizes.size())}));
  c.set_output(1, Tensor::from(values, {count}));
  c.set_output(2, integer_vector(int64, sizes));
}

template <typename Make>
Kernel of_elements(const Operation& op, DType dtype, Make make) {
  return dispatch<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                  std::uint16_t, std::string>(op, base_dtype(dtype), make);
}

Kernel make_dense_to_dense(const Operation& op) {
  const Combination how = combination_of(op);
  return of_elements(op, op.input(0).dtype(), [how]<typename T>(T) -> Kernel {
    return [how](KernelContext& c) {
      combine_sets<T>(c, how, dense_sets<T>(c, 0), dense_sets<T>(c, 1));
    };
  });
}

Kernel make_dense_to_sparse(const Operation& op) {
  const Combination how = combination_of(op);
  const bool validate = op.attr_bool("validate_indices");
  return of_elements(op, op.input(0).dtype(), [how, validate]<typename T>(T) -> Kernel {
    return [how, validate](KernelContext& c) {
      combine_sets<T>(c, how, dense_sets<T>(c, 0), sparse_sets<T>(c, 1, validate));
    };
  });
}

Kernel make_sparse_to_sparse(const Operation& op) {
  const Combination how = combination_of(op);
  const bool validate = op.attr_bool("validate_indices");
  return of_elements(op, op.input(1).dtype(), [how, validate]<typename T>(T) -> Kernel {
    return [how, validate](KernelContext& c) {
      combine_sets<T>(c, how, sparse_sets<T>(c, 0, validate), sparse_sets<T>(c, 3, validate));
    };
  });
}

// How many distinct elements each row has.
Kernel make_set_size(const Operation& op) {
  const bool validate = op.attr_bool("validate_indices");
  return of_elements(op, op.input(1).dtype(), [validate]<typename T>(T) -> Kernel {
    return [validate](KernelContext& c) {
      const Sets<T> sets = sparse_sets<T>(c, 0, validate);
      Tensor sizes = Tensor::zeros(int32, Shape(sets.dims));
      const auto counts = sizes.mutable_data<std::int32_t>();
      for (const auto& [row, set] : sets.rows) {
        counts[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(set.size());
      }
      c.set_output(0, std::move(sizes));
    };
  });
}

}  // namespace

void register_set_kernels(KernelRegistry& registry) {
  registry.add("DenseToDenseSetOperation", make_dense_to_dense);
  registry.add("DenseToSparseSetOperation", make_dense_to_sparse);
  registry.add("SparseToSparseSetOperation", make_sparse_to_sparse);
  registry.add("SetSize", make_set_size);
}

}  // namespace tensorkeep::runtime
