#include "tensorkeep/saved_model.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "import_arguments.h"
#include "progress.h"
#include "python_objects.h"
#include "saver_ref.h"
#include "session_ref.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

std::vector<std::string> texts_of(nb::handle tags) {
  std::vector<std::string> texts;
  for (const nb::handle tag : tags) texts.push_back(to_text(tag));
  return texts;
}

std::set<std::string> tags_of(nb::handle tags) {
  const std::vector<std::string> texts = texts_of(tags);
  return {texts.begin(), texts.end()};
}

std::string type_of(nb::handle object) {
  return nb::cast<std::string>(nb::str(object.type()));
}

std::map<std::string, saved_model::SignatureDef> signatures_of(nb::handle signature_def_map) {
  std::map<std::string, saved_model::SignatureDef> signatures;
  if (signature_def_map.is_none()) return signatures;
  for (const auto& [key, signature] : nb::borrow<nb::dict>(signature_def_map)) {
    message_from_python(signature, signatures[to_text(key)]);
  }
  return signatures;
}

saved_model::SignatureTensors tensors_of(const nb::dict& infos) {
  saved_model::SignatureTensors tensors;
  for (const auto& [key, info] : infos) {
    tensors.emplace(to_text(key), message_from_python<saved_model::TensorInfo>(info));
  }
  return tensors;
}

Operation* main_op_of(nb::handle main_op, nb::handle legacy_init_op) {
  const nb::handle op = main_op.is_none() ? legacy_init_op : main_op;
  if (op.is_none()) return nullptr;
  if (nb::isinstance<OperationRef>(op)) return nb::inst_ptr<OperationRef>(op)->op;
  errors::raise_type_error("Expected " + nb::cast<std::string>(nb::str(op)) +
                           " to be an Operation but got type " + type_of(op) + " instead.");
}

saved_model::MetaGraphOptions options_of(nb::handle signature_def_map, nb::handle assets_collection,
                                         nb::handle legacy_init_op, bool clear_devices,
                                         nb::handle main_op, bool strip_default_attrs,
                                         nb::handle saver) {
  saved_model::MetaGraphOptions options{.signature_def_map = signatures_of(signature_def_map),
                                        .clear_devices = clear_devices,
                                        .strip_default_attrs = strip_default_attrs};
  if (!assets_collection.is_none()) {
    for (const nb::handle asset : assets_collection) {
      if (!nb::isinstance<TensorRef>(asset)) {
        errors::raise_type_error("Asset path tensor " + nb::cast<std::string>(nb::str(asset)) +
                                 " must be a Tensor.");
      }
      options.assets_collection.push_back(nb::inst_ptr<TensorRef>(asset)->output);
    }
  }
  options.main_op = main_op_of(main_op, legacy_init_op);
  if (saver.is_none()) return options;
  options.saver = saver_from_python(saver);
  if (!options.saver) errors::raise_type_error("Expected a Saver, got " + type_of(saver) + ".");
  return options;
}

void add_with_variables(saved_model::Builder& self, nb::handle sess, nb::handle tags,
                        nb::handle signature_def_map, nb::handle assets_collection,
                        nb::handle legacy_init_op, bool clear_devices, nb::handle main_op,
                        bool strip_default_attrs, nb::handle saver) {
  SessionRef& session = to_session(sess);
  saved_model::MetaGraphOptions options =
      options_of(signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op,
                 strip_default_attrs, saver);
  const std::vector<std::string> texts = texts_of(tags);
  if (!options.saver) {  // now, for it may ask objects of Python what to save
    const auto as_default = session.session.graph().as_default();
    options.saver = saved_model::Builder::make_saver();
  }
  const ProgressBar bar("Saving", self.export_dir());
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    self.add_meta_graph_and_variables(session.session, texts, options);
  });
}

void add(saved_model::Builder& self, nb::handle tags, nb::handle signature_def_map,
         nb::handle assets_collection, nb::handle legacy_init_op, bool clear_devices,
         nb::handle main_op, bool strip_default_attrs, nb::handle saver) {
  self.add_meta_graph(texts_of(tags),
                      options_of(signature_def_map, assets_collection, legacy_init_op,
                                 clear_devices, main_op, strip_default_attrs, saver));
}

nb::bytes save(saved_model::Builder& self, bool as_text) {
  const std::string path = self.save(as_text);
  return nb::bytes(path.data(), path.size());
}

