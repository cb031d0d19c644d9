#include "tensorkeep/py_func.h"

#include <fmt/format.h>

#include <mutex>

#include "runtime/kernels/families.h"

namespace tensorkeep {
namespace {

struct Caller {
  std::mutex mutex;
  PyFuncCaller call;
};

Caller& the_caller() {
  static auto* const caller = new Caller;  // a module may end after static objects
  return *caller;
}

}  // namespace

void set_py_func_caller(PyFuncCaller caller) {
  const std::lock_guard lock(the_caller().mutex);
  the_caller().call = std::move(caller);
}

namespace runtime {
namespace {

std::vector<Tensor> call(const KernelContext& c, const std::string& token) {
  PyFuncCaller caller;
  {
    const std::lock_guard lock(the_caller().mutex);
    caller = the_caller().call;
  }
  if (!caller) c.fail("Could not find callback with key=" + token + " in the registry.");
  std::vector<Tensor> inputs;
  for (int i = 0; i < c.num_inputs(); ++i) inputs.push_back(c.input(i));
  try {
    return caller(token, inputs);
  } catch (const errors::Error& error) {
    errors::raise(error.code(), error.message(), {.node = c.op().name()});
  }
}

Kernel make_py_func(const Operation& op) {
  return [token = op.attr_string("token")](KernelContext& c) {
    std::vector<Tensor> results = call(c, token);
    const auto wanted = static_cast<std::size_t>(c.num_outputs());
    if (results.size() != wanted) {
      c.fail(fmt::format("{} returns {} values, but expects to see {} values.", token,
                         results.size(), wanted));
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      const DType dtype = c.op().output_dtype(static_cast<int>(i));
      if (results[i].dtype() == dtype) continue;
      c.fail(fmt::format("{}-th value returned by {} is {}, but expects {}", i, token,
                         name_of(results[i].dtype()), name_of(dtype)));
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      c.set_output(static_cast<int>(i), std::move(results[i]));
    }
  };
}

}  // namespace

void register_py_func_kernels(KernelRegistry& registry) {
  registry.add("PyFunc", make_py_func);
  registry.add("PyFuncStateless", make_py_func);
}

}  // namespace runtime
}  // namespace tensorkeep
