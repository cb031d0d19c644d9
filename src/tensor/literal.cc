#include "tensorkeep/literal.h"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <limits>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

template <typename T>
constexpr bool is_complex_type =
    std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;

template <typename From, typename To>
constexpr bool is_convertible = (std::is_arithmetic_v<From> &&
                                 (std::is_arithmetic_v<To> || is_complex_type<To>)) ||
                                (is_complex_type<From> && is_complex_type<To>);

template <typename To, typename From>
To converted(const From& value) {
  if constexpr (std::is_arithmetic_v<From> && is_complex_type<To>) {
    return To(static_cast<typename To::value_type>(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace

// Walks the nested lists: first the shape and Python's type, then the values.
class LiteralConverter {
 public:
  explicit LiteralConverter(const Literal& root) { survey(root, 0); }

  Tensor convert(const Literal& root, std::optional<DType> dtype) const {
    if (const auto* tensor = std::get_if<Tensor>(&root.value_)) {
      if (!dtype || *dtype == tensor->dtype()) return *tensor;
      return cast(*tensor, *dtype);
    }
    Tensor result(dtype.value_or(default_dtype()), Shape(dims_));
    if (result.dtype() == DType::kString) {
      auto* out = result.mutable_data<std::string>().data();
      fill(root, [&](const Literal& leaf) { *out++ = text_of(leaf, result.dtype()); });
      return result;
    }
    visit_dtype(result.dtype(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (!std::is_same_v<T, std::string>) {
        auto* out = static_cast<T*>(result.mutable_raw_data());
        fill(root, [&](const Literal& leaf) { *out++ = number_of<T>(leaf, result.dtype()); });
      }
    });
    return result;
  }

 private:
  enum Kind { kNothing, kBool, kInt, kFloat, kText };

  DType default_dtype() const {
    switch (kind_) {
      case kBool:
        return boolean;
      case kInt:
        return needs_int64_ ? int64 : int32;
      case kText:
        return string;
      default:
        return float32;
    }
  }

  void survey(const Literal& literal, std::size_t depth) {
    if (const auto* list = std::get_if<std::vector<Literal>>(&literal.value_)) {
      const auto size = static_cast<std::int64_t>(list->size());
      if (dims_.size() <= depth) {
        if (leaf_depth_ && *leaf_depth_ <= depth) ragged();
        dims_.push_back(size);
      } else if (dims_[depth] != size) {
        ragged();
      }
      for (const Literal& item : *list) survey(item, depth + 1);
      return;
    }
    if (const auto* tensor = std::get_if<Tensor>(&literal.value_)) {
      if (depth == 0) return;
      if (tensor->shape().rank() != 0)
        errors::raise_value_error("a list of tensors is not a literal");
    }
    if (!leaf_depth_) leaf_depth_ = depth;
    if (*leaf_depth_ != depth || dims_.size() != depth) ragged();
    const Kind kind = kind_of(literal);
    if (kind == kText && kind_ != kNothing && kind_ != kText) mixed();
    if (kind_ == kText && kind != kText) mixed();
    kind_ = std::max(kind_, kind);
    if (const auto* value = std::get_if<std::int64_t>(&literal.value_)) {
      needs_int64_ |= *value < std::numeric_limits<std::int32_t>::min() ||
                      *value > std::numeric_limits<std::int32_t>::max();
    }
  }

  static Kind kind_of(const Literal& literal) {
    switch (literal.value_.index()) {
      case 0:
        return kBool;
      case 1:
        return kInt;
      case 2:
        return kFloat;
      case 3:
        return kText;
      default:
        return kFloat;
    }
  }

  [[noreturn]] static void ragged() {
    errors::raise_value_error(
        "Can't convert non-rectangular Python sequence to Tensor: lists at one depth differ in "
        "length or depth");
  }
  [[noreturn]] static void mixed() {
    errors::raise_type_error("Can't convert Python sequence with mixed types to Tensor.");
  }

  template <typename F>
  static void fill(const Literal& literal, const F& leaf) {
    if (const auto* list = std::get_if<std::vector<Literal>>(&literal.value_)) {
      for (const Literal& item : *list) fill(item, leaf);
    } else {
      leaf(literal);
    }
  }

  [[noreturn]] static void unexpected(const Literal& leaf, DType wanted) {
    std::string shown = "a tensor";
    std::string type = "tensor";
    if (const auto* b = std::get_if<bool>(&leaf.value_)) {
      shown = *b ? "True" : "False";
      type = "bool";
    } else if (const auto* i = std::get_if<std::int64_t>(&leaf.value_)) {
      shown = fmt::format("{}", *i);
      type = "int";
    } else if (const auto* d = std::get_if<double>(&leaf.value_)) {
      shown = fmt::format("{}", *d);
      type = "float";
    } else if (const auto* s = std::get_if<std::string>(&leaf.value_)) {
      shown = "'" + *s + "'";
      type = "str";
    }
    errors::raise_type_error(
        fmt::format("Expected {}, but got {} of type '{}'.", name_of(wanted), shown, type));
  }

  static std::string text_of(const Literal& leaf, DType wanted) {
    if (const auto* text = std::get_if<std::string>(&leaf.value_)) return *text;
    unexpected(leaf, wanted);
  }

  template <typename T>
  static T number_of(const Literal& leaf, DType wanted) {
    if (const auto* tensor = std::get_if<Tensor>(&leaf.value_)) {
      if (tensor->dtype() != wanted) unexpected(leaf, wanted);
      return *static_cast<const T*>(tensor->raw_data());
    }
    if (wanted == boolean) {
      if (const auto* b = std::get_if<bool>(&leaf.value_)) return from_number<T>(*b ? 1.0 : 0.0);
      unexpected(leaf, wanted);
    }
    if (const auto* b = std::get_if<bool>(&leaf.value_)) {
      // As TensorFlow: a bool is no number, except where it counts as an int.
      if (!is_integer(wanted)) unexpected(leaf, wanted);
      return from_int<T>(*b ? 1 : 0, leaf, wanted);
    }
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value_))
      return from_int<T>(*i, leaf, wanted);
    if (const auto* d = std::get_if<double>(&leaf.value_)) {
      if (!is_floating(wanted) && !is_complex(wanted)) unexpected(leaf, wanted);
      return from_number<T>(*d);
    }
    unexpected(leaf, wanted);
  }

  template <typename T>
  static T from_int(std::int64_t value, const Literal& leaf, DType wanted) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const bool negative_unsigned = std::is_unsigned_v<T> && value < 0;
      if (negative_unsigned || static_cast<std::int64_t>(static_cast<T>(value)) != value) {
        unexpected(leaf, wanted);
      }
      return static_cast<T>(value);
    } else {
      return from_number<T>(static_cast<double>(value));
    }
  }

  template <typename T>
  static T from_number(double value) {
    if constexpr (std::is_same_v<T, double> || std::is_integral_v<T>) {
      return static_cast<T>(value);
    } else if constexpr (requires(T t) { t.value; }) {
      return T(static_cast<decltype(T::value)>(value));
    } else if constexpr (std::is_same_v<T, std::complex<double>>) {
      return {value, 0.0};
    } else if constexpr (std::is_same_v<T, std::complex<float>>) {
      return {static_cast<float>(value), 0.0f};
    } else {
      return T(static_cast<float>(value));
    }
  }

  static Tensor cast(const Tensor& from, DType dtype) {
    Tensor to(dtype, from.shape());
    visit_dtype(from.dtype(), [&](auto from_zero) {
      using From = decltype(from_zero);
      visit_dtype(dtype, [&](auto to_zero) {
        using To = decltype(to_zero);
        if constexpr (is_convertible<From, To>) {
          const auto* in = static_cast<const From*>(from.raw_data());
          auto* out = static_cast<To*>(to.mutable_raw_data());
          for (std::int64_t i = 0; i < from.num_elements(); ++i) out[i] = converted<To>(in[i]);
        } else {
          errors::raise_type_error(fmt::format("Cannot convert a tensor of {} to {}",
                                               name_of(from.dtype()), name_of(dtype)));
        }
      });
    });
    return to;
  }

  std::vector<std::int64_t> dims_;
  std::optional<std::size_t> leaf_depth_;
  Kind kind_ = kNothing;
  bool needs_int64_ = false;
};

Tensor Literal::to_tensor(std::optional<DType> dtype) const {
  return LiteralConverter(*this).convert(*this, dtype);
}

bool Literal::fits(DType dtype) const {
  try {
    to_tensor(dtype);
    return true;
  } catch (const errors::InvalidArgumentError&) {
    return false;
  }
}

}  // namespace tensorkeep
