#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace tensorkeep::python {

namespace nb = nanobind;

// A scope as a context manager: opened on entry, with what it gives to `as`, closed on exit. It
// holds the graph it is of, if that is known before it is opened; else what is open does.
class Scope {
 public:
  struct Opened {
    std::shared_ptr<void> scope;
    nb::object value;
    nb::object graph = nb::none();
  };
  explicit Scope(std::function<Opened()> open, nb::object graph = nb::none())
      : graph_(std::move(graph)), open_(std::move(open)) {}

  nb::object enter() {
    Opened opened = open_();
    opened_.push_back({std::move(opened.graph), std::move(opened.scope)});
    return opened.value;
  }
  void exit() { opened_.pop_back(); }

  int visit(visitproc visit, void* arg) const {
    Py_VISIT(graph_.ptr());
    for (const InGraph& opened : opened_) Py_VISIT(opened.graph.ptr());
    return 0;
  }

 private:
  struct InGraph {
    nb::object graph;
    std::shared_ptr<void> scope;
  };

  nb::object graph_;
  std::function<Opened()> open_;
  std::vector<InGraph> opened_;
};

}  // namespace tensorkeep::python
