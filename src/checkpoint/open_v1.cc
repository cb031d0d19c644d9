#include "checkpoint/open_v1.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "checkpoint/paths.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

constexpr std::size_t kMostShards = 100'000;

// The names that "P-?????-of-00002" stands for and that are not among the files.
std::vector<std::string> missing_shards(const std::string& pattern,
                                        const std::vector<std::string>& paths) {
  constexpr std::string_view kMiddle =
      "-?????"
      "-of-";
  const std::size_t at = pattern.rfind(kMiddle);
  if (at == std::string::npos) return {};
  const std::string count = pattern.substr(at + kMiddle.size());
  std::size_t shards = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), shards);
  if (error != std::errc() || end != count.data() + count.size() || shards > kMostShards) return {};
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < shards; ++i) {
    std::string name = fmt::format("{}-{:05d}-of-{}", pattern.substr(0, at), i, count);
    if (!std::binary_search(paths.begin(), paths.end(), name)) missing.push_back(std::move(name));
  }
  return missing;
}

}  // namespace

slices::Reader open_v1(io::FileSystem& files, const std::string& prefix) {
  const std::vector<std::string> paths = matching_files(files, prefix);
  if (paths.empty()) {
    throw errors::NotFoundError(
        fmt::format("Unsuccessful TensorSliceReader constructor: Failed to find any matching files "
                    "for {}",
                    prefix),
        {.file = prefix});
  }
  return slices::Reader(prefix, paths,
                        {.file_system = &files, .missing = missing_shards(prefix, paths)});
}

}  // namespace tensorkeep::checkpoint
