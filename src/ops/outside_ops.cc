#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"

// What leaves a graph and comes in: tensors as bytes, files, lines of text, the time, functions of
// the program.
namespace tensorkeep::ops {
namespace {

void write_file(ShapeContext& c) {
  (void)c.input_with_rank(0, 0);
  (void)c.input_with_rank(1, 0);
}

void of_anything(ShapeContext& c) {
  for (int i = 0; i < c.op().num_outputs(); ++i) c.set_output(i, Shape::unknown());
}

void print(ShapeContext& c) {
  (void)c.input_with_rank(0, 0);
}

}  // namespace

void register_outside(OpRegistry& registry) {
  const OpRow rows[] = {
      {"ParseTensor", {shape_fn::unknown, nullptr, true}},
      {"PrintV2", {print, nullptr, true}},
      {"PyFunc", {of_anything, nullptr, true}},
      {"PyFuncStateless", {of_anything, nullptr, true}},
      {"SerializeTensor", {shape_fn::scalar, nullptr, true}},
      {"Timestamp", {shape_fn::scalar, nullptr, true}},
      {"WriteFile", {write_file, nullptr, true}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
