#pragma once

#include <optional>
#include <string>

#include "tensorkeep/scopes.h"

namespace tensorkeep::train {

// Puts what is made while this lives where something else is. If that is nowhere in particular,
// nothing changes, where tf::device("") would hide the scopes outside.
class OnDevice {
 public:
  OnDevice(Graph& graph, const std::string& device) {
    if (!device.empty()) scope_.emplace(graph, device);
  }

 private:
  std::optional<DeviceScope> scope_;
};

}  // namespace tensorkeep::train
