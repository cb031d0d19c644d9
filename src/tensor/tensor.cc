#include "tensorkeep/tensor.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/checked_math.h"

namespace tensorkeep {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

class HeapBuffer final : public Buffer {
 public:
  HeapBuffer(void* data, std::size_t size) : Buffer(data, size, true) {}
  ~HeapBuffer() override { std::free(data()); }
};

class StringBuffer final : public Buffer {
 public:
  explicit StringBuffer(std::unique_ptr<std::string[]> strings, std::size_t count)
      : Buffer(strings.get(), count * sizeof(std::string), true), strings_(std::move(strings)) {}

 private:
  std::unique_ptr<std::string[]> strings_;
};

class BorrowedBuffer final : public Buffer {
 public:
  BorrowedBuffer(const void* data, std::size_t size, std::shared_ptr<const void> owner)
      : Buffer(const_cast<void*>(data), size, false), owner_(std::move(owner)) {}

 private:
  std::shared_ptr<const void> owner_;
};

std::size_t element_size(DType dtype) {
  return dtype == DType::kString ? sizeof(std::string) : size_of(dtype);
}

// Elements and bytes of a tensor to be; throws if either cannot be had.
std::pair<std::int64_t, std::size_t> measure(DType dtype, const Shape& shape) {
  const std::size_t width = element_size(dtype);
  if (width == 0 || is_ref(dtype)) {
    throw errors::InvalidArgumentError(
        fmt::format("a tensor cannot have elements of type {}", name_of(dtype)));
  }
  const auto count = shape.checked_num_elements();
  const auto bytes =
      count ? checked_mul(static_cast<std::size_t>(*count), width) : std::optional<std::size_t>();
  if (!bytes) {
    throw errors::InvalidArgumentError(
        fmt::format("a tensor cannot have shape {}", shape.to_string()));
  }
  return {*count, *bytes};
}

}  // namespace

std::shared_ptr<Buffer> Buffer::allocate(std::size_t bytes) {
  // Most of the time that fresh memory takes goes into its first touch, page by page.
  const bool huge = bytes >= 2 * kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* data = nullptr;
  if (rounded < bytes || posix_memalign(&data, alignment, std::max(rounded, kAlignment)) != 0) {
    throw errors::ResourceExhaustedError(fmt::format("no memory for a tensor of {} bytes", bytes));
  }
  if (huge) madvise(data, rounded / kHugePage * kHugePage, MADV_HUGEPAGE);  // only a wish
  return std::make_shared<HeapBuffer>(data, bytes);
}

std::shared_ptr<Buffer> Buffer::allocate_strings(std::size_t count) {
  try {
    return std::make_shared<StringBuffer>(std::make_unique<std::string[]>(count), count);
  } catch (const std::bad_alloc&) {
    throw errors::ResourceExhaustedError(fmt::format("no memory for {} strings", count));
  }
}

std::shared_ptr<Buffer> Buffer::borrow(const void* data, std::size_t bytes,
                                       std::shared_ptr<const void> owner) {
  return std::make_shared<BorrowedBuffer>(data, bytes, std::move(owner));
}

Tensor::Tensor(DType dtype, Shape shape) : dtype_(dtype), shape_(std::move(shape)) {
  const auto [count, bytes] = measure(dtype_, shape_);
  num_elements_ = count;
  buffer_ = dtype_ == DType::kString ? Buffer::allocate_strings(static_cast<std::size_t>(count))
                                     : Buffer::allocate(bytes);
}

Tensor::Tensor(DType dtype, Shape shape, std::shared_ptr<Buffer> buffer, std::size_t offset)
    : dtype_(dtype), shape_(std::move(shape)), buffer_(std::move(buffer)), offset_(offset) {
  const auto [count, bytes] = measure(dtype_, shape_);
  num_elements_ = count;
  if (!buffer_ || offset > buffer_->size() || bytes > buffer_->size() - offset) {
    throw errors::InvalidArgumentError(
        fmt::format("a buffer too small for a tensor of {} bytes", bytes));
  }
}

Tensor Tensor::zeros(DType dtype, Shape shape) {
  Tensor tensor(dtype, std::move(shape));
  if (dtype != DType::kString) std::memset(tensor.buffer_->data(), 0, tensor.num_bytes());
  return tensor;
}

std::size_t Tensor::num_bytes() const {
  return static_cast<std::size_t>(num_elements_) * size_of(dtype_);
}

const void* Tensor::raw_data() const {
  return buffer_ ? static_cast<const char*>(buffer_->data()) + offset_ : nullptr;
}

bool Tensor::owns_buffer_alone() const {
  if (!buffer_ || !buffer_->writable() || buffer_.use_count() != 1) return false;
  // Pairs with the release of the reference another thread has just dropped: its reads are over.
#ifdef TENSORKEEP_TSAN
  const std::shared_ptr<Buffer> counted = buffer_;  // the sanitizer knows no fences
#else
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
  return true;
}

