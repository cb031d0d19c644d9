#include "runtime/kernels/lookup_table.h"

#include <fmt/format.h>

#include <mutex>

#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {

LookupTable::LookupTable(std::string container, std::string name, Definition definition)
    : container_(std::move(container)), name_(std::move(name)), definition_(std::move(definition)) {
  const Shape& row = definition_.row;
  if (!row.fully_defined() || row.rank() > 1) {
    throw errors::InvalidArgumentError("Default value must be a vector, got shape " +
                                       row.debug_string());
  }
  rows_ = KeyedRows::make(definition_.key_dtype, definition_.value_dtype, row);
}

Tensor LookupTable::reference() const {
  return Tensor::vector<std::string>({container_, name_});
}

std::int64_t LookupTable::size() const {
  const std::shared_lock lock(mutex_);
  return rows_->size();
}

Tensor LookupTable::find(const Tensor& keys, const Tensor& defaults) const {
  const Shape& row = definition_.row;
  const Shape found = keys.shape().concatenate(row);
  const bool each = !definition_.is_static && defaults.shape() == found;
  if (!each && defaults.shape() != row) {
    throw errors::InvalidArgumentError(
        fmt::format("Expected shape {} or {} for default value, got {}", row.debug_string(),
                    found.debug_string(), defaults.shape().debug_string()));
  }
  Tensor values(definition_.value_dtype, found);
  const std::shared_lock lock(mutex_);
  if (definition_.is_static && !initialized_) {
    throw errors::FailedPreconditionError("Table not initialized.");
  }
  rows_->find(keys, defaults, values);
  return values;
}

void LookupTable::insert(const Tensor& keys, const Tensor& values) {
  check_not_static("Insert");
  check_values(keys, values);
  const std::unique_lock lock(mutex_);
  rows_->insert(keys, values);
}

void LookupTable::remove(const Tensor& keys) {
  check_not_static("Remove");
  const std::unique_lock lock(mutex_);
  rows_->remove(keys);
}

void LookupTable::import(const Tensor& keys, const Tensor& values) {
  check_values(keys, values);
  if (definition_.is_static) return fill_static(keys, values);
  const std::unique_lock lock(mutex_);
  rows_->clear();
  rows_->insert(keys, values);
}

void LookupTable::initialize(const Tensor& keys, const Tensor& values) {
  if (!definition_.is_static) {
    throw errors::InvalidArgumentError(
        fmt::format("Table {} {} is not initializable", container_, name_));
  }
  if (keys.shape().rank() != 1) {
    throw errors::InvalidArgumentError("Keys must be a vector, but received shape" +
                                       keys.shape().debug_string());
  }
  if (keys.num_elements() != values.num_elements()) {
    throw errors::InvalidArgumentError(
        fmt::format("Keys and values must have the same size {} vs {}", keys.num_elements(),
                    values.num_elements()));
  }
  fill_static(keys, values);
}

std::pair<Tensor, Tensor> LookupTable::entries() const {
  const std::shared_lock lock(mutex_);
  if (definition_.is_static && !initialized_) {
    throw errors::AbortedError("HashTable is not initialized.");
  }
  return rows_->entries();
}

void LookupTable::check_values(const Tensor& keys, const Tensor& values) const {
  const Shape expected = keys.shape().concatenate(definition_.row);
  if (values.shape() == expected) return;
  throw errors::InvalidArgumentError(fmt::format("Expected shape {} for value, got {}",
                                                 expected.debug_string(),
                                                 values.shape().debug_string()));
}

void LookupTable::check_not_static(const char* what) const {
  if (!definition_.is_static) return;
  throw errors::UnimplementedError(
      fmt::format("{} not supported by InitializableLookupTable implementations", what));
}

// To be initialised again, a table is only asked whether it has as many entries, as TensorFlow's.
void LookupTable::fill_static(const Tensor& keys, const Tensor& values) {
  if (keys.num_elements() == 0) {
    throw errors::InvalidArgumentError("keys and values cannot be empty tensors.");
  }
  const std::unique_lock lock(mutex_);
  if (initialized_) {
    if (rows_->size() == keys.num_elements()) return;
    throw errors::FailedPreconditionError("Table was already initialized with different data.");
  }
  rows_->insert_distinct(keys, values);
  initialized_ = true;
}

}  // namespace tensorkeep::runtime
