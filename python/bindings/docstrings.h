#pragma once

namespace tensorkeep::python {

// What Python says of a function that is bound as one of a family. Throws std::out_of_range.
const char* docstring(const char* name);

}  // namespace tensorkeep::python
