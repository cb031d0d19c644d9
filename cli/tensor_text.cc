#include "tensor_text.h"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "text.h"

namespace tensorkeep::cli {
namespace {

constexpr std::int64_t kEdge = 3;  // elements shown at either end

std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : printable(value)) {
    if (c == '"') text += '\\';
    text += c;
  }
  return text + "\"";
}

// Elements of every type, both ways.
struct Readable {
  static std::string of(bool v) { return v ? "true" : "false"; }
  static std::string of(const std::string& v) { return quoted(v); }
  static std::string of(float v) { return float_text(v); }
  static std::string of(double v) { return float_text(v); }
  template <typename T>
  static std::string of(const std::complex<T>& v) {
    return fmt::format("{}{}{}j", float_text(v.real()), std::signbit(v.imag()) ? "" : "+",
                       float_text(v.imag()));
  }
};
struct Json {
  static std::string of(bool v) { return v ? "true" : "false"; }
  static std::string of(const std::string& v) { return json_string(v); }
  static std::string of(float v) { return json_number(v); }
  static std::string of(double v) { return json_number(v); }
  template <typename T>
  static std::string of(const std::complex<T>& v) {
    return "[" + json_number(v.real()) + ", " + json_number(v.imag()) + "]";
  }
};

template <typename Style, typename T>
std::string element_text(const T& value) {
  if constexpr (requires { T::kLayout; }) {
    return Style::of(static_cast<float>(value));  // the small floats
  } else if constexpr (requires { value.value; }) {
    return fmt::format("{}", +value.value);  // the wrapped integers
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return fmt::format("{}", +value);
  } else {
    return Style::of(value);
  }
}

using ElementText = std::function<std::string(std::int64_t)>;

template <typename Style>
ElementText element_texts(const Tensor& tensor) {
  return visit_dtype(tensor.dtype(), [&](auto zero) -> ElementText {
    using T = decltype(zero);
    const auto* values = static_cast<const T*>(tensor.raw_data());
    return [values](std::int64_t i) { return element_text<Style>(values[i]); };
  });
}

// Elements a dimension's step skips, per dimension.
std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.dims().size(), 1);
  for (std::size_t i = strides.size(); i-- > 1;) strides[i - 1] = strides[i] * shape.dims()[i];
  return strides;
}

// How a tensor's brackets are written.
struct Layout {
  bool rows = false;       // a line each, else all in one with commas
  bool summarise = false;  // a dimension longer than six shows its three first and last elements
  std::string separator(std::size_t depth, bool innermost) const {
    if (!rows) return ", ";
    return innermost ? " " : "\n" + std::string(depth + 1, ' ');
  }
};

class Walker {
 public:
  Walker(Output& out, const Shape& shape, ElementText text, Layout layout)
      : out_(out),
        dims_(shape.dims()),
        strides_(strides_of(shape)),
        text_(std::move(text)),
        layout_(layout) {}

  void write(std::size_t depth = 0, std::int64_t at = 0) {
    if (depth == dims_.size()) {
      out_ << text_(at);
      return;
    }
    const std::string separator = layout_.separator(depth, depth + 1 == dims_.size());
    out_ << "[";
    for (std::int64_t i = 0; i < dims_[depth]; ++i) {
      if (i > 0) out_ << separator;
      if (layout_.summarise && dims_[depth] > 2 * kEdge && i == kEdge) {
        out_ << "..." << separator;
        i = dims_[depth] - kEdge;
      }
      write(depth + 1, at + i * strides_[depth]);
    }
    out_ << "]";
  }

 private:
  Output& out_;
  const std::vector<std::int64_t>& dims_;
  std::vector<std::int64_t> strides_;
  ElementText text_;
  Layout layout_;
};

void write_nested(Output& out, const Tensor& tensor, ElementText text, Layout layout) {
  if (tensor.num_elements() == 0) {
    out << "[]";
  } else {
    Walker(out, tensor.shape(), std::move(text), layout).write();
  }
}

}  // namespace

void write_readable(Output& out, const Tensor& tensor, bool summarise) {
  write_nested(out, tensor, element_texts<Readable>(tensor),
               {.rows = true, .summarise = summarise});
  out << "\n";
}

void write_json(Output& out, const Tensor& tensor) {
  write_nested(out, tensor, element_texts<Json>(tensor), {});
}

void write_raw(Output& out, const Tensor& tensor) {
  if (tensor.dtype() != DType::kString) {
    out << std::string_view(static_cast<const char*>(tensor.raw_data()), tensor.num_bytes());
    return;
  }
  const auto strings = tensor.data<std::string>();
  for (const std::string& text : strings) {
    if (strings.size() > 1) {
      std::string length;
      for (int shift = 0; shift < 64; shift += 8) {
        length += static_cast<char>(std::uint64_t{text.size()} >> shift);
      }
      out << length;
    }
    out << text;
  }
}

}  // namespace tensorkeep::cli
