#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tensorkeep/durability.h"
#include "tensorkeep/graph.h"

namespace tensorkeep {

// What a run can be asked for: a tensor, an operation (run for its effect), a variable, or the name
// of either ("add:0", "init").
class Fetch {
 public:
  Fetch(Output tensor) : value_(tensor) {}
  Fetch(Operation* op) : value_(op) {}
  Fetch(const char* name) : value_(std::string(name)) {}
  Fetch(std::string name) : value_(std::move(name)) {}
  template <typename T>
  requires requires(const T& t) {
    { t.as_graph_element() } -> std::convertible_to<Output>;
  }
  Fetch(const T& object) : value_(Output(object.as_graph_element())) {}

  const std::variant<Output, Operation*, std::string>& value() const { return value_; }

 private:
  std::variant<Output, Operation*, std::string> value_;
};

struct RunOptions {
  Durability durability = Durability::kDurable;
};

// Runs a graph and owns the variables' values. The graph must outlive the session unless it is held
// by a shared_ptr (the default graph is). run() may be called from many threads at once; while the
// graph is being changed, it may not.
class Session {
 public:
  Session();  // of the default graph
  explicit Session(Graph& graph);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Graph& graph() const;

  // Runs what the fetch needs and returns its value (no tensor for an operation). Throws
  // InvalidArgumentError for fetches and feeds that do not fit the graph, UnimplementedError naming
  // every operation that has no kernel, FailedPreconditionError for uninitialised variables, and
  // what the kernels throw.
  Tensor run(const Fetch& fetch, const Feeds& feeds = {}, const RunOptions& options = {});
  // All fetches in one run, in their order.
  std::vector<Tensor> run(const std::vector<Fetch>& fetches, const Feeds& feeds = {},
                          const RunOptions& options = {});

  // Frees the variables; a later run throws RuntimeError ("Attempted to use a closed Session.").
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tensorkeep
