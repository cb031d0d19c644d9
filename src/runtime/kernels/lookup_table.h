#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>

#include "runtime/kernels/keyed_rows.h"
#include "runtime/value.h"

namespace tensorkeep::runtime {

// A hash table of a session. Thread-safe. Tensors have to be of its types (what a kernel checks);
// shapes are checked here, in TensorFlow's words.
class LookupTable : public Resource {
 public:
  struct Definition {
    DType key_dtype;
    DType value_dtype;
    Shape row;       // of a key's value: a scalar in most tables
    bool is_static;  // filled once, by initialize()
  };
  // Throws InvalidArgumentError if values are neither scalars nor vectors, UnimplementedError for
  // keys of a type that no table has.
  LookupTable(std::string container, std::string name, Definition definition);

  DType key_dtype() const { return definition_.key_dtype; }
  DType value_dtype() const { return definition_.value_dtype; }
  // The handle of TensorFlow's first tables: container and name, a vector of two strings.
  Tensor reference() const;

  std::int64_t size() const;
  Tensor find(const Tensor& keys, const Tensor& defaults) const;
  void insert(const Tensor& keys, const Tensor& values);
  void remove(const Tensor& keys);
  // Fills the table with these and nothing else.
  void import(const Tensor& keys, const Tensor& values);
  // The same for a static table, from vectors.
  void initialize(const Tensor& keys, const Tensor& values);
  std::pair<Tensor, Tensor> entries() const;

 private:
  void check_values(const Tensor& keys, const Tensor& values) const;
  void check_not_static(const char* what) const;
  void fill_static(const Tensor& keys, const Tensor& values);

  const std::string container_;
  const std::string name_;
  const Definition definition_;
  mutable std::shared_mutex mutex_;
  std::unique_ptr<KeyedRows> rows_;
  bool initialized_ = false;  // a static one
};

}  // namespace tensorkeep::runtime
