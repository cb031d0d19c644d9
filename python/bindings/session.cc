#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "exceptions.h"
#include "python_objects.h"
#include "session_ref.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

bool is_namedtuple(nb::handle object) {
  return PyTuple_Check(object.ptr()) && nb::hasattr(object, "_make");
}

}  // namespace

Fetch named_fetch(const Graph& graph, nb::handle name) {
  try {
    const auto element = graph.as_graph_element(to_text(name));
    if (const auto* op = std::get_if<Operation*>(&element)) return *op;
    return std::get<Output>(element);
  } catch (const errors::Error& error) {
    errors::raise_value_error("Fetch argument " + shown(name) +
                              " cannot be interpreted as a Tensor. (" + error.message() + ")");
  }
}

namespace {

// What a run is given: the tensors, and the objects they were made of.
struct Feeding {
  Feeds feeds;
  std::vector<nb::object> objects;

  // A fed tensor that is fetched is the array it was fed, not even a scalar of it.
  nb::object array_fed_to(const Output& tensor) const {
    for (std::size_t i = feeds.size(); i > 0; --i) {
      if (feeds[i - 1].first != tensor) continue;
      return array_of_object(objects[i - 1], base_dtype(tensor.dtype()));
    }
    return nb::object();
  }
};

// The leaves of what a run was asked for, and then its results in the same nest.
class FetchNest {
 public:
  FetchNest(Graph& graph, nb::handle fetches) : graph_(graph), fetches_(fetches) {
    collect(fetches);
  }

  const std::vector<Fetch>& leaves() const { return leaves_; }

  nb::object results(std::vector<Tensor> values, const Feeding& feeding) {
    values_ = std::move(values);
    feeding_ = &feeding;
    next_ = 0;
    return result_of(fetches_);
  }

 private:
  void collect(nb::handle fetch) {
    if (nb::isinstance<TensorRef>(fetch)) {
      leaves_.emplace_back(nb::inst_ptr<TensorRef>(fetch)->output);
    } else if (nb::isinstance<OperationRef>(fetch)) {
      leaves_.emplace_back(nb::inst_ptr<OperationRef>(fetch)->op);
    } else if (PyList_Check(fetch.ptr()) || PyTuple_Check(fetch.ptr())) {
      for (const nb::handle item : fetch) collect(item);
    } else if (PyDict_Check(fetch.ptr())) {
      for (const auto& [key, item] : nb::borrow<nb::dict>(fetch)) collect(item);
    } else {
      collect_other(fetch);
    }
  }

  void collect_other(nb::handle fetch) {
    if (PyUnicode_Check(fetch.ptr()) || PyBytes_Check(fetch.ptr())) {
      leaves_.push_back(named_fetch(graph_, fetch));
    } else if (nb::hasattr(fetch, "_fetch_parts")) {
      collect(fetch.attr("_fetch_parts")());
    } else if (nb::isinstance<CollectionObjectRef>(fetch)) {
      // A loss that is made anew where it is used: a run takes the one that has its name.
      const auto& object = nb::inst_ptr<CollectionObjectRef>(fetch)->object;
      if (std::dynamic_pointer_cast<const TensorConvertible>(object) == nullptr) to_output(fetch);
      leaves_.push_back(named_fetch(graph_, nb::cast(object->name())));
    } else if (nb::hasattr(fetch, "_as_graph_element")) {
      collect(fetch.attr("_as_graph_element")());
    } else {
      const auto type = shown(fetch.type());
      errors::raise_type_error(
          fetch.is_none() ? "Fetch argument None has invalid type " + type
                          : "Fetch argument " + shown(fetch) + " has invalid type " + type +
                                ", must be a string or Tensor. (Can not convert a " +
                                nb::cast<std::string>(fetch.type().attr("__name__")) +
                                " into a Tensor or Operation.)");
    }
  }

