#include "tensorkeep/rename.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checkpoint/object_graph.h"
#include "convert/name_map.h"
#include "convert/sink.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

using convert::Item;

[[noreturn]] void collide(const std::string& first, const std::string& second,
                          const std::string& name) {
  throw errors::InvalidArgumentError(
      fmt::format("Both {} and {} would be called {}. Nothing was written.", first, second, name),
      {.tensor = name});
}

// Old names to new ones; no two old names may become one.
class Names {
 public:
  explicit Names(convert::NameMap& map) : map_(map) {}

  const std::string& add(const std::string& from) {
    const auto [at, added] = news_.try_emplace(from);
    if (!added) return at->second;
    at->second = map_.map(from);
    const auto [owner, first] = owners_.emplace(at->second, from);
    if (!first) collide(owner->second, from, at->second);
    return at->second;
  }

  std::vector<RenameSummary::Renamed> changed() const {
    std::vector<RenameSummary::Renamed> changed;
    for (const auto& [from, to] : news_) {
      if (from != to) changed.push_back({from, to});
    }
    return changed;
  }

 private:
  convert::NameMap& map_;
  std::map<std::string, std::string> news_;
  std::map<std::string, std::string> owners_;  // by new name
};

void check_holds(const convert::TensorSource& source, const Item& item) {
  const convert::StoredTensor& tensor = source.tensors()[item.tensor];
  convert::check_described(source, item.tensor);
  const std::string reason = convert::obstacle(source.format(), source, tensor, item.name);
  if (reason.empty()) return;
  throw errors::UnimplementedError(
      fmt::format("{}: tensor {} cannot be written as {}: {}. Nothing was written.", source.path(),
                  tensor.name, item.name, reason),
      {.tensor = tensor.name, .file = source.path()});
}

std::vector<std::string> names_in(const convert::TensorSource& source) {
  std::vector<std::string> names;
  for (const auto& tensor : source.tensors()) names.push_back(tensor.name);
  return names;
}

}  // namespace

RenameSummary rename_tensors(const std::string& checkpoint, const std::string& destination,
                             const std::vector<RenameRule>& rules, const RenameOptions& options) {
  io::FileSystem& files = io::default_file_system();
  convert::NameMap map(rules);
  const auto source = convert::open_source(files, checkpoint);
  Names names(map);
  Names full_names(map);
  std::vector<Item> items;
  for (std::size_t i = 0; i < source->tensors().size(); ++i) {
    const std::string& name = source->tensors()[i].name;
    if (name != checkpoint::kObjectGraphKey) items.push_back({i, names.add(name)});
  }
  const std::size_t graph = source->find(checkpoint::kObjectGraphKey);
  if (graph < source->tensors().size()) {
    const auto rename_key = [&](const std::string& key) {
      return source->find(key) < source->tensors().size() ? names.add(key) : key;
    };
    const auto rename_variable = [&](const std::string& name) { return full_names.add(name); };
    items.push_back(
        {graph, checkpoint::kObjectGraphKey,
         checkpoint::rename_in(source->read(graph), source->path(), rename_key, rename_variable)});
  }
  map.check_all_used(names_in(*source));
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(
      items.begin(), items.end(), [](const Item& a, const Item& b) { return a.name == b.name; });
  if (twice != items.end()) {
    collide(source->tensors()[twice->tensor].name, source->tensors()[(twice + 1)->tensor].name,
            twice->name);
  }
  for (const Item& item : items) check_holds(*source, item);
  RenameSummary summary{source->tensors().size(), names.changed(), full_names.changed()};
  if (options.dry_run) return summary;
  convert::check_destination(files, destination, source->format());
  convert::Meter meter(convert::total_bytes(*source), options.progress);
  convert::write_items(files, destination, source->format(), {*source, std::move(items), meter});
  return summary;
}

}  // namespace tensorkeep
