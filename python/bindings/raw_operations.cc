#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

const OpDef::AttrDef* attr_definition(const OpDef& def, const std::string& name) {
  for (const auto& attr : def.attr()) {
    if (attr.name() == name) return &attr;
  }
  return nullptr;
}

Operation* apply_op(const std::string& type, const Text& name, nb::handle inputs,
                    nb::handle attrs) {
  const OpDef* def = find_op_def(type);
  OpBuilder builder(type, name.value);
  int position = 0;
  for (const nb::handle input : inputs) {
    const bool wants_list = def != nullptr && position < def->input_arg_size() &&
                            (!def->input_arg(position).number_attr().empty() ||
                             !def->input_arg(position).type_list_attr().empty());
    ++position;
    if (wants_list) {
      builder.inputs(to_inputs(input));
    } else {
      builder.input(to_input(input));
    }
  }
  if (!attrs.is_none()) {
    for (const auto& [key, value] : nb::cast<nb::dict>(attrs)) {
      const auto attr = nb::cast<std::string>(key);
      if (value.is_none()) continue;
      const auto* definition = def != nullptr ? attr_definition(*def, attr) : nullptr;
      builder.attr(attr, Attr(attr_from_python(value, definition)));
    }
  }
  return builder.build();
}

}  // namespace

void bind_raw_operations(nb::module_& m) {
  m.def("apply_op", &apply_op, "op_type"_a, "name"_a = nb::none(), "inputs"_a = nb::list(),
        "attrs"_a = nb::none(),
        "Adds an operation of any type: opens its name scope, makes constants of literals, learns "
        "type attributes from the inputs. A list is one argument that is a list.");
  m.def(
      "find_op_def",
      [](const std::string& type) -> nb::object {
        const OpDef* def = find_op_def(type);
        return def != nullptr ? message_to_python(*def, "OpDef") : nb::none();
      },
      "op_type"_a, "The definition of an operation as an OpDef message; None if unknown.");
  m.def("op_types", &op_types, "The names of all operations that are defined, sorted.");
}

}  // namespace tensorkeep::python
