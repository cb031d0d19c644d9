#include "ops/returned.h"

#include <fmt/format.h>

#include <string>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

std::string describe(const Returned::Item& item) {
  if (item.op != nullptr)
    return fmt::format("<tf.Operation '{}' type={}>", item.op->name(), item.op->type());
  if (item.value.is_tensor() && item.value.graph() != nullptr) {
    return item.value.to_tensor("").to_string();
  }
  return item.value.is_literal() ? item.value.literal().to_tensor().to_string() : "a variable";
}

std::string describe(const Returned& returned, bool is_list) {
  std::string items;
  for (const Returned::Item& item : returned.items()) {
    items += (items.empty() ? "" : ", ") + describe(item);
  }
  return is_list ? "[" + items + "]" : items;
}

}  // namespace

Outputs::operator Output() const {
  if (size() == 1) return front();
  errors::raise_value_error(
      fmt::format("One tensor is wanted where there are {}: choose one by its index.", size()));
}

void ops::check_same_structure(const Returned& first, const Returned& second, bool unpacks) {
  const auto is_list = [&](const Returned& returned) {
    return returned.is_list() && !(unpacks && returned.items().size() == 1);
  };
  const bool lists = is_list(first);
  if (lists == is_list(second) && first.items().size() == second.items().size()) return;
  errors::raise_value_error(
      fmt::format("The two structures don't have the same nested structure.\n\nFirst structure: "
                  "{}\n\nSecond structure: {}",
                  describe(first, lists), describe(second, is_list(second))));
}

}  // namespace tensorkeep
