#pragma once

#include <nanobind/nanobind.h>

#include <optional>

#include "tensorkeep/saver.h"

namespace tensorkeep::python {

// Python's Saver (and what its programs derive from it) and C++'s.
nanobind::object saver_to_python(const train::Saver& saver);
std::optional<train::Saver> saver_from_python(nanobind::handle object);

}  // namespace tensorkeep::python
