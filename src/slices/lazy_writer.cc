#include "slices/lazy_writer.h"

#include <fmt/format.h>

#include <map>

#include "base/checked_math.h"
#include "io/files.h"
#include "slices/value.h"
#include "table/ordered_code.h"
#include "table/writer.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::slices {

std::string obstacle(DType dtype, const Shape& shape) {
  const auto field = list_field_of(dtype);
  if (!field) return fmt::format("the V1 format has no {} elements", name_of(dtype));
  const auto count = shape.checked_num_elements();
  const auto bytes =
      count ? checked_mul(*count, static_cast<std::int64_t>(field->most_bytes)) : std::nullopt;
  if (bytes && *bytes + 2048 <= std::int64_t{1} << 31) return "";
  return "the V1 format has no room for more than 2^31 bytes in a slice";
}

void write_lazily(io::FileSystem& files, const std::string& path,
                  std::span<const SliceDescription> slices,
                  const std::function<Tensor(std::size_t)>& load, io::Durability durability) {
  const std::string meta = encode_meta(list_tensors(slices));
  std::map<std::string, std::size_t> order;  // by slice key, which is their order in the file
  for (std::size_t i = 0; i < slices.size(); ++i) {
    order.emplace(table::encode_slice_key(slices[i].name, slices[i].slice), i);
  }
  const auto body = [&](io::WritableFile& file) {
    table::Writer table(file);
    table.add("", meta);
    for (const auto& [key, i] : order) {
      const Tensor tensor = load(i);
      const EncodedValue value = plan_value(slices[i].name, slices[i].slice, tensor);
      table.add(key, value.size(), [&, &value = value](const table::Writer::Sink& sink) {
        write_value(value, tensor, sink);
      });
    }
    table.finish();
  };
  io::write_atomically(files, path, body, durability);
}

}  // namespace tensorkeep::slices
