#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/tensor.h"

namespace tensorkeep::runtime {

// What a hash table holds: for every key, a row of values, which is a scalar in most tables. In the
// order in which TensorFlow's table would hold it after the same calls, so that both save the same
// bytes. Not thread-safe; tensors have to be of the right types and shapes.
class KeyedRows {
 public:
  // Keys are int32, int64 or strings. Throws UnimplementedError for other types.
  static std::unique_ptr<KeyedRows> make(DType key_dtype, DType value_dtype, const Shape& row);
  virtual ~KeyedRows() = default;

  virtual std::int64_t size() const = 0;
  // Writes the row of every key to `values`; for one that is not there, its row of `defaults`, or
  // the only one.
  virtual void find(const Tensor& keys, const Tensor& defaults, Tensor& values) const = 0;
  // The last of equal keys wins.
  virtual void insert(const Tensor& keys, const Tensor& values) = 0;
  // Equal keys must have equal values. Throws FailedPreconditionError "HashTable has different
  // value for same key...".
  virtual void insert_distinct(const Tensor& keys, const Tensor& values) = 0;
  virtual void remove(const Tensor& keys) = 0;
  virtual void clear() = 0;
  virtual std::pair<Tensor, Tensor> entries() const = 0;
};

}  // namespace tensorkeep::runtime