  nb::object result_of(nb::handle fetch) {
    if (PyList_Check(fetch.ptr())) return results_of(fetch);
    if (PyTuple_Check(fetch.ptr())) {
      if (is_namedtuple(fetch)) return fetch.type().attr("_make")(results_of(fetch));
      return nb::tuple(results_of(fetch));
    }
    if (PyDict_Check(fetch.ptr())) {
      nb::object results = fetch.type()();
      for (const auto& [key, item] : nb::borrow<nb::dict>(fetch)) results[key] = result_of(item);
      return results;
    }
    if (nb::hasattr(fetch, "_fetch_parts") && !nb::isinstance<TensorRef>(fetch)) {
      return fetch.attr("_from_fetched")(result_of(fetch.attr("_fetch_parts")()));
    }
    const std::size_t leaf = next_++;
    if (!feeding_->objects.empty()) {
      const auto* tensor = std::get_if<Output>(&leaves_[leaf].value());
      const nb::object fed = tensor != nullptr ? feeding_->array_fed_to(*tensor) : nb::object();
      if (fed.is_valid()) return fed;
    }
    return array_of(std::move(values_[leaf]));
  }

  nb::list results_of(nb::handle sequence) {
    nb::list results;
    for (const nb::handle item : sequence) results.append(result_of(item));
    return results;
  }

  Graph& graph_;
  nb::handle fetches_;
  std::vector<Fetch> leaves_;
  std::vector<Tensor> values_;
  const Feeding* feeding_ = nullptr;
  std::size_t next_ = 0;
};

Output feed_key(Graph& graph, nb::handle key) {
  if (nb::isinstance<TensorRef>(key)) return nb::inst_ptr<TensorRef>(key)->output;
  try {
    if (PyUnicode_Check(key.ptr()) || PyBytes_Check(key.ptr())) {
      const auto element = graph.as_graph_element(to_text(key));
      if (const auto* tensor = std::get_if<Output>(&element)) return *tensor;
      errors::raise_value_error("The name " + shown(key) +
                                " refers to an Operation, not a Tensor.");
    }
    if (nb::hasattr(key, "_as_graph_element")) return to_output(key.attr("_as_graph_element")());
  } catch (const errors::Error& error) {
    errors::raise_type_error("Cannot interpret feed_dict key as Tensor: " + error.message());
  }
  errors::raise_type_error("Cannot interpret feed_dict key as Tensor: Can not convert a " +
                           nb::cast<std::string>(key.type().attr("__name__")) + " into a Tensor.");
}

void add_feed(Graph& graph, nb::handle key, nb::handle value, Feeding& feeding) {
  if (PyTuple_Check(key.ptr()) || PyList_Check(key.ptr())) {
    const nb::list keys{nb::borrow(key)};
    const nb::list values{nb::borrow(value)};
    if (keys.size() != values.size()) {
      errors::raise_value_error("The feed key " + shown(key) + " and its value differ in length.");
    }
    for (std::size_t i = 0; i < keys.size(); ++i) add_feed(graph, keys[i], values[i], feeding);
    return;
  }
  if (nb::hasattr(key, "_fetch_parts") && !nb::isinstance<TensorRef>(key)) {
    const nb::list keys{key.attr("_fetch_parts")()};
    const nb::list values{nb::borrow(value)};
    for (std::size_t i = 0; i < keys.size() && i < values.size(); ++i) {
      if (!keys[i].is_none()) add_feed(graph, keys[i], values[i], feeding);
    }
    return;
  }
  const Output tensor = feed_key(graph, key);
  if (is_symbolic(value)) {
    errors::raise_type_error(
        "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python "
        "scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor "
        "object was " +
        nb::cast<std::string>(nb::str(value)) +
        " which was passed to the argument `feed_dict` with "
        "key " +
        nb::cast<std::string>(nb::str(key)) + ".");
  }
  const DType dtype = base_dtype(tensor.dtype());
  feeding.feeds.emplace_back(tensor, tensor_of_object(value, dtype));
  if (PyLong_Check(value.ptr()) &&
      !array_of(feeding.feeds.back().second.to_tensor()).equal(value)) {
    errors::raise_type_error("Type of feed value " + shown(value) + " with type " +
                             shown(value.type()) + " is not compatible with Tensor type " +
                             name_of(dtype) +
                             ". Try explicitly setting the type of the feed tensor to a larger "
                             "type (e.g. int64).");
  }
  feeding.objects.push_back(nb::borrow(value));
}

Feeding feeding_of(Graph& graph, nb::handle feed_dict) {
  Feeding feeding;
  if (feed_dict.is_none()) return feeding;
  if (!PyDict_Check(feed_dict.ptr())) {
    const nb::object items =
        nb::hasattr(feed_dict, "items") ? feed_dict.attr("items")() : nb::object();
    if (!items.is_valid()) errors::raise_type_error("`feed_dict` must be a dictionary");
    for (const nb::handle item : items)
      add_feed(graph, item[nb::int_(0)], item[nb::int_(1)], feeding);
    return feeding;
  }
  for (const auto& [key, value] : nb::borrow<nb::dict>(feed_dict)) {
    add_feed(graph, key, value, feeding);
  }
  return feeding;
}

}  // namespace

