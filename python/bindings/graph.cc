#include <nanobind/nanobind.h>

#include "bindings.h"
#include "collection_items.h"
#include "convert.h"
#include "graph_object.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

nb::object element_of(const std::variant<Operation*, Output>& element) {
  if (const auto* op = std::get_if<Operation*>(&element)) return wrap(*op);
  return wrap(std::get<Output>(element));
}

[[noreturn]] void raise_not_an_element(nb::handle object, bool allow_tensor, bool allow_operation) {
  const std::string kinds = allow_tensor && allow_operation ? "Tensor or Operation"
                            : allow_tensor                  ? "Tensor"
                                                            : "Operation";
  errors::raise_type_error("Can not convert a " +
                           nb::cast<std::string>(object.type().attr("__name__")) + " into a " +
                           kinds + ".");
}

nb::object as_graph_element(Graph& graph, nb::handle object, bool allow_tensor,
                            bool allow_operation) {
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) {
    const std::string name = to_text(object);
    const bool names_tensor = name.find(':') != std::string::npos;
    if (!allow_tensor) return wrap(graph.get_operation_by_name(name));
    if (!names_tensor && !allow_operation) {
      if (graph.find_operation(name) != nullptr) {
        errors::raise_value_error("The name '" + name +
                                  "' refers to an Operation, not a Tensor. Tensor names must be of "
                                  "the form \"<op_name>:<output_index>\".");
      }
      errors::raise_value_error("The name '" + name +
                                "' looks like an (invalid) Operation name, not a Tensor. Tensor "
                                "names must be of the form \"<op_name>:<output_index>\".");
    }
    return element_of(graph.as_graph_element(name));
  }
  const Graph* owner = nullptr;
  nb::object element = nb::borrow(object);
  if (nb::hasattr(object, "_as_graph_element")) element = object.attr("_as_graph_element")();
  if (allow_tensor && nb::isinstance<TensorRef>(element)) {
    owner = &nb::inst_ptr<TensorRef>(element)->output.graph();
  } else if (allow_operation && nb::isinstance<OperationRef>(element)) {
    owner = &nb::inst_ptr<OperationRef>(element)->op->graph();
  } else {
    raise_not_an_element(object, allow_tensor, allow_operation);
  }
  if (owner != &graph) {
    errors::raise_value_error((nb::isinstance<TensorRef>(element) ? "Tensor " : "Operation ") +
                              nb::cast<std::string>(nb::str(element)) +
                              " is not an element of this graph.");
  }
  return element;
}

// What TensorFlow calls the values of one argument: one after the other.
std::vector<Output> inputs_of_list(nb::handle inputs) {
  std::vector<Output> outputs;
  for (const nb::handle input : inputs) {
    if (!is_symbolic(input)) {
      errors::raise_type_error("input is not a Tensor: " + shown(input));
    }
    outputs.push_back(to_output(input));
  }
  return outputs;
}

Operation* create_op(Graph& graph, const std::string& type, nb::handle inputs, nb::handle dtypes,
                     nb::handle, const Text& name, nb::handle attrs, nb::handle, bool, bool) {
  OperationSpec spec{.type = type, .name = name.value.empty() ? type : name.value};
  spec.inputs = inputs_of_list(inputs);
  if (!attrs.is_none()) {
    for (const auto& [key, value] : nb::cast<nb::dict>(attrs)) {
      spec.attrs[nb::cast<std::string>(key)] = attr_from_python(value, nullptr);
    }
  }
  if (!dtypes.is_none()) {
    spec.output_dtypes.emplace();
    for (const nb::handle dtype : dtypes) spec.output_dtypes->push_back(dtype_of_object(dtype));
  }
  return graph.add_operation(std::move(spec));
}

nb::list collection(Graph& graph, const std::string& name, const Text& scope) {
  nb::list items;
  // A copy: what Python does meanwhile may change the collection.
  const std::vector<CollectionItem> found = graph.get_collection(name);
  for (const CollectionItem& item : found) {
    nb::object object = item_to_python(graph, item);
    if (scope.value.empty()) {
      items.append(object);
    } else if (nb::hasattr(object, "name") && !nb::module_::import_("re")
                                                   .attr("match")(scope.value, object.attr("name"))
                                                   .is_none()) {
      items.append(object);
    }
  }
  return items;
}

// Classes that programs derive from Graph may take arguments in their __init__.
nb::object make_graph(nb::handle type, const nb::args& args, const nb::kwargs& kwargs) {
  const nb::handle own = nb::type<Graph>();
  if (PyType_Check(type.ptr()) == 0 || !nb::type_check(type) ||
      PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type.ptr()),
                       reinterpret_cast<PyTypeObject*>(own.ptr())) == 0) {
    errors::raise_type_error("Graph.__new__ needs the class Graph, or one derived from it.");
  }
  if (type.is(own) && (args.size() != 0 || kwargs.size() != 0)) {
    errors::raise_type_error("Graph() takes no arguments.");
  }
  return make_graph_object(type, std::make_shared<Graph>());
}

