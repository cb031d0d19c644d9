#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tensorkeep/errors.h"
#include "transform/imported_node.h"

namespace tensorkeep::transform {
namespace {

// The GraphDef version of TensorFlow 2.21, the newest whose graphs we know.
constexpr int kCurrentVersion = 2474;

}  // namespace

void check_versions(const proto::VersionDef& versions) {
  if (versions.min_consumer() > kCurrentVersion) {
    errors::raise_value_error(
        fmt::format("GraphDef min consumer version {} above current version {} for TensorFlow "
                    "2.21.0.  Please upgrade TensorFlow.",
                    versions.min_consumer(), kCurrentVersion));
  }
  const auto& bad = versions.bad_consumers();
  if (std::find(bad.begin(), bad.end(), kCurrentVersion) != bad.end()) {
    errors::raise_value_error(
        fmt::format("GraphDef disallows consumer version {}.  Please upgrade TensorFlow: this "
                    "version is likely buggy.",
                    kCurrentVersion));
  }
}

proto::VersionDef merged_versions(proto::VersionDef into, const proto::VersionDef& from) {
  into.set_producer(std::min(into.producer(), from.producer()));
  into.set_min_consumer(std::max(into.min_consumer(), from.min_consumer()));
  std::set<int> bad(into.bad_consumers().begin(), into.bad_consumers().end());
  bad.insert(from.bad_consumers().begin(), from.bad_consumers().end());
  into.clear_bad_consumers();
  for (const int consumer : bad) into.add_bad_consumers(consumer);
  return into;
}

}  // namespace tensorkeep::transform
