#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Tensors given by the places of their elements.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// Places, each of as many coordinates as the whole has dimensions, one after the other.
struct Places {
  std::int64_t count = 1;
  std::int64_t rank = 1;
  Dims coordinates;

  std::int64_t at(std::int64_t place, std::int64_t axis) const {
    return coordinates[static_cast<std::size_t>(place * rank + axis)];
  }
};

Places places_of(KernelContext& c, int input) {
  const Shape& shape = c.input_shape(input);
  if (shape.rank() > 2) {
    c.fail(fmt::format("sparse_indices should be a scalar, vector, or matrix, got shape {}",
                       shape.debug_string()));
  }
  Places places;
  if (shape.rank() > 0) places.count = shape.dim(0);
  if (shape.rank() > 1) places.rank = shape.dim(1);
  places.coordinates = integers(c, input);
  return places;
}

// The numbers of the elements at the places. Fails for places that are not in `dims` and, if so
// asked, for places that do not rise.
Dims elements_at(KernelContext& c, const Places& places, const Dims& dims, bool must_rise) {
  const Dims strides = strides_of(dims);
  Dims elements;
  for (std::int64_t place = 0; place < places.count; ++place) {
    std::int64_t element = 0;
    for (std::int64_t axis = 0; axis < places.rank; ++axis) {
      const auto d = static_cast<std::size_t>(axis);
      const std::int64_t at = places.at(place, axis);
      if (at < 0 || at >= dims[d]) {
        c.fail(fmt::format("indices[{}] is out of bounds: need 0 <= index < [{}]", place,
                           fmt::join(dims, ",")));
      }
      element += at * strides[d];
    }
    if (must_rise && !elements.empty() && element <= elements.back()) {
      c.fail(fmt::format("indices[{}] is {}", place,
                         element == elements.back()
                             ? "repeated"
                             : "out of order. Many sparse ops require sorted indices."));
    }
    elements.push_back(element);
  }
  return elements;
}

Kernel make_sparse_to_dense(const Operation& op) {
  return [validate = op.attr_bool("validate_indices")](KernelContext& c) {
    const Places places = places_of(c, 0);
    if (c.input_shape(1).rank() != 1) {
      c.fail(fmt::format("output_shape must be rank 1, got shape {}",
                         c.input_shape(1).debug_string()));
    }
    const Dims dims = integers(c, 1);
    if (static_cast<std::int64_t>(dims.size()) != places.rank) {
      c.fail(fmt::format("output_shape has incorrect number of elements: {} should be: {}",
                         dims.size(), places.rank));
    }
    if (std::ranges::any_of(dims, [](std::int64_t dim) { return dim < 0; })) {
      c.fail("output_shape must not be negative");
    }
    const Tensor& values = c.input(2);
    const bool one_value = values.shape().rank() == 0;
    if (!one_value && (values.shape().rank() != 1 || values.shape().dim(0) != places.count)) {
      c.fail(fmt::format("sparse_values has incorrect shape {}, should be [] or [{}]",
                         values.shape().debug_string(), places.count));
    }
    const Tensor& otherwise = c.input(3);
    if (otherwise.shape().rank() != 0) c.fail("default_value should be a scalar.");
    Tensor& out = c.allocate_output(0, Shape(dims));  // before places are counted: it may be huge
    const Dims targets = elements_at(c, places, dims, validate);
    by_width(c, out.dtype(), [&](auto zero) {
      using T = decltype(zero);
      std::fill_n(mutable_elements<T>(out), out.num_elements(), *elements<T>(otherwise));
      for (std::size_t i = 0; i < targets.size(); ++i) {
        mutable_elements<T>(out)[targets[i]] = elements<T>(values)[one_value ? 0 : i];
      }
    });
  };
}

}  // namespace

void register_sparse_kernels(KernelRegistry& registry) {
  registry.add("SparseToDense", make_sparse_to_dense);
}

}  // namespace tensorkeep::runtime
