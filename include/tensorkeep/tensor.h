#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tensorkeep/dtype.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/numeric_types.h"
#include "tensorkeep/shape.h"

namespace tensorkeep {

// The DType a C++ element type stands for: dtype_of<float> is float32.
template <typename T>
inline constexpr DType dtype_of = DType::kInvalid;
#define TENSORKEEP_DTYPE_OF(Type, kName) \
  template <>                            \
  inline constexpr DType dtype_of<Type> = DType::kName
TENSORKEEP_DTYPE_OF(float, kFloat32);
TENSORKEEP_DTYPE_OF(double, kFloat64);
TENSORKEEP_DTYPE_OF(std::int8_t, kInt8);
TENSORKEEP_DTYPE_OF(std::int16_t, kInt16);
TENSORKEEP_DTYPE_OF(std::int32_t, kInt32);
TENSORKEEP_DTYPE_OF(std::int64_t, kInt64);
TENSORKEEP_DTYPE_OF(std::uint8_t, kUInt8);
TENSORKEEP_DTYPE_OF(std::uint16_t, kUInt16);
TENSORKEEP_DTYPE_OF(std::uint32_t, kUInt32);
TENSORKEEP_DTYPE_OF(std::uint64_t, kUInt64);
TENSORKEEP_DTYPE_OF(bool, kBool);
TENSORKEEP_DTYPE_OF(std::string, kString);
TENSORKEEP_DTYPE_OF(std::complex<float>, kComplex64);
TENSORKEEP_DTYPE_OF(std::complex<double>, kComplex128);
TENSORKEEP_DTYPE_OF(Half, kFloat16);
TENSORKEEP_DTYPE_OF(BFloat16, kBFloat16);
TENSORKEEP_DTYPE_OF(Float8E5M2, kFloat8E5M2);
TENSORKEEP_DTYPE_OF(Float8E4M3FN, kFloat8E4M3FN);
TENSORKEEP_DTYPE_OF(Float8E4M3FNUZ, kFloat8E4M3FNUZ);
TENSORKEEP_DTYPE_OF(Float8E4M3B11FNUZ, kFloat8E4M3B11FNUZ);
TENSORKEEP_DTYPE_OF(Float8E5M2FNUZ, kFloat8E5M2FNUZ);
TENSORKEEP_DTYPE_OF(Float4E2M1FN, kFloat4E2M1FN);
TENSORKEEP_DTYPE_OF(Int4, kInt4);
TENSORKEEP_DTYPE_OF(UInt4, kUInt4);
TENSORKEEP_DTYPE_OF(Int2, kInt2);
TENSORKEEP_DTYPE_OF(UInt2, kUInt2);
#undef TENSORKEEP_DTYPE_OF

// The memory under a tensor. Shared by reference count; written only by a tensor that holds the
// last reference (Tensor::mutable_data copies otherwise).
class Buffer {
 public:
  virtual ~Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* data() const { return data_; }
  std::size_t size() const { return size_; }   // bytes; for strings, elements * sizeof(std::string)
  bool writable() const { return writable_; }  // false for maps of files and borrowed memory

  // Aligned to 64 bytes, uninitialised. Throws ResourceExhaustedError.
  static std::shared_ptr<Buffer> allocate(std::size_t bytes);
  static std::shared_ptr<Buffer> allocate_strings(std::size_t count);
  // Memory of somebody else, kept alive by `owner`.
  static std::shared_ptr<Buffer> borrow(const void* data, std::size_t bytes,
                                        std::shared_ptr<const void> owner);

 protected:
  Buffer(void* data, std::size_t size, bool writable)
      : data_(data), size_(size), writable_(writable) {}

 private:
  void* data_;
  std::size_t size_;
  bool writable_;
};

// A dense, row-major array of one element type: a value. Copying shares the buffer; writing through
// mutable_data() copies it first if somebody else holds it too. Distinct Tensor objects may be used
// from distinct threads even if they share a buffer; one object needs the caller's lock.
class Tensor {
 public:
  Tensor() = default;  // no tensor: dtype kInvalid, no buffer
  // Uninitialised numbers, or empty strings. Throws InvalidArgumentError if `shape` is not fully
  // defined or `dtype` has no elements of fixed size and is not string, ResourceExhaustedError if
  // memory is short.
  Tensor(DType dtype, Shape shape);
  // A window into `buffer` from `offset` bytes on. Throws InvalidArgumentError if it is too small.
  Tensor(DType dtype, Shape shape, std::shared_ptr<Buffer> buffer, std::size_t offset = 0);

  static Tensor zeros(DType dtype, Shape shape);
  template <typename T>
  static Tensor scalar(T value) {
    Tensor tensor(dtype_of<T>, Shape());
    tensor.mutable_data<T>()[0] = std::move(value);
    return tensor;
  }
  // Throws InvalidArgumentError if the number of values is not the shape's.
  template <typename T>
  static Tensor from(const std::vector<T>& values, Shape shape) {
    Tensor tensor(dtype_of<T>, std::move(shape));
    tensor.check_count(values.size());
    auto out = tensor.mutable_data<T>();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i];
    return tensor;
  }
  template <typename T>
  static Tensor vector(const std::vector<T>& values) {
    return from(values, Shape{static_cast<std::int64_t>(values.size())});
  }

