#include "variable_updates.h"

#include "convert.h"
#include "python_objects.h"

// Updates are made in Python (_ops/state_ops.py); here they become methods.
namespace tensorkeep::python {

using namespace literals;

namespace {

using VariableClass = nb::class_<VariableRef>;

void add_of_rows(VariableClass& variable, const char* method, const char* description) {
  variable.def(
      method,
      [method](nb::handle self, nb::handle sparse_delta, nb::handle use_locking, nb::handle name) {
        return python_object("_ops.state_ops", "update_rows")(method, self, sparse_delta,
                                                              use_locking, name);
      },
      "sparse_delta"_a, "use_locking"_a = false, "name"_a = nb::none(), description);
}

void add_of_slices(VariableClass& variable, const char* method, const char* description) {
  variable.def(
      method,
      [method](nb::handle self, nb::handle indices, nb::handle updates, nb::handle name) {
        return python_object("_ops.state_ops", method)(self, indices, updates,
                                                       "use_locking"_a = true, "name"_a = name);
      },
      "indices"_a, "updates"_a, "name"_a = nb::none(), description);
}

}  // namespace

void add_updates(VariableClass& variable) {
  add_of_rows(variable, "scatter_add", "Adds to the rows that an IndexedSlices names.");
  add_of_rows(variable, "scatter_sub", "Subtracts from the rows that an IndexedSlices names.");
  add_of_rows(variable, "scatter_mul", "Multiplies the rows that an IndexedSlices names.");
  add_of_rows(variable, "scatter_div", "Divides the rows that an IndexedSlices names.");
  add_of_rows(variable, "scatter_max",
              "The larger elements of the rows that an IndexedSlices names, and of its values.");
  add_of_rows(variable, "scatter_min",
              "The smaller elements of the rows that an IndexedSlices names, and of its values.");
  add_of_rows(variable, "scatter_update", "Replaces the rows that an IndexedSlices names.");
  add_of_rows(variable, "batch_scatter_update",
              "Replaces rows of each matrix of the variable: the leading dimensions of an "
              "IndexedSlices' indices are the variable's.");
  add_of_slices(variable, "scatter_nd_add",
                "Adds to the parts at coordinates, of which the last dimension of `indices` has "
                "one each.");
  add_of_slices(variable, "scatter_nd_sub", "Subtracts from the parts at coordinates.");
  add_of_slices(variable, "scatter_nd_max",
                "The larger elements of the parts at coordinates, and of `updates`.");
  add_of_slices(variable, "scatter_nd_min",
                "The smaller elements of the parts at coordinates, and of `updates`.");
  add_of_slices(variable, "scatter_nd_update", "Replaces the parts at coordinates.");
  variable.def(
      "count_up_to",
      [](nb::handle self, nb::handle limit) {
        return python_object("_ops.state_ops", "count_up_to")(self, limit);
      },
      "limit"_a,
      "A tensor that is the value and adds one to it when it is run; at the limit the run raises "
      "OutOfRangeError.");
}

void bind_updated(nb::module_& m) {
  m.def(
      "_updated",
      [](nb::handle ref, nb::handle update) {
        const Variable variable = to_variable(ref);
        return wrap(updated(variable, to_operation(update)), variable);
      },
      "ref"_a, "update"_a);
}

}  // namespace tensorkeep::python
