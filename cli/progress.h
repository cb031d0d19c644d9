#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tensorkeep/checkpoint_reader.h"

namespace tensorkeep::cli {

// A bar on standard error while bytes are worked through: on a terminal only, for work of some size
// only, redrawn ten times a second at most, and wiped out at the end.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // To hand to verify and convert_tensors; the bar must outlive it.
  train::Progress callback();

 private:
  void update(std::uint64_t done, std::uint64_t total);

  std::string label_;
  bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace tensorkeep::cli
