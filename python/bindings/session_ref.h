#pragma once

#include <memory>
#include <vector>

#include "exceptions.h"
#include "graph_object.h"
#include "handles.h"
#include "tensorkeep/session.h"

namespace tensorkeep::python {

// Python's BaseSession.
struct SessionRef {
  nb::object graph;
  Session session;
  SeenOwner owner;
  explicit SessionRef(Graph& in) : graph(wrap(in)), session(in), owner(graph) {}
};

// The session of a Session object, or of what wraps one. Throws TypeError.
SessionRef& to_session(nb::handle object);

// The operation or tensor of a name. Throws ValueError.
Fetch named_fetch(const Graph& graph, nb::handle name);

// Calls f(); an error it throws knows the session's operations.
template <typename F>
void with_graph_in_errors(SessionRef& session, F&& f) {
  try {
    f();
  } catch (const errors::Error& error) {
    set_python_error(error, &session.session.graph());
    throw nb::python_error();
  }
}

}  // namespace tensorkeep::python
