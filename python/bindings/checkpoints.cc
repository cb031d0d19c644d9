#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using train::CheckpointReader;

nb::object dims_of(const Shape& shape) {
  return nb::cast(shape.dims());
}

nb::list tensor_infos(const CheckpointReader& reader) {
  nb::list rows;
  for (const train::TensorInfo& info : reader.tensors()) {
    nb::dict row;
    row["name"] = info.name;
    row["full_name"] = info.full_name;
    row["dtype"] = wrap(info.dtype);
    row["shape"] = dims_of(info.shape);
    row["bytes"] = info.bytes;
    row["slices"] = info.slices;
    rows.append(row);
  }
  return rows;
}

nb::list verdicts(const CheckpointReader& reader) {
  std::vector<train::TensorVerdict> found;
  {
    const nb::gil_scoped_release released;
    found = reader.verify();
  }
  nb::list rows;
  for (const train::TensorVerdict& verdict : found) {
    nb::dict row;
    row["name"] = verdict.name;
    row["status"] = verdict.status;
    row["message"] = verdict.message;
    rows.append(row);
  }
  return rows;
}

nb::object get_tensor(const CheckpointReader& reader, const Text& name) {
  Tensor tensor;
  {
    const nb::gil_scoped_release released;
    tensor = reader.get_tensor(name.value);
  }
  return array_of(std::move(tensor));
}

nb::object get_slice(const CheckpointReader& reader, const Text& name, const std::string& slice) {
  Tensor tensor;
  {
    const nb::gil_scoped_release released;
    tensor = reader.get_slice(name.value, slice);
  }
  return array_of(std::move(tensor));
}

void bind_reader(nb::module_& m) {
  nb::class_<CheckpointReader>(
      m, "CheckpointReader", nb::dynamic_attr(), nb::is_weak_referenceable(),
      "A checkpoint open for reading, of either format: a prefix, any file of it, or a folder. May "
      "be used by several threads at once.")
      .def(
          "__init__",
          [](CheckpointReader* self, const Text& path) { new (self) CheckpointReader(path.value); },
          "filename"_a, "Raises NotFoundError, or DataLossError if the file is no checkpoint.")
      .def_prop_ro("prefix", &CheckpointReader::prefix,
                   "The checkpoint's path without the ends of its files.")
      .def_prop_ro(
          "format_version",
          [](const CheckpointReader& self) { return static_cast<int>(self.format_version()); },
          "1 or 2, as in SaverDef.")
      .def(
          "get_variable_to_shape_map",
          [](const CheckpointReader& self) {
            nb::dict shapes;
            for (const auto& [name, shape] : self.get_variable_to_shape_map()) {
              shapes[name.c_str()] = dims_of(shape);
            }
            return shapes;
          },
          "A dict from names to shapes, lists of ints.")
      .def(
          "get_variable_to_dtype_map",
          [](const CheckpointReader& self) {
            nb::dict dtypes;
            for (const auto& [name, dtype] : self.get_variable_to_dtype_map()) {
              dtypes[name.c_str()] = wrap(dtype);
            }
            return dtypes;
          },
          "A dict from names to DTypes.")
      .def(
          "has_tensor",
          [](const CheckpointReader& self, nb::handle name) {
            if (name.is_none()) errors::raise_type_error("Expected a string, got None");
            return self.has_tensor(to_text(name));
          },
          "tensor_str"_a, "Whether there is a tensor of this name.")
      .def("get_tensor", &get_tensor, "tensor_str"_a,
           "The tensor as an array. Raises NotFoundError, DataLossError, OutOfRangeError.")
      .def("get_slice", &get_slice, "tensor_str"_a, "slice_spec"_a,
           "A part as an array, \"0,2:-\": rows 0 and 1 with every column. Raises "
           "InvalidArgumentError for what is no slice, InternalError for one out of bounds.")
      .def(
          "debug_string",
          [](const CheckpointReader& self) {
            const std::string text = self.debug_string();
            return nb::bytes(text.data(), text.size());
          },
          "A line for each tensor, name, type and shape, as bytes.")
      .def("tensors", &tensor_infos,
           "A dict of name, dtype, shape, bytes, slices and full_name for each tensor.")
      .def("verify", &verdicts,
           "Reads every byte: a dict of name, status (\"ok\" or what is wrong) and message each.")
      .def("remarks", &CheckpointReader::remarks,
           "What is odd about the files and does not keep them from being read: a list of "
           "sentences.")
      .def("_repr_html_", [](nb::handle self) {
        return python_object("_client.tables", "checkpoint_table")(self);
      });
  m.def(
      "NewCheckpointReader", [](const Text& path) { return CheckpointReader(path.value); },
      "filepattern"_a,
      "A CheckpointReader. Raises NotFoundError, or DataLossError if the file is no checkpoint.");
  m.def(
      "load_checkpoint", [](const Text& path) { return train::load_checkpoint(path.value); },
      "ckpt_dir_or_file"_a,
      "A CheckpointReader for a checkpoint or a folder of them. Raises NotFoundError, "
      "DataLossError.");
  m.def(
      "load_variable",
      [](const Text& path, const Text& name) {
        Tensor tensor;
        {
          const nb::gil_scoped_release released;
          tensor = train::load_variable(path.value, name.value);
        }
        return array_of(std::move(tensor));
      },
      "ckpt_dir_or_file"_a, "name"_a,
      "One tensor as an array. Raises NotFoundError, DataLossError.");
  m.def(
      "list_variables",
      [](const Text& path) {
        nb::list rows;
        for (const auto& [name, shape] : train::list_variables(path.value)) {
          rows.append(nb::make_tuple(name, dims_of(shape)));
        }
        return rows;
      },
      "ckpt_dir_or_file"_a,
      "A list of pairs (name, shape as a list of ints), by name. Raises NotFoundError, "
      "DataLossError.");
}

