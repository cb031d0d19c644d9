#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "text.h"

namespace tensorkeep::cli {
namespace {

constexpr std::uint64_t kWorthABar = 256 << 20;  // bytes: about the work of a tenth of a second
constexpr std::size_t kWidth = 30;
constexpr auto kInterval = std::chrono::milliseconds(100);

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), enabled_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

train::Progress ProgressBar::callback() {
  if (!enabled_) return {};
  return [this](std::uint64_t done, std::uint64_t total) { update(done, total); };
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) {
  if (total < kWorthABar) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < kInterval) return;
  last_ = now;
  drawn_ = true;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(kWidth));
  const std::string line =
      fmt::format("\r{} [{}{}] {:3.0f}% of {}\x1b[K", label_, std::string(filled, '#'),
                  std::string(kWidth - filled, ' '), share * 100, human_bytes(total));
  std::fputs(line.c_str(), stderr);
}

}  // namespace tensorkeep::cli