SessionRef& to_session(nb::handle object) {
  nb::object session = nb::borrow(object);
  // A session that wraps another one (a monitored session) says which.
  while (!nb::isinstance<SessionRef>(session) && nb::hasattr(session, "_tf_sess")) {
    session = session.attr("_tf_sess")();
  }
  if (!nb::isinstance<SessionRef>(session)) {
    errors::raise_type_error("'sess' must be a Session; " + shown(object));
  }
  return *nb::inst_ptr<SessionRef>(session);
}

namespace {

nb::object run(SessionRef& self, nb::handle fetches, nb::handle feed_dict, nb::handle, nb::handle) {
  Graph& graph = self.session.graph();
  if (graph.operations().empty()) self.session.run(std::vector<Fetch>());  // throws
  FetchNest nest(graph, fetches);
  const Feeding feeding = feeding_of(graph, feed_dict);
  std::vector<Tensor> values;
  with_graph_in_errors(self, [&] {
    const nb::gil_scoped_release released;
    values = self.session.run(nest.leaves(), feeding.feeds);
  });
  return nest.results(std::move(values), feeding);
}

}  // namespace

void bind_session(nb::module_& m) {
  nb::class_<SessionRef>(m, "BaseSession", nb::type_slots(graph_holder_slots<SessionRef>()),
                         nb::dynamic_attr(), nb::is_weak_referenceable(),
                         "Runs a graph and owns the variables' values. run() may be called from "
                         "many threads at once; the GIL is released while it works.")
      .def(
          "__init__", [](SessionRef* self, Graph& graph) { new (self) SessionRef(graph); },
          "graph"_a)
      .def_prop_ro(
          "graph", [](const SessionRef& self) { return self.graph; }, "The graph it runs.")
      .def("run", &run, "fetches"_a, "feed_dict"_a = nb::none(), "options"_a = nb::none(),
           "run_metadata"_a = nb::none(),
           "Runs what `fetches`, any nest of tensors, operations, variables and names, needs, and "
           "gives the values in the same nest: arrays, and None for operations. `feed_dict` maps "
           "tensors or their names to values. Raises TypeError or ValueError for what cannot be "
           "fetched or fed, RuntimeError in a closed session, InvalidArgumentError without a "
           "placeholder's value, and the errors of operations.")
      .def(
          "_check_fetches",
          [](SessionRef& self, nb::handle fetches) { FetchNest(self.session.graph(), fetches); },
          "fetches"_a, "Raises what run() would raise for these.")
      .def(
          "close", [](SessionRef& self) { self.session.close(); },
          "Frees the variables' values. Running afterwards is a RuntimeError.");
}

}  // namespace tensorkeep::python
