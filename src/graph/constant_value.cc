#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <unordered_map>

#include "base/checked_math.h"
#include "graph/shape_inference.h"
#include "tensorkeep/literal.h"

// What a symbolic tensor is known to hold, from constants and static shapes alone. TensorFlow's
// Python builds different nodes where this answers, so the list of operations is TensorFlow's.
namespace tensorkeep {
namespace {

using Value = std::optional<Tensor>;

// Graphs of other people may chain thousands of operations; past this nothing is known.
constexpr int kMaxDepth = 64;
constexpr std::int64_t kMaxElements = 1 << 20;

Value value_of(const Output& tensor, int depth);

Tensor integers(const std::vector<std::int64_t>& values, DType dtype, Shape shape) {
  Tensor result(dtype, std::move(shape));
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      auto* out = static_cast<T*>(result.mutable_raw_data());
      for (std::size_t i = 0; i < values.size(); ++i) out[i] = static_cast<T>(values[i]);
    }
  });
  return result;
}

std::optional<std::int64_t> scalar_int(const Value& value) {
  if (!value || value->num_elements() != 1) return std::nullopt;
  if (value->dtype() == int32) return value->value<std::int32_t>();
  if (value->dtype() == int64) return value->value<std::int64_t>();
  return std::nullopt;
}

Value shape_of(const Output& tensor, int) {
  const Shape& shape = tensor.op().input(0).shape();
  if (!shape.fully_defined()) return std::nullopt;
  return integers(shape.dims(), tensor.dtype(), {shape.rank()});
}

Value size_of_input(const Output& tensor, int) {
  const auto count = tensor.op().input(0).shape().checked_num_elements();
  if (!count) return std::nullopt;
  return integers({*count}, tensor.dtype(), {});
}

Value rank_of(const Output& tensor, int) {
  const Shape& shape = tensor.op().input(0).shape();
  if (!shape.rank_known()) return std::nullopt;
  return integers({shape.rank()}, int32, {});
}

Value range(const Output& tensor, int depth) {
  const Operation& op = tensor.op();
  const auto start = scalar_int(value_of(op.input(0), depth));
  const auto limit = scalar_int(value_of(op.input(1), depth));
  const auto delta = scalar_int(value_of(op.input(2), depth));
  if (!start || !limit || !delta || *delta == 0) return std::nullopt;
  std::vector<std::int64_t> values;
  for (auto v = start; v && (*delta > 0 ? *v < *limit : *v > *limit); v = checked_add(*v, *delta)) {
    if (values.size() >= static_cast<std::size_t>(kMaxElements)) return std::nullopt;
    values.push_back(*v);
  }
  const auto count = static_cast<std::int64_t>(values.size());
  return integers(values, tensor.dtype(), {count});
}

// Whether C++ defines what the number becomes.
template <typename To, typename From>
bool fits(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return value >= static_cast<From>(std::numeric_limits<To>::min()) &&
           value < std::ldexp(From(1), std::numeric_limits<To>::digits);
  }
  return true;
}

Value cast(const Output& tensor, int depth) {
  Value value = value_of(tensor.op().input(0), depth);
  if (!value) return std::nullopt;
  if (value->dtype() == tensor.dtype()) return value;
  Value result;
  visit_dtype(value->dtype(), [&](auto from_zero) {
    using From = decltype(from_zero);
    visit_dtype(tensor.dtype(), [&](auto to_zero) {
      using To = decltype(to_zero);
      if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
        Tensor out(tensor.dtype(), value->shape());
        const auto* in = static_cast<const From*>(value->raw_data());
        auto* to = static_cast<To*>(out.mutable_raw_data());
        for (std::int64_t i = 0; i < value->num_elements(); ++i) {
          if (!fits<To>(in[i])) return;
          to[i] = static_cast<To>(in[i]);
        }
        result = out;
      }
    });
  });
  return result;
}

