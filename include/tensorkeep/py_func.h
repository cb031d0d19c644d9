#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensorkeep/tensor.h"

// Functions of the host language in a graph: the operations PyFunc and PyFuncStateless call one by
// a token. For the language's module, which keeps the functions.
namespace tensorkeep {

// Calls the function of a token; from any thread, several at once.
using PyFuncCaller =
    std::function<std::vector<Tensor>(const std::string& token, const std::vector<Tensor>& inputs)>;

// Sets the one caller of this process. Without one no token is known.
void set_py_func_caller(PyFuncCaller caller);

}  // namespace tensorkeep
