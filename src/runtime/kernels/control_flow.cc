#include "runtime/kernels/families.h"

// What branches and loops are made of. Merge, Enter, Exit and NextIteration are steps of their own
// (runtime/program.h); an output that is not set is a branch that is not taken.
namespace tensorkeep::runtime {
namespace {

void switch_value(KernelContext& c) {
  if (c.input_shape(1).num_elements() != 1) {
    c.fail("The second input must be a scalar, but it has shape " +
           c.input_shape(1).debug_string());
  }
  c.set_output(c.input(1).data<bool>()[0] ? 1 : 0, c.input_value(0));
}

void loop_condition(KernelContext& c) {
  c.set_output(0, c.input(0));
}

}  // namespace

void register_control_flow_kernels(KernelRegistry& registry) {
  registry.add_function("Switch", switch_value);
  registry.add_function("RefSwitch", switch_value);
  registry.add_function("LoopCond", loop_condition);
}

}  // namespace tensorkeep::runtime