// Joins values along an axis; all of one type that is not string.
Value concatenate(const std::vector<Tensor>& values, std::int64_t axis, DType dtype) {
  if (values.empty() || dtype == string) return std::nullopt;
  const int rank = values[0].shape().rank();
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  std::vector<std::int64_t> dims = values[0].shape().dims();
  dims[static_cast<std::size_t>(axis)] = 0;
  for (const Tensor& value : values) {
    if (value.shape().rank() != rank) return std::nullopt;
    for (int i = 0; i < rank; ++i) {
      const auto index = static_cast<std::size_t>(i);
      if (i == axis) {
        const auto sum = checked_add(dims[index], value.shape().dim(i));
        if (!sum) return std::nullopt;
        dims[index] = *sum;
      } else if (dims[index] != value.shape().dim(i)) {
        return std::nullopt;
      }
    }
  }
  Tensor result(dtype, Shape(dims));
  if (result.num_elements() == 0) return result;  // the other dimensions may be any size
  auto* out = static_cast<char*>(result.mutable_raw_data());
  std::int64_t outer = 1;
  for (int i = 0; i < axis; ++i) outer *= dims[static_cast<std::size_t>(i)];
  for (std::int64_t row = 0; row < outer; ++row) {
    for (const Tensor& value : values) {
      const std::size_t bytes = value.num_bytes() / static_cast<std::size_t>(outer);
      std::memcpy(
          out, static_cast<const char*>(value.raw_data()) + static_cast<std::size_t>(row) * bytes,
          bytes);
      out += bytes;
    }
  }
  return result;
}

Value concat(const Output& tensor, int depth) {
  const Operation& op = tensor.op();
  const bool v2 = op.type() == "ConcatV2";
  const int count = op.num_inputs() - 1;
  const auto axis = scalar_int(value_of(op.input(v2 ? count : 0), depth));
  if (!axis) return std::nullopt;
  std::vector<Tensor> values;
  for (int i = 0; i < count; ++i) {
    const Value value = value_of(op.input(v2 ? i : i + 1), depth);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return concatenate(values, *axis, tensor.dtype());
}

Value pack(const Output& tensor, int depth) {
  const Operation& op = tensor.op();
  if (op.attr_int("axis") != 0) return std::nullopt;
  std::vector<Tensor> rows;
  for (const Output& input : op.inputs()) {
    const Value value = value_of(input, depth);
    if (!value) return std::nullopt;
    rows.push_back(value->reshaped(Shape({1}).concatenate(value->shape())));
  }
  return concatenate(rows, 0, tensor.dtype());
}

Value unpack(const Output& tensor, int depth) {
  if (tensor.op().attr_int("axis") != 0) return std::nullopt;
  const Value value = value_of(tensor.op().input(0), depth);
  if (!value || value->shape().rank() == 0 || tensor.index() >= value->shape().dim(0)) {
    return std::nullopt;
  }
  const auto& dims = value->shape().dims();
  return value->rows(tensor.index(), tensor.index() + 1)
      .reshaped(Shape(std::vector<std::int64_t>(dims.begin() + 1, dims.end())));
}

Value fill(const Output& tensor, int depth) {
  const Value value = value_of(tensor.op().input(1), depth);
  const auto count = tensor.shape().checked_num_elements();
  if (!value || value->num_elements() != 1 || !count || *count > kMaxElements ||
      value->dtype() == string) {
    return std::nullopt;
  }
  Tensor result(value->dtype(), tensor.shape());
  const std::size_t width = size_of(value->dtype());
  auto* out = static_cast<char*>(result.mutable_raw_data());
  for (std::int64_t i = 0; i < *count; ++i) {
    std::memcpy(out + static_cast<std::size_t>(i) * width, value->raw_data(), width);
  }
  return result;
}

// Equal and NotEqual of equal shapes, which is what TensorFlow's own gradients ask for.
Value compare(const Output& tensor, int depth) {
  const Value a = value_of(tensor.op().input(0), depth);
  const Value b = value_of(tensor.op().input(1), depth);
  if (!a || !b || a->shape() != b->shape()) return std::nullopt;
  const bool wanted = tensor.op().type() == "Equal";
  Tensor result(boolean, a->shape());
  auto out = result.mutable_data<bool>();
  Value answer;
  visit_dtype(a->dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      const auto* x = static_cast<const T*>(a->raw_data());
      const auto* y = static_cast<const T*>(b->raw_data());
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = (x[i] == y[i]) == wanted;
      answer = result;
    }
  });
  return answer;
}

Value identity(const Output& tensor, int depth) {
  return value_of(tensor.op().input(0), depth);
}
Value constant(const Output& tensor, int) {
  const Tensor value = tensor.op().attr_tensor("value");
  if (value.dtype() != tensor.dtype()) return std::nullopt;  // the run will say so
  return value;
}

using Rule = Value (*)(const Output&, int);

const std::unordered_map<std::string, Rule>& rules() {
  static const auto* const table = new std::unordered_map<std::string, Rule>{
      {"Const", constant},   {"Shape", shape_of},    {"Size", size_of_input},
      {"Rank", rank_of},     {"Range", range},       {"Cast", cast},
      {"Concat", concat},    {"ConcatV2", concat},   {"Pack", pack},
      {"Unpack", unpack},    {"Fill", fill},         {"Equal", compare},
      {"NotEqual", compare}, {"Identity", identity}, {"StopGradient", identity},
  };
  return *table;
}