void* Tensor::mutable_raw_data() {
  if (!buffer_) return nullptr;
  if (!owns_buffer_alone()) {
    Tensor copy(dtype_, shape_);
    if (dtype_ == DType::kString) {
      const auto from = data<std::string>();
      auto* to = static_cast<std::string*>(copy.buffer_->data());
      for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
    } else if (num_elements_ > 0) {
      std::memcpy(copy.buffer_->data(), raw_data(), num_bytes());
    }
    *this = std::move(copy);
  }
  return static_cast<char*>(buffer_->data()) + offset_;
}

bool Tensor::shares_buffer_with(const Tensor& other) const {
  return buffer_ != nullptr && buffer_ == other.buffer_;
}

Tensor Tensor::reshaped(Shape shape) const {
  const auto count = shape.checked_num_elements();
  if (!count || *count != num_elements_) {
    throw errors::InvalidArgumentError(fmt::format(
        "Input to reshape is a tensor with {} values, but the requested shape {} has {}",
        num_elements_, shape.debug_string(), count ? *count : -1));
  }
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

Tensor Tensor::bitcast(DType dtype) const {
  if (element_size(dtype) != element_size(dtype_) ||
      (dtype == DType::kString) != (dtype_ == DType::kString)) {
    throw errors::InvalidArgumentError(
        fmt::format("Cannot bitcast from {} to {}", name_of(dtype_), name_of(dtype)));
  }
  Tensor result = *this;
  result.dtype_ = dtype;
  return result;
}

Tensor Tensor::rows(std::int64_t begin, std::int64_t end) const {
  if (shape_.rank() == 0 || begin < 0 || end < begin || end > shape_.dim(0)) {
    throw errors::InvalidArgumentError(
        fmt::format("rows [{}, {}) of a tensor of shape {}", begin, end, shape_.to_string()));
  }
  std::vector<std::int64_t> dims = shape_.dims();
  const std::int64_t row = dims[0] == 0 ? 0 : num_elements_ / dims[0];
  dims[0] = end - begin;
  return Tensor(dtype_, Shape(std::move(dims)), buffer_,
                offset_ + static_cast<std::size_t>(begin * row) * element_size(dtype_));
}

bool Tensor::identical_to(const Tensor& other) const {
  if (dtype_ != other.dtype_ || shape_ != other.shape_) return false;
  if (dtype_ == DType::kString) {
    const auto a = data<std::string>();
    const auto b = other.data<std::string>();
    return std::equal(a.begin(), a.end(), b.begin());
  }
  return num_bytes() == 0 || std::memcmp(raw_data(), other.raw_data(), num_bytes()) == 0;
}

void Tensor::check_type(DType asked) const {
  if (asked != dtype_) {
    throw errors::InvalidArgumentError(fmt::format("a tensor of {} was asked for elements of {}",
                                                   name_of(dtype_), name_of(asked)));
  }
}

void Tensor::check_width(std::size_t width) const {
  if (size_of(dtype_) != width) {
    throw errors::InvalidArgumentError(
        fmt::format("a tensor of {} was asked for elements of {} bytes", name_of(dtype_), width));
  }
}

void Tensor::check_count(std::size_t count) const {
  if (static_cast<std::size_t>(num_elements_) != count) {
    throw errors::InvalidArgumentError(
        fmt::format("{} values for a tensor of shape {}", count, shape_.to_string()));
  }
}

namespace {

// As numpy prints it: "3.", "0.099999905", "1e+20", "nan".
template <typename T>
requires std::is_floating_point_v<T> std::string element_text(T v) {
  std::string text = fmt::format("{}", v);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".";
  return text;
}
std::string element_text(bool v) {
  return v ? "True" : "False";
}
std::string element_text(const std::string& v) {
  return "\"" + v + "\"";
}
template <typename T>
std::string element_text(const std::complex<T>& v) {
  return fmt::format("{}{:+}j", v.real(), v.imag());
}
template <typename S, int E, int M, int B, FloatFormat F>
std::string element_text(const SmallFloat<S, E, M, B, F>& v) {
  return element_text(static_cast<float>(v));
}
template <typename S, int kTag>
std::string element_text(const WrappedInt<S, kTag>& v) {
  return fmt::format("{}", +v.value);
}
template <typename T>
requires std::is_integral_v<T> std::string element_text(T v) {
  return fmt::format("{}", +v);
}

}  // namespace

std::string Tensor::to_string(std::int64_t max_elements) const {
  if (!valid()) return "<no tensor>";
  return visit_dtype(dtype_, [&](auto zero) {
    using T = decltype(zero);
    const auto* values = static_cast<const T*>(raw_data());
    std::string text;
    std::int64_t next = 0;
    const auto& dims = shape_.dims();
    const auto print = [&](const auto& self, std::size_t depth) -> void {
      if (depth == dims.size()) {
        text += element_text(values[next++]);
        return;
      }
      text += "[";
      for (std::int64_t i = 0; i < dims[depth]; ++i) {
        if (i > 0) text += " ";
        if (next >= max_elements) {
          text += "...";
          break;
        }
        self(self, depth + 1);
      }
      text += "]";
    };
    print(print, 0);
    if (dims.empty() && text.ends_with('.')) text += "0";  // numpy's scalars are Python's numbers
    return text;
  });
}

}  // namespace tensorkeep
