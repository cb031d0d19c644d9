#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "python_objects.h"

namespace tensorkeep::python {

// A progress bar while this lives, if the work takes long and somebody is there to see it.
class ProgressBar {
 public:
  ProgressBar(const char* verb, const std::string& path)
      : bar_(python_object("_client.progress", "start")(verb,
                                                        nb::bytes(path.data(), path.size()))) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() {
    if (bar_.is_none()) return;
    try {
      bar_.attr("stop")();
    } catch (nb::python_error& error) {  // a bar must not spoil a save that is done
      error.discard_as_unraisable("tensorkeep's progress bar");
    }
  }

 private:
  nb::object bar_;
};

}  // namespace tensorkeep::python