Value value_of(const Output& tensor, int depth) {
  if (depth >= kMaxDepth || !tensor) return std::nullopt;
  const auto rule = rules().find(tensor.op().type());
  if (rule == rules().end()) return std::nullopt;
  for (const Output& input : tensor.op().inputs()) {
    if (!input) return std::nullopt;
  }
  return rule->second(tensor, depth + 1);
}

Shape as_shape(const Output& tensor, int depth);

Shape strided_slice_of_shape(const Operation& op, int depth) {
  const auto begin = scalar_int(value_of(op.input(1), depth));
  const auto end = scalar_int(value_of(op.input(2), depth));
  const auto stride = scalar_int(value_of(op.input(3), depth));
  const std::int64_t begin_mask = op.attr_int("begin_mask");
  const std::int64_t end_mask = op.attr_int("end_mask");
  const bool plain = op.attr_int("ellipsis_mask") == 0 && op.attr_int("new_axis_mask") == 0 &&
                     op.attr_int("shrink_axis_mask") == 0 && begin_mask <= 1 && end_mask <= 1;
  const Shape whole = as_shape(op.input(0), depth);
  if (!begin || !end || !stride || !plain || *stride == 0 || !whole.rank_known()) {
    return Shape::unknown();
  }
  const std::int64_t rank = whole.rank();
  const bool forward = *stride > 0;
  const auto clamp = [&](std::int64_t index) {
    if (index < 0) index += rank;
    return std::clamp(index, forward ? std::int64_t{0} : std::int64_t{-1},
                      forward ? rank : rank - 1);
  };
  const std::int64_t first = begin_mask ? (forward ? 0 : rank - 1) : clamp(*begin);
  const std::int64_t last = end_mask ? (forward ? rank : -1) : clamp(*end);
  std::vector<std::int64_t> dims;
  for (std::optional i = first; i && (forward ? *i < last : *i > last);
       i = checked_add(*i, *stride)) {
    dims.push_back(whole.dim(static_cast<int>(*i)));
  }
  return Shape(std::move(dims));
}

Shape pack_as_shape(const Operation& op, int depth) {
  std::vector<std::int64_t> dims;
  for (const Output& input : op.inputs()) {
    const auto dim = scalar_int(value_of(input, depth));
    dims.push_back(dim && *dim >= 0 ? *dim : None);
  }
  return Shape(std::move(dims));
}

Shape concat_as_shape(const Operation& op, int depth) {
  const bool v2 = op.type() == "ConcatV2";
  Shape shape;
  for (int i = 0; i + 1 < op.num_inputs(); ++i) {
    shape = shape.concatenate(as_shape(op.input(v2 ? i : i + 1), depth));
  }
  return shape;
}

Shape as_shape(const Output& tensor, int depth) {
  if (depth >= kMaxDepth) return Shape::unknown();
  ++depth;
  const Shape& own = tensor.shape();
  if (own == Shape({0})) return Shape();
  const Operation& op = tensor.op();
  Shape known = Shape::unknown();
  if (op.type() == "Cast") {
    known = as_shape(op.input(0), depth);
  } else if (op.type() == "Shape") {
    known = op.input(0).shape();
  } else if (op.type() == "Pack") {
    known = pack_as_shape(op, depth);
  } else if (op.type() == "Concat" || op.type() == "ConcatV2") {
    known = concat_as_shape(op, depth);
  } else if (op.type() == "StridedSlice") {
    known = strided_slice_of_shape(op, depth);
  }
  if (known.rank_known()) return known;
  if (const Value value = value_of(tensor, depth);
      value && value->shape().rank() == 1 && (value->dtype() == int32 || value->dtype() == int64)) {
    std::vector<std::int64_t> dims;
    for (std::int64_t i = 0; i < value->num_elements(); ++i) {
      dims.push_back(std::max(None, *scalar_int(value->rows(i, i + 1))));
    }
    return Shape(std::move(dims));
  }
  // At least the rank is the length of the vector.
  if (own.rank_known() && own.rank() == 1 && own.dim(0) >= 0 && own.dim(0) < 255) {
    return Shape::unknown_of_rank(static_cast<int>(own.dim(0)));
  }
  return Shape::unknown();
}

}  // namespace

std::optional<Tensor> constant_value(const Output& tensor) {
  return value_of(tensor, 0);
}
Shape constant_value_as_shape(const Output& tensor) {
  return as_shape(tensor, 0);
}

}  // namespace tensorkeep