// What was in it ends when it is empty already: that may run anything.
void clear_collection(Graph& graph, const std::string& name) {
  const std::vector<CollectionItem> items = graph.get_collection(name);
  graph.clear_collection(name);
}

void bind_graph_class(nb::module_& m) {
  nb::class_<Graph>(m, "Graph", nb::type_slots(graph_slots()), nb::dynamic_attr(),
                    nb::is_weak_referenceable(),
                    "A graph of operations. Building it needs one thread at a time.")
      .def_static("__new__", &make_graph)
      .def("__init__", [](nb::handle) {})
      .def("get_operations", &Graph::get_operations, "All operations, in the order of creation.")
      .def("get_operation_by_name", &Graph::get_operation_by_name, "name"_a,
           "The operation of this name. Raises KeyError if there is none.")
      .def("get_tensor_by_name", &Graph::get_tensor_by_name, "name"_a,
           "The tensor of this name, \"add:0\". Raises KeyError, or ValueError for another form.")
      .def("as_graph_element", &as_graph_element, "obj"_a, "allow_tensor"_a = true,
           "allow_operation"_a = true,
           "The tensor or operation that a name or an object stands for. Raises KeyError for a "
           "name that is not there, ValueError for an element of another graph, TypeError for "
           "anything else.")
      .def("create_op", &create_op, "op_type"_a, "inputs"_a, "dtypes"_a = nb::none(),
           "input_types"_a = nb::none(), "name"_a = nb::none(), "attrs"_a = nb::none(),
           "op_def"_a = nb::none(), "compute_shapes"_a = true, "compute_device"_a = true,
           "Adds an operation of any type. `attrs` maps names to AttrValue messages or values.")
      .def("unique_name", &Graph::unique_name, "name"_a, "mark_as_used"_a = true,
           "A name that no node has: `name`, or `name`_1 and so on, inside the name scope of the "
           "moment.")
      .def(
          "get_name_scope", [](const Graph& graph) { return graph.name_scope(); },
          "The name scope of the moment, without its last slash.")
      .def(
          "as_graph_def",
          [](const Graph& graph, nb::handle, bool add_shapes) {
            return message_to_python(graph.as_graph_def(add_shapes), "GraphDef");
          },
          "from_version"_a = nb::none(), "add_shapes"_a = false, "The graph as a GraphDef message.")
      .def_prop_ro(
          "graph_def_versions",
          [](const Graph& graph) { return message_to_python(graph.versions(), "VersionDef"); },
          "The versions of the GraphDef, a VersionDef message.")
      .def("add_to_collection", &add_to_collection, "name"_a, "value"_a,
           "Appends any object to the collection `name`.")
      .def("get_collection", &collection, "name"_a, "scope"_a = nb::none(),
           "A list of what is in the collection; with `scope`, of what has a name that matches it.")
      .def("clear_collection", &clear_collection, "name"_a, "Removes everything from a collection.")
      .def("get_all_collection_keys", &Graph::get_all_collection_keys,
           "A list of the collections' names.")
      .def_prop_ro("collections", &Graph::get_all_collection_keys,
                   "A list of the collections' names.")
      .def("finalize", &Graph::finalize, "No more nodes: adding one raises RuntimeError.")
      .def_prop_ro("finalized", &Graph::finalized, "Whether no more nodes may be added.")
      .def("_unsafe_unfinalize", &Graph::unfinalize)
      .def_prop_rw(
          "seed",
          [](const Graph& graph) -> nb::object {
            return graph.seed() ? nb::object(nb::int_(*graph.seed())) : nb::none();
          },
          [](Graph& graph, std::int64_t seed) { graph.set_random_seed(seed); },
          "The graph's random seed, None if there is none.")
      .def_prop_ro(
          "version", [](const Graph& graph) { return graph.operations().size(); },
          "A number that grows with every node.")
      .def(
          "is_feedable", [](Graph&, nb::handle tensor) { return to_operation(tensor)->feedable(); },
          "Whether a run may be given a value for the tensor.")
      .def(
          "is_fetchable",
          [](Graph&, nb::handle object) { return to_operation(object)->fetchable(); },
          "Whether a run may return the tensor or run the operation.")
      .def(
          "prevent_feeding",
          [](Graph&, nb::handle tensor) { to_operation(tensor)->prevent_feeding(); },
          "From now on the tensor cannot be fed.")
      .def(
          "prevent_fetching",
          [](Graph&, nb::handle object) { to_operation(object)->prevent_fetching(); },
          "From now on the object cannot be fetched.")
      .def_prop_ro(
          "building_function", [](const Graph&) { return false; },
          "False: functions are not built.")
      .def("_repr_html_",
           [](nb::handle self) { return python_object("_client.tables", "graph_table")(self); });
}

