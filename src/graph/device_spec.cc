#include "graph/device_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

struct DeviceSpec {
  std::optional<std::string> job, replica, task, type, index;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

DeviceSpec parse(const std::string& device) {
  DeviceSpec spec;
  const auto assign_type = [&](const std::string& type, const std::optional<std::string>& index) {
    if (spec.type) {
      errors::raise_value_error(fmt::format(
          "Multiple device types are not allowed while parsing the device spec: '{}'.", device));
    }
    spec.type = type;
    std::transform(spec.type->begin(), spec.type->end(), spec.type->begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (index && *index != "*") spec.index = index;
  };
  for (const std::string& part : split(device, '/')) {
    const std::vector<std::string> fields = split(part, ':');
    const std::string& key = fields[0];
    if (part.empty()) continue;
    if (fields.size() == 2 && key == "job") {
      spec.job = fields[1];
    } else if (fields.size() == 2 && key == "replica") {
      spec.replica = fields[1];
    } else if (fields.size() == 2 && key == "task") {
      spec.task = fields[1];
    } else if (fields.size() == 3 && key == "device") {
      assign_type(fields[1], fields[2]);
    } else if (fields.size() <= 2 && (key == "cpu" || key == "CPU" || key == "gpu" ||
                                      key == "GPU" || key == "TPU" || key == "tpu")) {
      assign_type(key, fields.size() == 2 ? std::optional(fields[1]) : std::nullopt);
    } else {
      errors::raise_value_error(
          fmt::format("Unknown attribute '{}' is encountered while parsing the device spec: '{}'.",
                      key, device));
    }
  }
  return spec;
}

std::string print(const DeviceSpec& spec) {
  std::string text;
  if (spec.job) text += "/job:" + *spec.job;
  if (spec.replica) text += "/replica:" + *spec.replica;
  if (spec.task) text += "/task:" + *spec.task;
  if (spec.type) text += fmt::format("/device:{}:{}", *spec.type, spec.index.value_or("*"));
  return text;
}

}  // namespace

std::string canonical_device(const std::string& device) {
  return print(parse(device));
}

std::string merge_devices(const std::string& outer, const std::string& device) {
  DeviceSpec merged = parse(outer);
  const DeviceSpec inner = parse(device);
  if (inner.job) merged.job = inner.job;
  if (inner.replica) merged.replica = inner.replica;
  if (inner.task) merged.task = inner.task;
  if (inner.type) merged.type = inner.type;
  if (inner.index) merged.index = inner.index;
  return print(merged);
}

}  // namespace tensorkeep
