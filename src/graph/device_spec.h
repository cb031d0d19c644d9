#pragma once

#include <string>

namespace tensorkeep {

// The canonical form of a device name: "/cpu:0" is "/device:CPU:0". Throws InvalidArgumentError
// (ValueError "Unknown attribute 'x' is encountered while parsing the device spec: '...'").
std::string canonical_device(const std::string& device);

// `device` with what it leaves open filled from `outer`: both may be partial.
std::string merge_devices(const std::string& outer, const std::string& device);

}  // namespace tensorkeep
