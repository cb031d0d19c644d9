#include "arrays.h"
#include "bindings.h"

NB_MODULE(_core, m) {
  using namespace tensorkeep::python;
  m.doc() = "The C++ library, under TensorFlow's names.";
  nanobind::set_leak_warnings(false);  // a library does not print
  init_numpy();
  bind_exceptions(m);
  bind_graph(m);
  bind_scopes(m);
  bind_graph_methods(m);
  bind_tensor(m);
  bind_variables(m);
  bind_partitioned_variables(m);
  bind_variable_functions(m);
  bind_variable_scopes(m);
  bind_session(m);
  bind_raw_operations(m);
  bind_math(m);
  bind_reductions(m);
  bind_constants(m);
  bind_arrays(m);
  bind_slices(m);
  bind_nn(m);
  bind_random(m);
  bind_initializers(m);
  bind_control_flow(m);
  bind_gradients(m);
  bind_program_functions(m);
  bind_optimizers(m);
  bind_training(m);
  bind_saver_builders(m);
  bind_saver(m);
  bind_lookup(m);
  bind_object_checkpoints(m);
  bind_meta_graph(m);
  bind_saved_model(m);
  bind_checkpoints(m);
  bind_files(m);
  bind_records(m);
  bind_datasets(m);
}
