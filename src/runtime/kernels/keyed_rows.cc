#include "runtime/kernels/keyed_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "runtime/kernels/string_hash.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

template <typename K>
struct HashOf : std::hash<K> {};
template <>
struct HashOf<std::string> {
  std::size_t operator()(const std::string& text) const { return murmur_hash(text); }
};

// Rows of elements under numbers; one that is given back is used again.
class Rows {
 public:
  Rows(DType dtype, const Shape& row)
      : dtype_(dtype), row_(row), elements_(static_cast<std::size_t>(row.num_elements())) {}

  std::size_t add() {
    if (!free_.empty()) {
      const std::size_t number = free_.back();
      free_.pop_back();
      return number;
    }
    if (dtype_ == DType::kString) {
      strings_.resize(strings_.size() + elements_);
    } else {
      bytes_.resize(bytes_.size() + row_bytes());
    }
    return count_++;
  }
  void give_back(std::size_t number) {
    for (std::size_t i = 0; i < elements_ && dtype_ == DType::kString; ++i) {
      strings_[number * elements_ + i].clear();
    }
    free_.push_back(number);
  }
  void clear() {
    count_ = 0;
    free_.clear();
    strings_.clear();
    bytes_.clear();
  }

  void set(std::size_t number, const void* from, std::size_t row) {
    copy(from, row, memory(), number);
  }
  void get(std::size_t number, void* to, std::size_t row) const { copy(memory(), number, to, row); }
  // From row to row of the memory of two tensors.
  void copy(const void* from, std::size_t from_row, void* to, std::size_t to_row) const {
    if (elements_ == 0) return;
    if (dtype_ == DType::kString) {
      std::copy_n(static_cast<const std::string*>(from) + from_row * elements_, elements_,
                  static_cast<std::string*>(to) + to_row * elements_);
    } else {
      std::memcpy(static_cast<std::byte*>(to) + to_row * row_bytes(),
                  static_cast<const std::byte*>(from) + from_row * row_bytes(), row_bytes());
    }
  }
  // As many rows of nothing yet.
  Tensor tensor(std::size_t count) const {
    return Tensor(dtype_, Shape{static_cast<std::int64_t>(count)}.concatenate(row_));
  }

 private:
  std::size_t row_bytes() const { return elements_ * size_of(dtype_); }
  const void* memory() const {
    return dtype_ == DType::kString ? static_cast<const void*>(strings_.data()) : bytes_.data();
  }
  void* memory() {
    return dtype_ == DType::kString ? static_cast<void*>(strings_.data()) : bytes_.data();
  }

  DType dtype_;
  Shape row_;
  std::size_t elements_;  // of a row
  std::size_t count_ = 0;
  std::vector<std::size_t> free_;
  std::vector<std::string> strings_;
  std::vector<std::byte> bytes_;
};
// As TensorFlow writes numbers in messages.
template <typename T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "1" : "0";
  } else if constexpr (std::is_integral_v<T>) {
    return fmt::format("{}", value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return fmt::format("{:g}", value);
  } else {
    return "another value";
  }
}

// Throws if two elements of the values of one key differ.
template <typename K>
void check_same(const K& key, const Tensor& values, std::size_t before, std::size_t now,
                std::size_t elements) {
  visit_dtype(values.dtype(), [&]<typename T>(T) {
    const auto* data = static_cast<const T*>(values.raw_data());
    for (std::size_t i = 0; i < elements; ++i) {
      const T& a = data[before * elements + i];
      const T& b = data[now * elements + i];
      if constexpr (requires { a == b; }) {
        if (a == b) continue;
      } else {
        if (std::memcmp(&a, &b, sizeof(T)) == 0) continue;
      }
      throw errors::FailedPreconditionError(
          fmt::format("HashTable has different value for same key. Key {} has {} and trying to add "
                      "value {}",
                      text_of(key), text_of(a), text_of(b)));
    }
  });
}

// The order of entries is that of the standard library's map, which TensorFlow uses as well.
template <typename K>
class KeyedRowsOf : public KeyedRows {
 public:
  KeyedRowsOf(DType value_dtype, const Shape& row)
      : rows_(value_dtype, row), row_elements_(static_cast<std::size_t>(row.num_elements())) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(numbers_.size()); }

  void find(const Tensor& keys, const Tensor& defaults, Tensor& values) const override {
    const auto wanted = keys.data<K>();
    const bool each = defaults.num_elements() != static_cast<std::int64_t>(row_elements_);
    void* const out = values.mutable_raw_data();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto found = numbers_.find(wanted[i]);
      if (found != numbers_.end()) {
        rows_.get(found->second, out, i);
      } else {
        rows_.copy(defaults.raw_data(), each ? i : 0, out, i);
      }
    }
  }

  void insert(const Tensor& keys, const Tensor& values) override {
    const auto given = keys.data<K>();
    for (std::size_t i = 0; i < given.size(); ++i) {
      rows_.set(number_of(given[i]), values.raw_data(), i);
    }
  }

  void insert_distinct(const Tensor& keys, const Tensor& values) override {
    const auto given = keys.data<K>();
    std::unordered_map<K, std::size_t, HashOf<K>> first;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const auto [known, is_new] = first.try_emplace(given[i], i);
      if (!is_new) check_same(given[i], values, known->second, i, row_elements_);
    }
    insert(keys, values);
  }

  void remove(const Tensor& keys) override {
    for (const K& key : keys.data<K>()) {
      const auto found = numbers_.find(key);
      if (found == numbers_.end()) continue;
      rows_.give_back(found->second);
      numbers_.erase(found);
    }
  }

  void clear() override {
    numbers_.clear();
    rows_.clear();
  }

  std::pair<Tensor, Tensor> entries() const override {
    Tensor keys(dtype_of<K>, Shape{size()});
    Tensor values = rows_.tensor(numbers_.size());
    const auto keys_out = keys.template mutable_data<K>();
    void* const values_out = values.mutable_raw_data();
    std::size_t i = 0;
    for (const auto& [key, number] : numbers_) {
      keys_out[i] = key;
      rows_.get(number, values_out, i++);
    }
    return {std::move(keys), std::move(values)};
  }

 private:
  std::size_t number_of(const K& key) {
    if (const auto found = numbers_.find(key); found != numbers_.end()) return found->second;
    const std::size_t number = rows_.add();
    numbers_.emplace(key, number);
    return number;
  }

  std::unordered_map<K, std::size_t, HashOf<K>> numbers_;
  Rows rows_;
  std::size_t row_elements_;
};

}  // namespace

std::unique_ptr<KeyedRows> KeyedRows::make(DType key_dtype, DType value_dtype, const Shape& row) {
  switch (key_dtype) {
    case DType::kInt32:
      return std::make_unique<KeyedRowsOf<std::int32_t>>(value_dtype, row);
    case DType::kInt64:
      return std::make_unique<KeyedRowsOf<std::int64_t>>(value_dtype, row);
    case DType::kString:
      return std::make_unique<KeyedRowsOf<std::string>>(value_dtype, row);
    default:
      throw errors::UnimplementedError("no hash table with keys of type " + name_of(key_dtype));
  }
}

}  // namespace tensorkeep::runtime
