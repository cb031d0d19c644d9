#include "saver_arguments.h"

#include "convert.h"
#include "session_ref.h"

namespace tensorkeep::python {

train::GlobalStep to_global_step(nb::handle step, const Graph* graph) {
  if (step.is_none()) return {};
  if (nb::isinstance<VariableRef>(step)) return nb::inst_ptr<VariableRef>(step)->variable;
  if (is_symbolic(step)) return to_output(step);
  if (graph != nullptr && PyUnicode_Check(step.ptr())) return named_fetch(*graph, step);
  return *to_optional_int(step).value;
}

}  // namespace tensorkeep::python
