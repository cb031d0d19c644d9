#include <fmt/format.h>

#include <complex>
#include <cstdio>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Numbers as text, in the notation of printf.
namespace tensorkeep::runtime {
namespace {

// A graph must not ask for more memory than its elements are worth.
constexpr std::int64_t kMaxWidth = 4096;

struct Notation {
  std::string flags;  // "0", " ", "+", "-" or nothing
  int width;          // -1: as wide as it gets
  int precision;      // -1: 6 digits
  char floating;      // the conversion: f, e or g
};

[[noreturn]] void refuse(const Operation& op, const std::string& message) {
  throw errors::InvalidArgumentError(message, {.node = op.name()});
}

Notation notation_of(const Operation& op, DType dtype) {
  const std::int64_t width = op.attr_int("width");
  const std::int64_t precision = op.attr_int("precision");
  const bool scientific = op.attr_bool("scientific");
  const bool shortest = op.attr_bool("shortest");
  const std::string fill = op.attr_string("fill");
  const bool has_fraction = is_floating(dtype) || is_complex(dtype);
  const std::string type(name_of(dtype));
  if (!has_fraction && (scientific || shortest)) {
    refuse(op, "scientific and shortest format not supported for datatype " + type);
  }
  if (!has_fraction && precision >= 0) {
    refuse(op, "precision not supported for datatype " + type);
  }
  if (fill.size() > 1) refuse(op, "Fill string must be one or fewer characters");
  if (scientific && shortest) refuse(op, "Cannot select both scientific and shortest notation");
  if (!fill.empty() && std::string(" +-0#").find(fill) == std::string::npos) {
    refuse(op, "Fill argument not supported: \"" + fill + "\"");
  }
  if (width > kMaxWidth || precision > kMaxWidth) {
    refuse(op, fmt::format("width {} or precision {} is above {}", width, precision, kMaxWidth));
  }
  return {.flags = fill,
          .width = static_cast<int>(std::max<std::int64_t>(width, -1)),
          .precision = static_cast<int>(std::max<std::int64_t>(precision, -1)),
          .floating = scientific ? 'e' : (shortest ? 'g' : 'f')};
}

// "%" and what follows it, for an argument of printf's type `size` and `conversion`.
std::string format_of(const Notation& notation, const char* size, char conversion) {
  std::string format = "%" + notation.flags;
  if (notation.width >= 0) format += std::to_string(notation.width);
  if (notation.precision >= 0) format += "." + std::to_string(notation.precision);
  return format + size + conversion;
}

template <typename T>
std::string printed(const std::string& format, T value) {
  const int length = std::snprintf(nullptr, 0, format.c_str(), value);
  std::string text(static_cast<std::size_t>(std::max(length, 0)), '\0');
  std::snprintf(text.data(), text.size() + 1, format.c_str(), value);
  return text;
}

std::string padded(const std::string& text, const Notation& notation) {
  const auto width = static_cast<std::size_t>(std::max(notation.width, 0));
  const std::string blanks(width > text.size() ? width - text.size() : 0, ' ');
  return notation.flags == "-" ? text + blanks : blanks + text;
}

template <typename T>
std::string text_of(const T& value, const Notation& notation) {
  if constexpr (std::is_same_v<T, std::string>) {
    return padded(value, notation);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    return printed(format_of(notation, "", notation.floating), static_cast<double>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    return printed(format_of(notation, "ll", 'u'), static_cast<unsigned long long>(value));
  } else if constexpr (std::is_integral_v<T>) {
    return printed(format_of(notation, "ll", 'd'), static_cast<long long>(value));
  } else {
    return "(" + text_of(value.real(), notation) + "," + text_of(value.imag(), notation) + ")";
  }
}

Kernel make_as_string(const Operation& op) {
  const DType dtype = base_dtype(op.input(0).dtype());
  return dispatch<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                  std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool,
                  std::complex<float>, std::complex<double>, std::string>(
      op, is_narrow_float(dtype) ? DType::kFloat32 : dtype, [&](auto zero) -> Kernel {
        using T = decltype(zero);
        return [notation = notation_of(op, dtype)](KernelContext& c) {
          const Tensor input = widen(c.input(0));
          Tensor& output = c.allocate_output(0, input.shape());
          const auto values = input.data<T>();
          const auto texts = output.mutable_data<std::string>();
          for (std::size_t i = 0; i < values.size(); ++i)
            texts[i] = text_of<T>(values[i], notation);
        };
      });
}

}  // namespace

void register_as_string_kernels(KernelRegistry& registry) {
  registry.add("AsString", make_as_string);
}

}  // namespace tensorkeep::runtime
