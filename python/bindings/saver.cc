#include <nanobind/nanobind.h>

#include <map>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "graph_object.h"
#include "progress.h"
#include "python_objects.h"
#include "saveables.h"
#include "saver_arguments.h"
#include "saver_ref.h"
#include "session_ref.h"
#include "variable_arguments.h"

namespace tensorkeep::python {

using namespace literals;

namespace {

// Python's savers by C++'s, not owned: a collection gives back the very object that was put in.
nb::object known_savers() {
  static PyObject* savers = nullptr;
  if (savers == nullptr) {
    savers =
        nb::object(nb::module_::import_("weakref").attr("WeakValueDictionary")()).release().ptr();
  }
  return nb::borrow(savers);
}

nb::object key_of(const train::Saver& saver) {
  const CollectionItem item = saver;
  return nb::int_(
      reinterpret_cast<std::uintptr_t>(std::get<std::shared_ptr<CollectionObject>>(item).get()));
}

}  // namespace

nb::object saver_to_python(const train::Saver& saver) {
  const nb::object known = known_savers().attr("get")(key_of(saver));
  return known.is_none() ? nb::cast(saver) : known;
}

std::optional<train::Saver> saver_from_python(nb::handle object) {
  if (!nb::isinstance<train::Saver>(object)) return std::nullopt;
  return nb::cast<train::Saver>(object);
}

namespace {

using Entry = train::VarList::Entry;

bool is_several(nb::handle object) {
  return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()) || PyAnySet_Check(object.ptr());
}

std::vector<Variable> parts_of(nb::handle object) {
  std::vector<Variable> parts;
  for (const nb::handle item : object) parts.push_back(to_variable(item));
  return parts;
}

Entry entry_of(const std::string& name, nb::handle object) {
  if (nb::isinstance<PartitionedVariableRef>(object)) {
    const auto& whole = nb::inst_ptr<PartitionedVariableRef>(object)->variable;
    return name.empty() ? Entry(whole) : Entry(name, whole);
  }
  if (is_saveable(object)) return Entry(name, saveable_of(object, get_default_graph()));
  if (const auto table = table_saveable(object, name)) return Entry(name, table);
  if (is_several(object) && !name.empty()) return Entry(name, parts_of(object));
  if (nb::isinstance<VariableRef>(object)) {
    return Entry(name, nb::inst_ptr<VariableRef>(object)->variable);
  }
  if (nb::isinstance<TensorRef>(object))
    return Entry(name, nb::inst_ptr<TensorRef>(object)->output);
  errors::raise_type_error(
      name.empty() ? "Variable to save is not a Variable: " + nb::cast<std::string>(nb::str(object))
                   : "names_to_saveables must be a dict mapping string names to Tensors/Variables. "
                     "Not a variable: " +
                         nb::cast<std::string>(nb::str(object)));
}

std::vector<Entry> entries_of(nb::handle var_list) {
  if (is_symbolic(var_list)) {
    errors::raise_type_error("Variables to save should be passed in a dict or a list: " +
                             nb::cast<std::string>(nb::str(var_list)));
  }
  std::vector<Entry> entries;
  if (PyDict_Check(var_list.ptr())) {
    for (const auto& [name, object] : nb::borrow<nb::dict>(var_list)) {
      entries.push_back(entry_of(to_text(name), object));
    }
  } else {
    for (const nb::handle object : var_list) entries.push_back(entry_of("", object));
  }
  return entries;
}

train::VarList var_list_of(nb::handle var_list) {
  if (var_list.is_none()) return {};
  return train::VarList(entries_of(var_list));
}

SaverDefVersion version_of(nb::handle version) {
  return static_cast<SaverDefVersion>(nb::cast<int>(version));
}

int max_to_keep_of(nb::handle max_to_keep) {
  return max_to_keep.is_none() ? 0 : nb::cast<int>(max_to_keep);
}

void make_saver(train::Saver* self, nb::handle var_list, bool reshape, bool sharded,
                nb::handle max_to_keep, double keep_checkpoint_every_n_hours, const Text& name,
                bool restore_sequentially, nb::handle saver_def, nb::handle builder,
                bool defer_build, bool allow_empty, nb::handle write_version, bool pad_step_number,
                bool save_relative_paths, const Text& filename) {
  train::SaverOptions options{.var_list = var_list_of(var_list),
                              .reshape = reshape,
                              .sharded = sharded,
                              .max_to_keep = max_to_keep_of(max_to_keep),
                              .keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours,
                              .name = name.value,
                              .restore_sequentially = restore_sequentially,
                              .defer_build = defer_build,
                              .allow_empty = allow_empty,
                              .write_version = version_of(write_version),
                              .pad_step_number = pad_step_number,
                              .save_relative_paths = save_relative_paths,
                              .filename = filename.value};
  if (!saver_def.is_none() && !nb::hasattr(saver_def, "SerializePartialToString")) {
    errors::raise_value_error("Expected a saver_def of type SaverDef, but got " + shown(saver_def));
  }
  if (!saver_def.is_none()) options.saver_def = message_from_python<train::SaverDef>(saver_def);
  if (!builder.is_none()) {
    options.builder = nb::cast<std::shared_ptr<train::BaseSaverBuilder>>(builder);
  }
  new (self) train::Saver(options);
  known_savers()[key_of(*self)] = nb::find(self);
  keep_default_graph(self);
}

nb::object save(train::Saver& self, nb::handle sess, nb::handle save_path, nb::handle global_step,
                const Text& latest_filename, const std::string& meta_graph_suffix,
                bool write_meta_graph, bool write_state, bool strip_default_attrs,
                bool save_debug_info, bool durable) {
  SessionRef& session = to_session(sess);
  if (save_path.is_none()) errors::raise_type_error("save_path must be a string, not None");
  const train::SaveOptions options{
      .global_step = to_global_step(global_step, &session.session.graph()),
      .latest_filename = latest_filename.value.empty() ? "checkpoint" : latest_filename.value,
      .meta_graph_suffix = meta_graph_suffix,
      .write_meta_graph = write_meta_graph,
      .write_state = write_state,
      .strip_default_attrs = strip_default_attrs,
      .save_debug_info = save_debug_info,
      .durability = durable ? Durability::kDurable : Durability::kFast};
  const std::string path = to_text(save_path);
  std::string prefix;
  const ProgressBar bar("Saving", path);
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    prefix = self.save(session.session, path, options);
  });
  return prefix.empty() ? nb::none() : nb::cast(prefix);
}

