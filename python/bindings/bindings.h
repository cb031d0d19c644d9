#pragma once

#include <nanobind/nanobind.h>

// One function a topic; module.cc calls them all.
namespace tensorkeep::python {

void bind_exceptions(nanobind::module_& m);
void bind_graph(nanobind::module_& m);
void bind_graph_methods(nanobind::module_& m);
void bind_program_functions(nanobind::module_& m);
void bind_scopes(nanobind::module_& m);
void bind_tensor(nanobind::module_& m);
void bind_variables(nanobind::module_& m);
void bind_partitioned_variables(nanobind::module_& m);
void bind_variable_functions(nanobind::module_& m);
void bind_variable_scopes(nanobind::module_& m);
void bind_session(nanobind::module_& m);
void bind_raw_operations(nanobind::module_& m);
void bind_math(nanobind::module_& m);
void bind_reductions(nanobind::module_& m);
void bind_constants(nanobind::module_& m);
void bind_arrays(nanobind::module_& m);
void bind_slices(nanobind::module_& m);
void bind_nn(nanobind::module_& m);
void bind_random(nanobind::module_& m);
void bind_initializers(nanobind::module_& m);
void bind_control_flow(nanobind::module_& m);
void bind_gradients(nanobind::module_& m);
void bind_optimizers(nanobind::module_& m);
void bind_training(nanobind::module_& m);
void bind_saver(nanobind::module_& m);
void bind_meta_graph(nanobind::module_& m);
void bind_saved_model(nanobind::module_& m);
void bind_checkpoints(nanobind::module_& m);
void bind_files(nanobind::module_& m);
void bind_records(nanobind::module_& m);
void bind_datasets(nanobind::module_& m);
void bind_saver_builders(nanobind::module_& m);
void bind_lookup(nanobind::module_& m);
void bind_object_checkpoints(nanobind::module_& m);

}  // namespace tensorkeep::python
