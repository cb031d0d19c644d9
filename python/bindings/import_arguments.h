#pragma once

#include <map>
#include <string>

#include "convert.h"

namespace tensorkeep::python {

// What stands for a graph's tensors, by their names. Throws TypeError.
inline std::map<std::string, Input> input_map_of(nb::handle input_map) {
  std::map<std::string, Input> result;
  if (input_map.is_none()) return result;
  if (!nb::hasattr(input_map, "items")) {
    errors::raise_type_error("Argument `input_map` must be a dictionary. Obtained " +
                             nb::cast<std::string>(input_map.type().attr("__name__")));
  }
  for (const nb::handle item : input_map.attr("items")()) {
    result.emplace(to_text(item[nb::int_(0)]), to_input(item[nb::int_(1)]));
  }
  return result;
}

// Whether to restore the collection of a name; empty for None.
inline std::function<bool(const std::string&)> collections_predicate_of(nb::handle predicate) {
  if (predicate.is_none()) return {};
  return [predicate](const std::string& key) { return nb::cast<bool>(predicate(key)); };
}

}  // namespace tensorkeep::python
