#include <cstdio>
#include <cstdlib>
#include <limits>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Tensors in a text: in nested brackets, rows below each other, the middle of long ones left out.
namespace tensorkeep::runtime {
namespace {

// With the digits that every text of so many keeps, or else those that give the number back.
template <typename T>
std::string number_text(T value) {
  char text[64];
  for (const int digits :
       {std::numeric_limits<T>::digits10, std::numeric_limits<T>::max_digits10}) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(value));
    if (static_cast<T>(std::strtod(text, nullptr)) == value) break;
  }
  return text;
}

template <typename T>
std::string element_text(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return "\"" + value + "\"";
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "1" : "0";
  } else if constexpr (std::is_floating_point_v<T>) {
    return number_text(value);
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else {
    return "(" + number_text(value.real()) + "," + number_text(value.imag()) + ")";
  }
}

template <typename T>
class Shown {
 public:
  Shown(const Tensor& tensor, std::int64_t at_ends)
      : dims_(tensor.shape().dims()), at_ends_(at_ends), values_(tensor.data<T>()) {
    print(0, 0);
  }
  std::string text;

 private:
  void print(std::size_t dim, std::int64_t from) {
    if (dim == dims_.size()) {
      text += element_text<T>(values_[static_cast<std::size_t>(from)]);
      return;
    }
    std::int64_t step = 1;
    for (std::size_t i = dim + 1; i < dims_.size(); ++i) step *= dims_[i];
    text += "[";
    const std::int64_t count = dims_[dim];
    for (std::int64_t i = 0; i < std::min(at_ends_, count); ++i) {
      if (i > 0) separate(dim);
      print(dim + 1, from + i * step);
    }
    if (count - at_ends_ > at_ends_) {
      separate(dim);
      text += "...";
    }
    for (std::int64_t i = std::max(at_ends_, count - at_ends_); i < count; ++i) {
      separate(dim);
      print(dim + 1, from + i * step);
    }
    text += "]";
  }

  void separate(std::size_t dim) {
    const std::size_t inner = dims_.size() - dim - 1;
    text.append(inner, '\n');
    text.append(inner == 0 ? 1 : dim + 1, ' ');
  }

  const std::vector<std::int64_t>& dims_;
  const std::int64_t at_ends_;
  std::span<const T> values_;
};

std::string shown(KernelContext& c, const Tensor& tensor, std::int64_t summarize) {
  const Tensor wide = widen(tensor);
  const std::int64_t count =
      wide.num_elements();  // no more parts are shown than there are elements
  const std::int64_t at_ends = summarize < 0 ? count : std::min(summarize, count);
  std::string text;
  dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
           std::uint16_t, std::uint32_t, std::uint64_t, bool, std::complex<float>,
           std::complex<double>, std::string>(c.op(), wide.dtype(), [&]<typename T>(T) {
    text = Shown<T>(wide, at_ends).text;
    return 0;
  });
  return text;
}

Kernel make_string_format(const Operation& op) {
  const std::string placeholder = op.attr_string("placeholder");
  const std::string form = op.attr_string("template");
  std::vector<std::string> pieces;
  std::size_t from = 0;
  for (std::size_t at = 0;
       !placeholder.empty() && (at = form.find(placeholder, from)) != std::string::npos;
       from = at + placeholder.size()) {
    pieces.push_back(form.substr(from, at - from));
  }
  pieces.push_back(form.substr(from));
  if (pieces.size() != static_cast<std::size_t>(op.num_inputs()) + 1) {
    throw errors::InvalidArgumentError("num placeholders in template and num inputs must match: " +
                                           std::to_string(pieces.size() - 1) + " vs. " +
                                           std::to_string(op.num_inputs()),
                                       {.node = op.name()});
  }
  return [pieces, summarize = op.attr_int("summarize")](KernelContext& c) {
    std::string text = pieces[0];
    for (int i = 0; i < c.num_inputs(); ++i) {
      text += shown(c, c.input(i), summarize) + pieces[static_cast<std::size_t>(i) + 1];
    }
    c.set_output(0, Tensor::scalar(std::move(text)));
  };
}

}  // namespace

void register_string_format_kernels(KernelRegistry& registry) {
  registry.add("StringFormat", make_string_format);
}

}  // namespace tensorkeep::runtime
