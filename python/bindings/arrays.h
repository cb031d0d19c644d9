#pragma once

#include <nanobind/nanobind.h>

#include <optional>

#include "tensorkeep/tensor.h"

// Between tensors and numpy's arrays, without copies where the memory can be shared.
namespace tensorkeep::python {

namespace nb = nanobind;

void init_numpy();  // once, when the module is loaded

// An array over the tensor's buffer; a scalar becomes a numpy scalar, strings an object array of
// bytes. Read-only if anybody else holds the buffer; a copy if the memory is not ours.
nb::object array_of(Tensor tensor);

bool is_array(nb::handle object);         // an ndarray
bool is_numpy_scalar(nb::handle object);  // np.float32(1), as opposed to 1.0

// The array that numpy makes of an object, of the elements' type that holds `dtype`.
nb::object array_of_object(nb::handle object, DType dtype);

// The tensor of an array, a scalar, or whatever numpy makes an array of; of type `dtype` (converted
// as numpy converts, whatever is lost), or else of the array's own. Contiguous arrays of the right
// type are used in place, and kept alive. Throws TypeError and ValueError as numpy does.
Tensor tensor_of_object(nb::handle object, std::optional<DType> dtype);

}  // namespace tensorkeep::python
