#pragma once

#include <memory>
#include <vector>

#include "exceptions.h"
#include "handles.h"
#include "tensorkeep/session.h"

namespace tensorkeep::python {

// Python's BaseSession.
struct SessionRef {
  std::shared_ptr<Graph> graph;
  Session session;
  explicit SessionRef(std::shared_ptr<Graph> in) : graph(std::move(in)), session(*graph) {}
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
    set_python_error(error, session.graph.get());
    throw nb::python_error();
  }
}

}  // namespace tensorkeep::python
