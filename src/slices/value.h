#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "table/value_stream.h"
#include "table/writer.h"
#include "tensor/slice.h"
#include "tensorkeep/tensor.h"

// The values of a V1 file: SavedTensorSlices { data { name, slice, data } } with a TensorProto that
// holds nothing but the list of the element type's field (saved_tensor_slice.proto, tensor.proto).
// Coded by hand, since they may be large: nothing is held in memory beside the tensor.
namespace tensorkeep::slices {

// How elements lie in a TensorProto.
struct ListField {
  enum class Kind {
    kFixed,   // little-endian, as in memory
    kVarint,  // base 128; negative numbers in 10 bytes
    kString,  // length and bytes
  };
  int number;
  Kind kind;
  std::size_t most_bytes;   // for an element; what TensorFlow assumes
  std::size_t least_bytes;  // of an honest file
};
// nullopt for the types that the format does not hold.
std::optional<ListField> list_field_of(DType dtype);

// One slice's value, before it is written.
struct EncodedValue {
  std::string head;        // all up to the elements
  std::uint64_t list = 0;  // bytes of the elements
  std::uint64_t size() const { return head.size() + list; }
};
// Throws UnimplementedError or InvalidArgumentError for a type that the format does not hold, and
// InvalidArgumentError "Tensor slice is too large to serialize".
EncodedValue plan_value(std::string_view name, const TensorSlice& slice, const Tensor& tensor);
void write_value(const EncodedValue& value, const Tensor& tensor, const table::Writer::Sink& sink);

// Reads a value of exactly `count` elements into `out` (a std::string each for strings), or only
// checks it if that is null. `what` is for the DataLossError of one that is not so.
void read_value(table::ValueStream& stream, DType dtype, std::uint64_t count, void* out,
                const std::string& what);

}  // namespace tensorkeep::slices
