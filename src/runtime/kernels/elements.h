#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/kernel.h"

// What kernels share that move elements without looking at them.
namespace tensorkeep::runtime {

struct Element16 {
  std::uint64_t halves[2];
};

// Calls f with a value of a type as wide as the elements (std::string for strings), so that one
// instance serves all types of that width.
template <typename F>
void by_width(const KernelContext& c, DType dtype, F&& f) {
  if (dtype == DType::kString) return f(std::string());
  switch (size_of(dtype)) {
    case 1:
      return f(std::uint8_t{});
    case 2:
      return f(std::uint16_t{});
    case 4:
      return f(std::uint32_t{});
    case 8:
      return f(std::uint64_t{});
    case 16:
      return f(Element16{});
    default:
      throw errors::UnimplementedError(
          "no kernel of operation '" + c.op().type() + "' for type " + name_of(dtype),
          {.node = c.op().name()});
  }
}

template <typename T>
const T* elements(const Tensor& tensor) {
  return static_cast<const T*>(tensor.raw_data());
}
template <typename T>
T* mutable_elements(Tensor& tensor) {
  return static_cast<T*>(tensor.mutable_raw_data());
}

// The elements of an int32 or int64 input (a shape, axes, sizes).
std::vector<std::int64_t> integers(const KernelContext& c, int index);
// The one element of such an input; fails if there are more.
std::int64_t integer(const KernelContext& c, int index);
// An axis counted from the front; fails if it is out of [-rank, rank).
int axis_in(const KernelContext& c, std::int64_t axis, int rank);
// A tensor of integers of `dtype` (int32 or int64).
Tensor integer_tensor(DType dtype, const std::vector<std::int64_t>& values, Shape shape);
inline Tensor integer_vector(DType dtype, const std::vector<std::int64_t>& values) {
  return integer_tensor(dtype, values, {static_cast<std::int64_t>(values.size())});
}

// Row-major strides in elements.
std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& dims);
// The product of dims[begin, end).
std::int64_t product(const std::vector<std::int64_t>& dims, std::size_t begin, std::size_t end);

// One dimension of a copy: how many elements, and how far apart on either side.
struct CopyAxis {
  std::int64_t size;
  std::int64_t from;
  std::int64_t to;
};
// Merges dimensions that are one run on both sides; empty `axes` mean one element.
std::vector<CopyAxis> simplified(const std::vector<CopyAxis>& axes);

// Copies element by element along `axes`, the first being the outermost.
template <typename T>
void copy_strided(const std::vector<CopyAxis>& given, const T* from, T* to) {
  std::vector<CopyAxis> axes = simplified(given);
  for (const CopyAxis& axis : axes) {
    if (axis.size == 0) return;
  }
  if (axes.empty()) axes.push_back({1, 1, 1});
  const CopyAxis inner = axes.back();
  axes.pop_back();
  std::vector<std::int64_t> at(axes.size(), 0);
  while (true) {
    if (inner.from == 1 && inner.to == 1) {
      std::copy_n(from, inner.size, to);
    } else {
      for (std::int64_t i = 0; i < inner.size; ++i) to[i * inner.to] = from[i * inner.from];
    }
    std::size_t d = axes.size();
    while (d > 0) {
      --d;
      from += axes[d].from;
      to += axes[d].to;
      if (++at[d] < axes[d].size) break;
      from -= axes[d].from * axes[d].size;
      to -= axes[d].to * axes[d].size;
      at[d] = 0;
      if (d == 0) return;
    }
    if (axes.empty()) return;
  }
}

// The same for tensors of one type, between given first elements.
void copy(const KernelContext& c, const Tensor& input, std::int64_t from, Tensor& out,
          std::int64_t to, const std::vector<CopyAxis>& axes);

}  // namespace tensorkeep::runtime