void restore(train::Saver& self, nb::handle sess, nb::handle save_path) {
  SessionRef& session = to_session(sess);
  std::optional<std::string> path;
  if (!save_path.is_none()) path = to_text(save_path);
  if (path && train::checkpoint_exists(*path)) {
    python_object("_platform.tf_logging", "info")("Restoring parameters from %s", *path);
  }
  const ProgressBar bar("Restoring", path.value_or(""));
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    self.restore(session.session, path);
  });
}

nb::object export_meta_graph(const train::Saver& self, const Text& filename,
                             nb::handle collection_list, bool as_text, const Text& export_scope,
                             bool clear_devices, bool clear_extraneous_savers,
                             bool strip_default_attrs, bool save_debug_info) {
  const MetaGraphDef def =
      self.export_meta_graph(filename.value, {.collection_list = to_optional_texts(collection_list),
                                              .as_text = as_text,
                                              .export_scope = export_scope.value,
                                              .clear_devices = clear_devices,
                                              .clear_extraneous_savers = clear_extraneous_savers,
                                              .strip_default_attrs = strip_default_attrs,
                                              .save_debug_info = save_debug_info});
  return message_to_python(def, "MetaGraphDef");
}

void set_last_with_time(train::Saver& self, nb::handle pairs) {
  std::vector<std::pair<std::string, double>> list;
  for (const nb::handle pair : pairs) {
    list.emplace_back(to_text(pair[nb::int_(0)]), nb::cast<double>(nb::object(pair[nb::int_(1)])));
  }
  self.set_last_checkpoints_with_time(list);
}

}  // namespace