nb::object state_to_python(const train::CheckpointState& state) {
  nb::object message = python_object("_framework.protos", "CheckpointState")();
  message.attr("model_checkpoint_path") = state.model_checkpoint_path;
  message.attr("all_model_checkpoint_paths").attr("extend")(state.all_model_checkpoint_paths);
  message.attr("all_model_checkpoint_timestamps")
      .attr("extend")(state.all_model_checkpoint_timestamps);
  if (state.last_preserved_timestamp != 0) {
    message.attr("last_preserved_timestamp") = state.last_preserved_timestamp;
  }
  return message;
}

train::CheckpointStateOptions state_options(nb::handle paths, nb::handle timestamps,
                                            nb::handle last_preserved) {
  train::CheckpointStateOptions options;
  if (!paths.is_none()) options.all_model_checkpoint_paths = to_texts(paths);
  if (!timestamps.is_none()) {
    for (const nb::handle time : timestamps) {
      options.all_model_checkpoint_timestamps.push_back(nb::cast<double>(time));
    }
  }
  if (!last_preserved.is_none()) {
    options.last_preserved_timestamp = nb::cast<double>(last_preserved);
  }
  return options;
}

void bind_state(nb::module_& m) {
  m.def(
      "latest_checkpoint",
      [](const Text& dir, const Text& latest_filename) -> nb::object {
        const auto path = train::latest_checkpoint(
            dir.value, latest_filename.value.empty() ? "checkpoint" : latest_filename.value);
        return path ? nb::cast(*path) : nb::none();
      },
      "checkpoint_dir"_a, "latest_filename"_a = nb::none(),
      "The newest checkpoint's prefix; None if there is none.");
  m.def(
      "get_checkpoint_state",
      [](const Text& dir, const Text& latest_filename) -> nb::object {
        const auto state = train::get_checkpoint_state(
            dir.value, latest_filename.value.empty() ? "checkpoint" : latest_filename.value);
        return state ? state_to_python(*state) : nb::none();
      },
      "checkpoint_dir"_a, "latest_filename"_a = nb::none(),
      "The folder's `checkpoint` file as a CheckpointState with whole paths; None if there is "
      "none. Raises DataLossError if it cannot be read.");
  m.def(
      "generate_checkpoint_state_proto",
      [](const Text& save_dir, const Text& path, nb::handle paths, nb::handle timestamps,
         nb::handle last_preserved) {
        return state_to_python(train::generate_checkpoint_state_proto(
            save_dir.value, path.value, state_options(paths, timestamps, last_preserved)));
      },
      "save_dir"_a, "model_checkpoint_path"_a, "all_model_checkpoint_paths"_a = nb::none(),
      "all_model_checkpoint_timestamps"_a = nb::none(), "last_preserved_timestamp"_a = nb::none(),
      "A CheckpointState message, with paths relative to `save_dir` where they are in it. Raises "
      "ValueError if there are other times than paths.");
  m.def(
      "update_checkpoint_state",
      [](const Text& save_dir, const Text& path, nb::handle paths, const Text& latest_filename,
         nb::handle timestamps, nb::handle last_preserved) {
        train::CheckpointStateOptions options = state_options(paths, timestamps, last_preserved);
        if (!latest_filename.value.empty()) options.latest_filename = latest_filename.value;
        train::update_checkpoint_state(save_dir.value, path.value, options);
      },
      "save_dir"_a, "model_checkpoint_path"_a, "all_model_checkpoint_paths"_a = nb::none(),
      "latest_filename"_a = nb::none(), "all_model_checkpoint_timestamps"_a = nb::none(),
      "last_preserved_timestamp"_a = nb::none(),
      "Writes the folder's `checkpoint` file in one atomic step. Raises RuntimeError if it would "
      "overwrite the checkpoint itself.");
  m.def(
      "checkpoint_exists",
      [](const Text& prefix) { return train::checkpoint_exists(prefix.value); },
      "checkpoint_prefix"_a, "Whether there is a checkpoint, of either format, under this prefix.");
  m.def(
      "get_checkpoint_mtimes",
      [](nb::handle prefixes) { return train::get_checkpoint_mtimes(to_texts(prefixes)); },
      "checkpoint_prefixes"_a,
      "A list of the times, in seconds since 1970, of those checkpoints that are there.");
  m.def(
      "remove_checkpoint",
      [](const Text& prefix, int version, const std::string& suffix) {
        train::remove_checkpoint(prefix.value, static_cast<train::CheckpointFormatVersion>(version),
                                 suffix);
      },
      "checkpoint_prefix"_a, "checkpoint_format_version"_a = 2, "meta_graph_suffix"_a = "meta",
      "Removes a checkpoint's files and its .meta. What is not there is no error.");
  m.def(
      "meta_graph_filename",
      [](const Text& name, const std::string& suffix) {
        return train::meta_graph_filename(name.value, suffix);
      },
      "checkpoint_filename"_a, "meta_graph_suffix"_a = "meta",
      "The name of the .meta file that belongs to a checkpoint: \"model-10\" gives "
      "\"model-10.meta\".");
}

