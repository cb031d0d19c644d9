#pragma once

#include <cstdint>

#include "output.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::cli {

// Nested brackets, a row a line. With `summarise`, a dimension longer than six shows its three
// first and last elements.
void write_readable(Output& out, const Tensor& tensor, bool summarise);

// Nested JSON lists; an empty tensor is []. Numbers keep every bit; NaN and the infinities, which
// JSON lacks, are "NaN", "Infinity" and "-Infinity"; a complex number is [real, imaginary].
void write_json(Output& out, const Tensor& tensor);

// The elements' bytes, row-major and little-endian. Strings: a single one's bytes; of several, each
// one's length as 8 bytes and its bytes.
void write_raw(Output& out, const Tensor& tensor);

}  // namespace tensorkeep::cli
