#pragma once

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

// Python's operators that C++ has none for, as TensorFlow's tensors have them; + - * / % are those
// of math_ops.h. A literal on the left is converted to the type on the right.
namespace tensorkeep::operators {

Output floordiv(const Input& x, const Input& y);  // x // y
Output pow(const Input& x, const Input& y);       // x ** y
Output matmul(const Input& x, const Input& y);    // x @ y
// x & y and so on: logical on booleans, bitwise on integers.
Output bitwise_and(const Input& x, const Input& y);
Output bitwise_or(const Input& x, const Input& y);
Output bitwise_xor(const Input& x, const Input& y);

}  // namespace tensorkeep::operators