void bind_builder(nb::module_& m) {
  nb::class_<saved_model::Builder>(
      m, "SavedModelBuilder", nb::dynamic_attr(),
      "Writes a SavedModel into a folder: a graph with its variables, further graphs that use the "
      "same, then `save`. The folder is no SavedModel before that. Raises AssertionError if the "
      "folder is there and not empty.")
      .def(
          "__init__",
          [](saved_model::Builder* self, nb::handle export_dir) {
            new (self) saved_model::Builder(to_text(export_dir));
          },
          "export_dir"_a)
      .def("add_meta_graph_and_variables", &add_with_variables, "sess"_a, "tags"_a,
           "signature_def_map"_a = nb::none(), "assets_collection"_a = nb::none(),
           "legacy_init_op"_a = nb::none(), "clear_devices"_a = false, "main_op"_a = nb::none(),
           "strip_default_attrs"_a = false, "saver"_a = nb::none(),
           "Adds the session's graph under a list of tags, and saves its variables, by `saver` or "
           "one of all of them. `signature_def_map` has SignatureDefs by name; the constants of "
           "`assets_collection` are paths of files to take along; a load runs `main_op`. Raises "
           "AssertionError for a second call or a signature's tensor without name or type, "
           "KeyError for a reserved name, TypeError or ValueError for an asset that is no path or "
           "a main op that is none or not the first, FailedPreconditionError for a variable "
           "without a value; then there is nothing in the folder that was not before.")
      .def("add_meta_graph", &add, "tags"_a, "signature_def_map"_a = nb::none(),
           "assets_collection"_a = nb::none(), "legacy_init_op"_a = nb::none(),
           "clear_devices"_a = false, "main_op"_a = nb::none(), "strip_default_attrs"_a = false,
           "saver"_a = nb::none(),
           "Adds the default graph, which uses the variables saved before. Raises AssertionError "
           "if there are none yet, and what `add_meta_graph_and_variables` does.")
      .def("save", &save, "as_text"_a = false,
           "Writes saved_model.pb, or saved_model.pbtxt, in one atomic step; returns its path, as "
           "bytes.");
}

// What reading raises in TensorFlow.
template <typename F>
auto with_os_errors(F&& f) {
  try {
    return f();
  } catch (const errors::NotFoundError& error) {
    raise_python(PyExc_OSError, error.message());
  } catch (const errors::DataLossError& error) {
    raise_python(PyExc_OSError, error.message());
  }
}

saved_model::LoadedGraph load_graph(const saved_model::Loader& self, Graph& graph, nb::handle tags,
                                    const Text& import_scope, bool clear_devices,
                                    nb::handle input_map, nb::handle predicate) {
  return self.load_graph(graph, tags_of(tags),
                         {.import_scope = import_scope.value,
                          .clear_devices = clear_devices,
                          .input_map = input_map_of(input_map),
                          .restore_collections_predicate = collections_predicate_of(predicate)});
}

void restore(const saved_model::Loader& self, SessionRef& session,
             const std::optional<train::Saver>& saver, const std::string& import_scope) {
  const auto info = python_object("_platform.tf_logging", "info");
  if (saver) {
    info("Restoring parameters from %s", self.variables_path());
  } else {
    info("The specified SavedModel has no variables; no checkpoints were restored.");
  }
  const ProgressBar bar("Restoring", self.variables_path());
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    self.restore_variables(session.session, saver, import_scope);
  });
}

void run_init_ops(const saved_model::Loader& self, SessionRef& session,
                  const std::set<std::string>& tags, const std::string& import_scope) {
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    self.run_init_ops(session.session, tags, import_scope);
  });
}

nb::object load(const saved_model::Loader& self, nb::handle sess, nb::handle tags,
                const Text& import_scope, bool clear_devices, nb::handle input_map,
                nb::handle predicate) {
  SessionRef& session = to_session(sess);
  const saved_model::LoadedGraph loaded = load_graph(
      self, session.session.graph(), tags, import_scope, clear_devices, input_map, predicate);
  restore(self, session, loaded.saver, loaded.scope);
  run_init_ops(self, session, tags_of(tags), loaded.scope);
  return message_to_python(self.meta_graph(tags_of(tags)), "MetaGraphDef");
}

