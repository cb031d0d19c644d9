#include <nanobind/nanobind.h>

#include <filesystem>

#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "import_arguments.h"
#include "python_objects.h"
#include "saver_ref.h"
#include "session_ref.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

nb::object import_graph_def_of(nb::handle graph_def, nb::handle input_map,
                               nb::handle return_elements, nb::handle name, nb::handle,
                               nb::handle producer_op_list) {
  ImportGraphDefOptions options{.input_map = input_map_of(input_map)};
  if (!return_elements.is_none()) {
    for (const nb::handle element : return_elements) {
      options.return_elements.push_back(to_text(element));
    }
  }
  if (!name.is_none()) options.name = nb::cast<std::string>(name);
  OpList producer;
  if (!producer_op_list.is_none()) {
    message_from_python(producer_op_list, producer);
    options.producer_op_list = &producer;
  }
  const auto elements = import_graph_def(message_from_python<GraphDef>(graph_def), options);
  if (return_elements.is_none()) return nb::none();
  nb::list result;
  for (const auto& element : elements) {
    if (const auto* op = std::get_if<Operation*>(&element)) {
      result.append(wrap(*op));
    } else {
      result.append(wrap(std::get<Output>(element)));
    }
  }
  return result;
}

Graph* graph_or_null(nb::handle graph) {
  return graph.is_none() ? nullptr : &nb::cast<Graph&>(graph);
}

nb::object import_meta_graph_of(nb::handle meta_graph, bool clear_devices, const Text& import_scope,
                                nb::handle input_map, nb::handle predicate, bool make_saver) {
  const train::ImportMetaGraphOptions options{
      .clear_devices = clear_devices,
      .import_scope = import_scope.value,
      .input_map = input_map_of(input_map),
      .restore_collections_predicate = collections_predicate_of(predicate),
      .make_saver = make_saver};
  std::optional<train::Saver> saver;
  if (PyUnicode_Check(meta_graph.ptr()) || nb::hasattr(meta_graph, "__fspath__")) {
    const std::string path = to_text(meta_graph);
    if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
      raise_python(PyExc_OSError, "File " + path + " does not exist.");
    }
    saver = train::import_meta_graph(path, options);
  } else {
    saver = train::import_meta_graph(message_from_python<MetaGraphDef>(meta_graph), options);
  }
  return saver ? saver_to_python(*saver) : nb::none();
}

nb::object export_meta_graph_of(const Text& filename, nb::handle meta_info_def,
                                nb::handle graph_def, nb::handle saver_def,
                                nb::handle collection_list, bool as_text, nb::handle graph,
                                const Text& export_scope, bool clear_devices,
                                bool clear_extraneous_savers, bool strip_default_attrs,
                                bool save_debug_info) {
  train::ExportMetaGraphOptions options{.collection_list = to_optional_texts(collection_list),
                                        .as_text = as_text,
                                        .graph = graph_or_null(graph),
                                        .export_scope = export_scope.value,
                                        .clear_devices = clear_devices,
                                        .clear_extraneous_savers = clear_extraneous_savers,
                                        .save_debug_info = save_debug_info};
  static_cast<void>(strip_default_attrs);
  if (!meta_info_def.is_none()) {
    options.meta_info_def = message_from_python<MetaGraphDef::MetaInfoDef>(meta_info_def);
  }
  if (!graph_def.is_none()) options.graph_def = message_from_python<GraphDef>(graph_def);
  if (!saver_def.is_none()) options.saver_def = message_from_python<train::SaverDef>(saver_def);
  return message_to_python(train::export_meta_graph(filename.value, options), "MetaGraphDef");
}

nb::object write_graph_of(nb::handle graph_or_graph_def, const Text& logdir,
                          const std::string& name, bool as_text) {
  const GraphDef graph_def = nb::isinstance<Graph>(graph_or_graph_def)
                                 ? nb::cast<Graph&>(graph_or_graph_def).as_graph_def()
                                 : message_from_python<GraphDef>(graph_or_graph_def);
  const std::string path = logdir.value.empty() ? name : logdir.value + "/" + name;
  train::write_graph(graph_def, path, {.as_text = as_text});
  return nb::cast(path);
}

std::vector<std::string> node_names(nb::handle names) {
  if (PyUnicode_Check(names.ptr()) || PyBytes_Check(names.ptr())) {
    errors::raise_type_error("output_node_names must be a list.");
  }
  std::vector<std::string> result;
  for (const nb::handle name : names) result.push_back(to_text(name));
  return result;
}