train::AssignmentTarget target_of(nb::handle object) {
  if (nb::isinstance<VariableRef>(object)) return nb::inst_ptr<VariableRef>(object)->variable;
  if (nb::isinstance<PartitionedVariableRef>(object)) {
    return nb::inst_ptr<PartitionedVariableRef>(object)->variable;
  }
  if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) {
    std::vector<Variable> parts;
    for (const nb::handle part : object) parts.push_back(to_variable(part));
    return parts;
  }
  return to_text(object);
}

void bind_initialization(nb::module_& m) {
  m.def(
      "init_from_checkpoint",
      [](const Text& path, nb::handle assignment_map) {
        train::AssignmentMap map;
        const nb::object pairs = nb::hasattr(assignment_map, "items")
                                     ? assignment_map.attr("items")()
                                     : nb::borrow(assignment_map);
        for (const nb::handle pair : pairs) {
          map.emplace_back(to_text(pair[nb::int_(0)]), target_of(nb::object(pair[nb::int_(1)])));
        }
        train::init_from_checkpoint(path.value, map);
      },
      "ckpt_dir_or_file"_a, "assignment_map"_a,
      "Makes the initializers of variables read a checkpoint when they are run. `assignment_map` "
      "goes from names, or scopes ending in a slash, to variables, their names or scopes. Raises "
      "ValueError for a tensor that is not there or of another shape, NotFoundError without a "
      "checkpoint.");
}

}  // namespace

void bind_checkpoints(nb::module_& root) {
  nb::module_ m = root.attr("train");
  bind_reader(m);
  bind_state(m);
  bind_initialization(m);
}

}  // namespace tensorkeep::python