void bind_loader(nb::module_& m) {
  nb::class_<saved_model::Loader>(
      m, "SavedModelLoader",
      "Reads a SavedModel. Raises OSError if the folder has none, or the file is damaged.")
      .def(
          "__init__",
          [](saved_model::Loader* self, nb::handle export_dir) {
            with_os_errors([&] { new (self) saved_model::Loader(to_text(export_dir)); });
          },
          "export_dir"_a)
      .def_prop_ro("export_dir", &saved_model::Loader::export_dir, "The folder.")
      .def_prop_ro("variables_path", &saved_model::Loader::variables_path,
                   "The prefix of its checkpoint.")
      .def_prop_ro(
          "saved_model",
          [](const saved_model::Loader& self) {
            return message_to_python(self.saved_model(), "SavedModel");
          },
          "The SavedModel message.")
      .def(
          "get_meta_graph_def_from_tags",
          [](const saved_model::Loader& self, nb::handle tags) {
            return message_to_python(self.meta_graph(tags_of(tags)), "MetaGraphDef");
          },
          "tags"_a,
          "The MetaGraphDef with these tags, all of them and no others. Raises RuntimeError.")
      .def(
          "load_graph",
          [](const saved_model::Loader& self, Graph& graph, nb::handle tags,
             const Text& import_scope, bool clear_devices, nb::handle input_map,
             nb::handle predicate) {
            const saved_model::LoadedGraph loaded =
                load_graph(self, graph, tags, import_scope, clear_devices, input_map, predicate);
            return nb::make_tuple(loaded.saver ? saver_to_python(*loaded.saver) : nb::none(),
                                  nb::none());
          },
          "graph"_a, "tags"_a, "import_scope"_a = nb::none(), "clear_devices"_a = false,
          "input_map"_a = nb::none(), "restore_collections_predicate"_a = nb::none(),
          "Adds the graph with these tags to `graph`; returns (saver, None), whose saver is None "
          "if "
          "there are no variables.")
      .def(
          "restore_variables",
          [](const saved_model::Loader& self, nb::handle sess, nb::handle saver,
             const Text& import_scope) {
            restore(self, to_session(sess), saver_from_python(saver), import_scope.value);
          },
          "sess"_a, "saver"_a, "import_scope"_a = nb::none(),
          "Restores the variables. Raises ValueError if there are some and no saver, and what "
          "Saver.restore raises.")
      .def(
          "run_init_ops",
          [](const saved_model::Loader& self, nb::handle sess, nb::handle tags,
             const Text& import_scope) {
            run_init_ops(self, to_session(sess), tags_of(tags), import_scope.value);
          },
          "sess"_a, "tags"_a, "import_scope"_a = nb::none(),
          "Runs the main op, fed with the paths of the assets.")
      .def("load", &load, "sess"_a, "tags"_a, "import_scope"_a = nb::none(),
           "clear_devices"_a = false, "input_map"_a = nb::none(),
           "restore_collections_predicate"_a = nb::none(),
           "All three; returns the MetaGraphDef as it is in the file.");
}

void bind_signatures(nb::module_& m) {
  m.def(
      "predict_signature_def",
      [](const nb::dict& inputs, const nb::dict& outputs) {
        return message_to_python(
            saved_model::predict_signature_def(tensors_of(inputs), tensors_of(outputs)),
            "SignatureDef");
      },
      "inputs"_a, "outputs"_a, "A signature for predictions, from dicts of TensorInfos.");
  m.def(
      "regression_signature_def",
      [](nb::handle examples, nb::handle predictions) {
        return message_to_python(saved_model::regression_signature_def(
                                     message_from_python<saved_model::TensorInfo>(examples),
                                     message_from_python<saved_model::TensorInfo>(predictions)),
                                 "SignatureDef");
      },
      "examples"_a, "predictions"_a, "A signature for a regression, from TensorInfos.");
  m.def(
      "classification_signature_def",
      [](nb::handle examples, const nb::dict& outputs) {
        return message_to_python(
            saved_model::classification_signature_def(
                message_from_python<saved_model::TensorInfo>(examples), tensors_of(outputs)),
            "SignatureDef");
      },
      "examples"_a, "outputs"_a,
      "A signature for a classification, from TensorInfos; outputs are classes, scores or both.");
  m.def(
      "is_valid_signature",
      [](nb::handle signature_def) {
        return !signature_def.is_none() &&
               saved_model::is_valid_signature(
                   message_from_python<saved_model::SignatureDef>(signature_def));
      },
      "signature_def"_a,
      "Whether TensorFlow Serving can serve a SignatureDef: it predicts, classifies or regresses, "
      "with the tensors that this takes.");
}

}  // namespace

void bind_saved_model(nb::module_& root) {
  nb::module_ m = root.def_submodule("saved_model", "SavedModels: graphs, values and files.");
  bind_builder(m);
  bind_loader(m);
  bind_signatures(m);
  m.def(
      "maybe_saved_model_directory",
      [](nb::handle export_dir) { return saved_model::contains_saved_model(to_text(export_dir)); },
      "export_dir"_a, "Whether a folder has a SavedModel's file, whatever that holds.");
  m.def(
      "parse_saved_model",
      [](nb::handle export_dir) {
        return message_to_python(
            with_os_errors([&] { return saved_model::read_saved_model(to_text(export_dir)); }),
            "SavedModel");
      },
      "export_dir"_a, "A folder's SavedModel message. Raises OSError.");
}

}  // namespace tensorkeep::python