void bind_graph_util(nb::module_& root) {
  nb::module_ m = root.def_submodule("graph_util", "Graphs cut down to what inference needs.");
  m.def(
      "convert_variables_to_constants",
      [](nb::handle sess, nb::handle input_graph_def, nb::handle output_node_names,
         nb::handle whitelist, nb::handle blacklist) {
        SessionRef& session = to_session(sess);
        GraphDef frozen;
        with_graph_in_errors(session, [&] {
          frozen = graph_util::convert_variables_to_constants(
              session.session, message_from_python<GraphDef>(input_graph_def),
              node_names(output_node_names), to_optional_texts(whitelist),
              to_optional_texts(blacklist));
        });
        return message_to_python(frozen, "GraphDef");
      },
      "sess"_a, "input_graph_def"_a, "output_node_names"_a,
      "variable_names_whitelist"_a = nb::none(), "variable_names_blacklist"_a = nb::none(),
      "A GraphDef of what the outputs need, with the session's variables as constants. Raises "
      "AssertionError for a name that is not there, FailedPreconditionError for a variable without "
      "a value.");
  m.def(
      "extract_sub_graph",
      [](nb::handle graph_def, nb::handle dest_nodes) {
        if (PyUnicode_Check(dest_nodes.ptr()))
          errors::raise_type_error("dest_nodes must be an iterable of strings.");
        return message_to_python(
            graph_util::extract_sub_graph(message_from_python<GraphDef>(graph_def),
                                          node_names(dest_nodes)),
            "GraphDef");
      },
      "graph_def"_a, "dest_nodes"_a,
      "A GraphDef of what the nodes `dest_nodes` need, in the order it had. Raises AssertionError "
      "for a name that is not there, TypeError for a string.");
  m.def(
      "remove_training_nodes",
      [](nb::handle input_graph, nb::handle protected_nodes) {
        return message_to_python(graph_util::remove_training_nodes(
                                     message_from_python<GraphDef>(input_graph),
                                     protected_nodes.is_none() ? std::vector<std::string>()
                                                               : node_names(protected_nodes)),
                                 "GraphDef");
      },
      "input_graph"_a, "protected_nodes"_a = nb::none(),
      "A GraphDef without Identity and CheckNumerics nodes, but for `protected_nodes`.");
  m.def(
      "tensor_shape_from_node_def_name",
      [](const Graph& graph, const std::string& input_name) {
        return wrap(graph_util::tensor_shape_from_node_def_name(graph, input_name));
      },
      "graph"_a, "input_name"_a, "The shape of a tensor of the graph, a TensorShape.");
  m.def(
      "must_run_on_cpu",
      [](nb::handle node, bool pin_variables_on_cpu) {
        if (nb::isinstance<OperationRef>(node)) {
          return graph_util::must_run_on_cpu(*nb::inst_ptr<OperationRef>(node)->op,
                                             pin_variables_on_cpu);
        }
        return graph_util::must_run_on_cpu(message_from_python<NodeDef>(node),
                                           pin_variables_on_cpu);
      },
      "node"_a, "pin_variables_on_cpu"_a = false,
      "Whether an operation or NodeDef has to run on a CPU, for its type or its strings.");
  m.def(
      "freeze_graph",
      [](nb::handle meta_graph_def, const std::string& checkpoint, nb::handle output_node_names,
         nb::handle whitelist, nb::handle blacklist) {
        return message_to_python(
            graph_util::freeze_graph(message_from_python<MetaGraphDef>(meta_graph_def), checkpoint,
                                     node_names(output_node_names), to_optional_texts(whitelist),
                                     to_optional_texts(blacklist)),
            "GraphDef");
      },
      "meta_graph_def"_a, "checkpoint"_a, "output_node_names"_a,
      "variable_names_whitelist"_a = nb::none(), "variable_names_blacklist"_a = nb::none(),
      "A GraphDef of what the outputs need, with a checkpoint's values as constants in place of "
      "variables.");
}

}  // namespace

void bind_meta_graph(nb::module_& root) {
  root.def(
      "import_graph_def", &import_graph_def_of, "graph_def"_a, "input_map"_a = nb::none(),
      "return_elements"_a = nb::none(), "name"_a = nb::none(), "op_dict"_a = nb::none(),
      "producer_op_list"_a = nb::none(),
      "Adds a GraphDef's nodes, ours or TensorFlow's message, to the default graph under the scope "
      "`name`, \"import\" if None. Gives the `return_elements`, or None without. Raises TypeError "
      "for another object, ValueError for a name that is not there; then the graph is as it was.");
  nb::module_ m = root.attr("train");
  m.def("import_meta_graph", &import_meta_graph_of, "meta_graph_or_file"_a,
        "clear_devices"_a = false, "import_scope"_a = nb::none(), "input_map"_a = nb::none(),
        "restore_collections_predicate"_a = nb::none(), "make_saver"_a = true,
        "Adds a .meta file's (or message's) graph and collections to the default graph; returns "
        "its saver, None if it has no variables. Raises OSError if there is no such file, "
        "DataLossError if it is damaged.");
  m.def("export_meta_graph", &export_meta_graph_of, "filename"_a = nb::none(),
        "meta_info_def"_a = nb::none(), "graph_def"_a = nb::none(), "saver_def"_a = nb::none(),
        "collection_list"_a = nb::none(), "as_text"_a = false, "graph"_a = nb::none(),
        "export_scope"_a = nb::none(), "clear_devices"_a = false,
        "clear_extraneous_savers"_a = false, "strip_default_attrs"_a = false,
        "save_debug_info"_a = false,
        "A MetaGraphDef of the graph and its collections, written to `filename` if given.");
  m.def("write_graph", &write_graph_of, "graph_or_graph_def"_a, "logdir"_a, "name"_a,
        "as_text"_a = true, "Writes a GraphDef in one atomic step; returns the path.");
  m.def(
      "read_meta_graph_file",
      [](const Text& filename) {
        return message_to_python(train::read_meta_graph_file(filename.value), "MetaGraphDef");
      },
      "filename"_a,
      "A .meta file, binary or text, as a MetaGraphDef. Raises NotFoundError, DataLossError.");
  bind_graph_util(root);
}

}  // namespace tensorkeep::python