  bool valid() const { return dtype_ != DType::kInvalid; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::int64_t num_elements() const { return num_elements_; }
  std::size_t num_bytes() const;  // 0 for strings

  // Elements as T; throws InvalidArgumentError unless T is the element type, or (for raw access to
  // quantised and other wrapped types) a trivially copyable type of the same width is asked for by
  // bit_data.
  template <typename T>
  std::span<const T> data() const {
    check_type(dtype_of<T>);
    return {static_cast<const T*>(raw_data()), static_cast<std::size_t>(num_elements_)};
  }
  template <typename T>
  std::span<T> mutable_data() {
    check_type(dtype_of<T>);
    return {static_cast<T*>(mutable_raw_data()), static_cast<std::size_t>(num_elements_)};
  }
  template <typename T>
  std::span<const T> bit_data() const {
    static_assert(std::is_trivially_copyable_v<T>);
    check_width(sizeof(T));
    return {static_cast<const T*>(raw_data()), static_cast<std::size_t>(num_elements_)};
  }
  template <typename T>
  std::span<T> mutable_bit_data() {
    static_assert(std::is_trivially_copyable_v<T>);
    check_width(sizeof(T));
    return {static_cast<T*>(mutable_raw_data()), static_cast<std::size_t>(num_elements_)};
  }
  // The one element of a scalar or one-element tensor.
  template <typename T>
  const T& value() const {
    check_count(1);
    return data<T>()[0];
  }

  const void* raw_data() const;
  // Copies the buffer first if it is shared or read-only.
  void* mutable_raw_data();
  bool owns_buffer_alone() const;
  bool shares_buffer_with(const Tensor& other) const;
  const std::shared_ptr<Buffer>& buffer() const { return buffer_; }

  // The same elements under another shape of the same size; shares the buffer.
  Tensor reshaped(Shape shape) const;
  // The same bits under another type of the same width; shares the buffer.
  Tensor bitcast(DType dtype) const;
  // Rows [begin, end) along the first dimension; shares the buffer.
  Tensor rows(std::int64_t begin, std::int64_t end) const;

  // Same type, shape and bits (so NaN equals itself, and 0.0 differs from -0.0).
  bool identical_to(const Tensor& other) const;

  // "[[1. 2.], [3. 4.]]" with at most `max_elements` elements.
  std::string to_string(std::int64_t max_elements = 1000) const;

 private:
  void check_type(DType asked) const;
  void check_width(std::size_t width) const;
  void check_count(std::size_t count) const;

  DType dtype_ = DType::kInvalid;
  Shape shape_;
  std::int64_t num_elements_ = 0;
  std::shared_ptr<Buffer> buffer_;
  std::size_t offset_ = 0;
};

// Calls f with a value-initialised element of the dtype's C++ type: visit_dtype(d, [&](auto zero) {
// using T = decltype(zero); ... }). Covers every type with a dtype_of, and the quantised types by
// their wrapped integers. Throws UnimplementedError for the rest.
template <typename F>
decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f(float{});
    case DType::kFloat64:
      return f(double{});
    case DType::kInt8:
      return f(std::int8_t{});
    case DType::kInt16:
      return f(std::int16_t{});
    case DType::kInt32:
      return f(std::int32_t{});
    case DType::kInt64:
      return f(std::int64_t{});
    case DType::kUInt8:
      return f(std::uint8_t{});
    case DType::kUInt16:
      return f(std::uint16_t{});
    case DType::kUInt32:
      return f(std::uint32_t{});
    case DType::kUInt64:
      return f(std::uint64_t{});
    case DType::kBool:
      return f(bool{});
    case DType::kString:
      return f(std::string{});
    case DType::kComplex64:
      return f(std::complex<float>{});
    case DType::kComplex128:
      return f(std::complex<double>{});
    case DType::kFloat16:
      return f(Half{});
    case DType::kBFloat16:
      return f(BFloat16{});
    case DType::kFloat8E5M2:
      return f(Float8E5M2{});
    case DType::kFloat8E4M3FN:
      return f(Float8E4M3FN{});
    case DType::kFloat8E4M3FNUZ:
      return f(Float8E4M3FNUZ{});
    case DType::kFloat8E4M3B11FNUZ:
      return f(Float8E4M3B11FNUZ{});
    case DType::kFloat8E5M2FNUZ:
      return f(Float8E5M2FNUZ{});
    case DType::kFloat4E2M1FN:
      return f(Float4E2M1FN{});
    case DType::kInt4:
      return f(Int4{});
    case DType::kUInt4:
      return f(UInt4{});
    case DType::kInt2:
      return f(Int2{});
    case DType::kUInt2:
      return f(UInt2{});
    case DType::kQInt8:
      return f(QInt8{});
    case DType::kQUInt8:
      return f(QUInt8{});
    case DType::kQInt16:
      return f(QInt16{});
    case DType::kQUInt16:
      return f(QUInt16{});
    case DType::kQInt32:
      return f(QInt32{});
    default:
      throw errors::UnimplementedError("no element type for dtype " + name_of(dtype));
  }
}

}  // namespace tensorkeep