void bind_operation_class(nb::module_& m) {
  nb::class_<OperationRef>(m, "Operation", nb::type_slots(graph_holder_slots<OperationRef>()),
                           nb::dynamic_attr(), nb::is_weak_referenceable(), "A node of a graph.")
      .def_prop_ro(
          "name", [](const OperationRef& self) { return self.op->name(); },
          "The operation's name, scopes included.")
      .def_prop_ro(
          "type", [](const OperationRef& self) { return self.op->type(); }, "The type, \"MatMul\".")
      .def_prop_ro(
          "graph", [](const OperationRef& self) { return self.graph; }, "The graph it is in.")
      .def_prop_ro(
          "inputs", [](const OperationRef& self) { return nb::tuple(wrap(self.op->inputs())); },
          "A tuple of the tensors it takes.")
      .def_prop_ro(
          "outputs", [](const OperationRef& self) { return self.op->outputs(); },
          "A list of the tensors it makes.")
      .def(
          "values", [](const OperationRef& self) { return nb::tuple(wrap(self.op->outputs())); },
          "The outputs, a tuple.")
      .def_prop_ro(
          "control_inputs", [](const OperationRef& self) { return self.op->control_inputs(); },
          "A list of the operations it waits for.")
      .def_prop_ro("_control_outputs",
                   [](const OperationRef& self) { return self.op->control_outputs(); })
      .def_prop_ro(
          "device", [](const OperationRef& self) { return self.op->device(); },
          "The device it was made for, \"\" for any.")
      .def("_set_device",
           [](const OperationRef& self, const Text& device) { self.op->set_device(device.value); })
      .def(
          "colocation_groups",
          [](const OperationRef& self) {
            nb::list groups;
            for (const std::string& group : self.op->colocation_groups()) {
              groups.append(nb::bytes(group.data(), group.size()));
            }
            return groups;
          },
          "A list of groups as bytes, b\"loc:@name\".")
      .def_prop_ro(
          "node_def",
          [](const OperationRef& self) {
            return message_to_python(self.op->node_def(), "NodeDef");
          },
          "The node as a NodeDef message.")
      .def_prop_ro(
          "op_def",
          [](const OperationRef& self) { return message_to_python(self.op->op_def(), "OpDef"); },
          "The definition of its type, an OpDef message.")
      .def(
          "get_attr",
          [](const OperationRef& self, const std::string& name) {
            return attr_to_python(self.op->attr(name));
          },
          "name"_a, "The value of an attribute. Raises ValueError if there is none of this name.")
      .def("_set_attr",
           [](const OperationRef& self, const std::string& name, nb::handle value) {
             self.op->set_attr(name, Attr(attr_from_python(value, nullptr)));
           })
      .def("_add_control_input",
           [](const OperationRef& self, nb::handle op) {
             self.op->add_control_input(to_operation(op));
           })
      .def("_add_control_inputs",
           [](const OperationRef& self, const Dependencies& ops) {
             for (Operation* op : ops.value) self.op->add_control_input(op);
           })
      .def("_update_input", [](const OperationRef& self, int index,
                               nb::handle tensor) { self.op->set_input(index, to_output(tensor)); })
      .def_prop_ro("_id", [](const OperationRef& self) { return self.op->id(); })
      .def_prop_ro(
          "traceback", [](const OperationRef&) { return nb::list(); },
          "Always empty: where an operation was made is not kept.")
      .def(
          "run",
          [](nb::handle self, nb::handle feed_dict, nb::handle session) {
            python_object("_client.session", "run_operation")(self, feed_dict, session);
          },
          "feed_dict"_a = nb::none(), "session"_a = nb::none(),
          "Runs the operation in `session`, or in the default session.")
      .def("__repr__",
           [](const OperationRef& self) {
             return "<tf.Operation '" + self.op->name() + "' type=" + self.op->type() + ">";
           })
      .def("__str__", [](const OperationRef& self) {
        return message_to_python(self.op->node_def(), "NodeDef").attr("__str__")();
      });
}

}  // namespace

void bind_graph(nb::module_& m) {
  nb::class_<CollectionObjectRef>(
      m, "CollectionObject", nb::type_slots(graph_holder_slots<CollectionObjectRef>()),
      nb::dynamic_attr(), "What lies in a collection and is nothing else here.")
      .def_prop_ro(
          "name", [](const CollectionObjectRef& self) { return self.object->name(); },
          "The object's name.");
  bind_operation_class(m);
  bind_graph_class(m);
  m.def(
      "get_default_graph", [] { return wrap(get_default_graph()); },
      "The innermost graph made default in this thread, or else the process's own.");
  m.def("reset_default_graph", &reset_default_graph,
        "Replaces the process's own default graph by an empty one.");
}

}  // namespace tensorkeep::python
