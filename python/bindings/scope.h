#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace tensorkeep::python {

namespace nb = nanobind;

// A scope as a context manager: opened on entry, with what it gives to `as`, closed on exit.
class Scope {
 public:
  struct Opened {
    std::shared_ptr<void> scope;
    nb::object value;
  };
  explicit Scope(std::function<Opened()> open) : open_(std::move(open)) {}

  nb::object enter() {
    Opened opened = open_();
    open_scopes_.push_back(std::move(opened.scope));
    return opened.value;
  }
  void exit() { open_scopes_.pop_back(); }

 private:
  std::function<Opened()> open_;
  std::vector<std::shared_ptr<void>> open_scopes_;
};

}  // namespace tensorkeep::python
