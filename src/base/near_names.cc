#include "base/near_names.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace tensorkeep {

int edit_distance(std::string_view a, std::string_view b, int limit) {
  const auto difference = static_cast<long>(a.size()) - static_cast<long>(b.size());
  if (std::labs(difference) > limit) return limit + 1;
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    int best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
  }
  return std::min(row.back(), limit + 1);
}

std::vector<std::string> near_names(const std::string& name,
                                    const std::vector<std::string>& candidates, std::size_t count) {
  const int limit = std::max(2, static_cast<int>(name.size()) / 3);
  std::vector<std::pair<int, std::string>> found;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(name, candidate, limit);
    if (distance <= limit) found.emplace_back(distance, candidate);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > count) found.resize(count);
  std::vector<std::string> names;
  for (auto& [distance, candidate] : found) names.push_back(std::move(candidate));
  return names;
}

}  // namespace tensorkeep