void bind_saver(nb::module_& root) {
  nb::module_ m = root.attr("train");
  nb::class_<train::Saver>(
      m, "Saver", nb::dynamic_attr(), nb::is_weak_referenceable(),
      "Saves and restores the variables of a session. A checkpoint is whole or not there; a "
      "restore "
      "assigns everything or nothing, and its error tells all that does not fit.")
      .def("__init__", &make_saver, "var_list"_a = nb::none(), "reshape"_a = false,
           "sharded"_a = false, "max_to_keep"_a = 5, "keep_checkpoint_every_n_hours"_a = 10000.0,
           "name"_a = nb::none(), "restore_sequentially"_a = false, "saver_def"_a = nb::none(),
           "builder"_a = nb::none(), "defer_build"_a = false, "allow_empty"_a = false,
           "write_version"_a = 2, "pad_step_number"_a = false, "save_relative_paths"_a = false,
           "filename"_a = nb::none())
      .def("build", &train::Saver::build,
           "Adds the nodes, if the saver was made with `defer_build`.")
      .def("save", &save, "sess"_a, "save_path"_a, "global_step"_a = nb::none(),
           "latest_filename"_a = nb::none(), "meta_graph_suffix"_a = "meta",
           "write_meta_graph"_a = true, "write_state"_a = true, "strip_default_attrs"_a = false,
           "save_debug_info"_a = false, "durable"_a = true,
           "Saves to `save_path`, or `save_path`-<step>, and returns that prefix. With `durable`, "
           "when everything is on the disk. Other threads go on meanwhile. Raises "
           "FailedPreconditionError for a variable without a value, ValueError if the folder is "
           "not there and cannot be made; then nothing that was there is changed.")
      .def("restore", &restore, "sess"_a, "save_path"_a,
           "Assigns every variable from a checkpoint: a prefix, a file of one, or a folder. Raises "
           "NotFoundError or InvalidArgumentError, which list all that is missing or does not fit, "
           "and then nothing is assigned; ValueError for a path that is no checkpoint, "
           "DataLossError for a damaged one.")
      .def_prop_ro("last_checkpoints", &train::Saver::last_checkpoints,
                   "A list of the prefixes that are kept, oldest first.")
      .def(
          "set_last_checkpoints",
          [](train::Saver& self, nb::handle list) { self.set_last_checkpoints(to_texts(list)); },
          "last_checkpoints"_a,
          "Takes these prefixes for the kept ones; they are of an unknown age and never removed.")
      .def("set_last_checkpoints_with_time", &set_last_with_time, "last_checkpoints_with_time"_a,
           "Takes pairs (prefix, seconds since 1970) for the kept checkpoints.")
      .def(
          "recover_last_checkpoints",
          [](train::Saver& self, nb::handle list) {
            self.recover_last_checkpoints(to_texts(list));
          },
          "checkpoint_paths"_a,
          "Takes those of the prefixes that are still there for the kept ones, with their files' "
          "times.")
      .def(
          "as_saver_def",
          [](const train::Saver& self) {
            return message_to_python(self.as_saver_def(), "SaverDef");
          },
          "The names of the saver's nodes, a SaverDef message. Raises RuntimeError before `build`.")
      .def_prop_ro(
          "saver_def",
          [](const train::Saver& self) {
            return message_to_python(self.as_saver_def(), "SaverDef");
          },
          "The names of the saver's nodes, a SaverDef message.")
      .def(
          "to_proto",
          [](const train::Saver& self, const Text& export_scope) -> nb::object {
            const auto def = self.to_proto(export_scope.value);
            return def ? message_to_python(*def, "SaverDef") : nb::none();
          },
          "export_scope"_a = nb::none(),
          "A SaverDef with names relative to `export_scope`; None if they are not all in it.")
      .def_static(
          "from_proto",
          [](nb::handle saver_def, const Text& import_scope) {
            return train::Saver::from_proto(message_from_python<train::SaverDef>(saver_def),
                                            import_scope.value);
          },
          "saver_def"_a, "import_scope"_a = nb::none(),
          "A saver of nodes that are in the graph already, from a SaverDef.")
      .def("export_meta_graph", &export_meta_graph, "filename"_a = nb::none(),
           "collection_list"_a = nb::none(), "as_text"_a = false, "export_scope"_a = nb::none(),
           "clear_devices"_a = false, "clear_extraneous_savers"_a = false,
           "strip_default_attrs"_a = false, "save_debug_info"_a = false,
           "A MetaGraphDef of the default graph with this saver in it, written to `filename` if "
           "given.");
}

}  // namespace tensorkeep::python
