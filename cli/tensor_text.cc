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

// The shortest digits that read back as the same number.
template <typename T>
std::string float_text(T value) {
  std::string text = fmt::format("{}", value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}
template <typename T>
std::string json_float(T value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return float_text(value);
}

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
  static std::string of(float v) { return json_float(v); }
  static std::string of(double v) { return json_float(v); }
  template <typename T>
  static std::string of(const std::complex<T>& v) {
    return "[" + json_float(v.real()) + ", " + json_float(v.imag()) + "]";
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

}  // namespace

void write_readable(Output& out, const Tensor& tensor, bool summarise) {
  const auto text = element_texts<Readable>(tensor);
  const auto& dims = tensor.shape().dims();
  if (tensor.num_elements() == 0) {
    out << "[]\n";
    return;
  }
  const auto strides = strides_of(tensor.shape());
  const std::function<void(std::size_t, std::int64_t)> write = [&](std::size_t depth,
                                                                   std::int64_t at) {
    if (depth == dims.size()) {
      out << text(at);
      return;
    }
    const bool innermost = depth + 1 == dims.size();
    const std::string separator = innermost ? " " : "\n" + std::string(depth + 1, ' ');
    out << "[";
    for (std::int64_t i = 0; i < dims[depth]; ++i) {
      if (i > 0) out << separator;
      if (summarise && dims[depth] > 2 * kEdge && i == kEdge) {
        out << "..." << separator;
        i = dims[depth] - kEdge;
      }
      write(depth + 1, at + i * strides[depth]);
    }
    out << "]";
  };
  write(0, 0);
  out << "\n";
}

void write_json(Output& out, const Tensor& tensor) {
  const auto text = element_texts<Json>(tensor);
  const auto& dims = tensor.shape().dims();
  if (tensor.num_elements() == 0) {
    out << "[]";
    return;
  }
  const auto strides = strides_of(tensor.shape());
  const std::function<void(std::size_t, std::int64_t)> write = [&](std::size_t depth,
                                                                   std::int64_t at) {
    if (depth == dims.size()) {
      out << text(at);
      return;
    }
    out << "[";
    for (std::int64_t i = 0; i < dims[depth]; ++i) {
      if (i > 0) out << ", ";
      write(depth + 1, at + i * strides[depth]);
    }
    out << "]";
  };
  write(0, 0);
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
