#pragma once

#include <nanobind/nanobind.h>

namespace tensorkeep::python {

// tf.train.Optimizer, which programs may derive from.
void bind_optimizer_base(nanobind::module_& train);

}  // namespace tensorkeep::python
