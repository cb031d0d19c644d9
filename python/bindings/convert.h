#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "handles.h"
#include "tensorkeep/tensorkeep.h"

// What Python passes, as C++ takes it. A conversion that fails throws the exception TensorFlow
// raises; so nanobind's casters, which may not throw, keep the object and convert it when the
// function is called.
namespace tensorkeep::python {

namespace nb = nanobind;

// "x"_a names an argument that may be None: which function takes None, and what the others raise,
// is for the conversions to say.
namespace literals {
inline auto operator""_a(const char* name, std::size_t) {
  return nb::arg(name).none();
}
}  // namespace literals

// Tensors, variables, numbers, strings, arrays, shapes, and lists of these. Throws ValueError "None
// values not supported.", TypeError for what is no tensor.
Input to_input(nb::handle object);
std::vector<Input> to_inputs(nb::handle object);  // of a sequence
Output to_output(nb::handle object);              // a tensor as it is, or else converted
Variable to_variable(nb::handle object);          // TypeError unless it is one
Operation* to_operation(nb::handle object);       // an operation, or that of a tensor or variable
std::string to_text(nb::handle object);           // str or bytes; "" for None
std::vector<std::string> to_texts(nb::handle sequence);
std::string shown(nb::handle object);  // as repr() has it, for messages
// Whether the object is or contains something of a graph.
bool is_symbolic(nb::handle object);
Literal to_literal(nb::handle object);

// An argument that may be None, where the C++ default is a null Input.
struct OptionalInput {
  Input value;
};
// Names: None and "" are the same.
struct Text {
  std::string value;
};
// None, or a value.
struct OptionalDType {
  std::optional<DType> value;
};
struct OptionalShape {
  std::optional<Shape> value;
};
struct OptionalInt {
  std::optional<std::int64_t> value;
};
struct Ints {
  std::vector<std::int64_t> value;  // of a list, or of one number
};
struct Dependencies {
  std::vector<Operation*> value;
};

OptionalInput to_optional_input(nb::handle object);
OptionalDType to_optional_dtype(nb::handle object);
OptionalShape to_optional_shape(nb::handle object);
OptionalInt to_optional_int(nb::handle object);
Ints to_ints(nb::handle object);
Dependencies to_dependencies(nb::handle object);
inline Text to_name(nb::handle object) {
  return {to_text(object)};
}

}  // namespace tensorkeep::python

namespace nanobind::detail {

template <typename T, T (*kConvert)(handle)>
struct DeferredCaster {
  template <typename>
  using Cast = T;
  template <typename>
  static constexpr bool can_cast() {
    return true;
  }
  bool from_python(handle source, std::uint32_t, cleanup_list*) noexcept {
    source_ = source;
    return true;
  }
  operator T() const { return kConvert(source_); }

 private:
  handle source_;
};

#define TENSORKEEP_CASTER(Type, convert, shown)              \
  template <>                                                \
  struct type_caster<Type> : DeferredCaster<Type, convert> { \
    static constexpr auto Name = const_name(shown);          \
  }

TENSORKEEP_CASTER(tensorkeep::Input, tensorkeep::python::to_input, "typing.Any");
TENSORKEEP_CASTER(std::vector<tensorkeep::Input>, tensorkeep::python::to_inputs,
                  "collections.abc.Sequence[typing.Any]");
TENSORKEEP_CASTER(tensorkeep::python::OptionalInput, tensorkeep::python::to_optional_input,
                  "typing.Any");
TENSORKEEP_CASTER(tensorkeep::python::Text, tensorkeep::python::to_name, "str | None");
TENSORKEEP_CASTER(tensorkeep::python::OptionalDType, tensorkeep::python::to_optional_dtype,
                  "typing.Any");
TENSORKEEP_CASTER(tensorkeep::python::OptionalShape, tensorkeep::python::to_optional_shape,
                  "typing.Any");
TENSORKEEP_CASTER(tensorkeep::python::OptionalInt, tensorkeep::python::to_optional_int,
                  "int | None");
TENSORKEEP_CASTER(tensorkeep::python::Ints, tensorkeep::python::to_ints,
                  "int | collections.abc.Sequence[int]");
TENSORKEEP_CASTER(tensorkeep::python::Dependencies, tensorkeep::python::to_dependencies,
                  "collections.abc.Sequence[typing.Any]");
#undef TENSORKEEP_CASTER

// Values of C++ that have a handle of their own in Python.
template <typename T>
struct WrappingCaster {
  template <typename>
  using Cast = T;
  template <typename>
  static constexpr bool can_cast() {
    return true;
  }
  static handle from_cpp(const T& value, rv_policy, cleanup_list*) {
    return tensorkeep::python::wrap(value).release();
  }
};

template <>
struct type_caster<tensorkeep::Output> : WrappingCaster<tensorkeep::Output> {
  static constexpr auto Name = const_name("Tensor");
};
template <>
struct type_caster<std::vector<tensorkeep::Output>>
    : WrappingCaster<std::vector<tensorkeep::Output>> {
  static constexpr auto Name = const_name("list[Tensor]");
};
template <>
struct type_caster<tensorkeep::Variable> : WrappingCaster<tensorkeep::Variable> {
  static constexpr auto Name = const_name("Variable");
};
template <>
struct type_caster<std::vector<tensorkeep::Variable>>
    : WrappingCaster<std::vector<tensorkeep::Variable>> {
  static constexpr auto Name = const_name("list[Variable]");
};
template <>
struct type_caster<tensorkeep::AnyVariable> : WrappingCaster<tensorkeep::AnyVariable> {
  static constexpr auto Name = const_name("Variable");
};
template <>
struct type_caster<tensorkeep::Operation> {
  static constexpr auto Name = const_name("Operation");
  template <typename>
  using Cast = tensorkeep::Operation*;
  template <typename>
  static constexpr bool can_cast() {
    return true;
  }
  static handle from_cpp(tensorkeep::Operation* op, rv_policy, cleanup_list*) {
    return tensorkeep::python::wrap(op).release();
  }
};
template <>
struct type_caster<std::vector<tensorkeep::Operation*>> {
  static constexpr auto Name = const_name("list[Operation]");
  template <typename>
  using Cast = std::vector<tensorkeep::Operation*>;
  static handle from_cpp(const std::vector<tensorkeep::Operation*>& ops, rv_policy, cleanup_list*) {
    return tensorkeep::python::wrap(ops).release();
  }
};

}  // namespace nanobind::detail
