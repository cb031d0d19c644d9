#include "table/ordered_code.h"

#include "table/format.h"
#include "target.h"

// Decoders accept exactly what the encoders write, and the order of the bytes is the values'.
namespace tensorkeep::fuzz {
namespace {

template <typename T>
void check_decoder(
    std::string_view input, bool (*take)(std::string_view&, T&),
    void (*append)(std::string&,
                   std::conditional_t<std::is_same_v<T, std::string>, std::string_view, T>)) {
  std::string_view rest = input;
  T value{};
  if (!take(rest, value)) return;
  std::string again;
  append(again, value);
  require(input.substr(0, input.size() - rest.size()) == again);
}

void check_order(std::uint64_t a, std::uint64_t b) {
  const auto increasing = [](std::uint64_t value) {
    std::string code;
    table::append_num_increasing(code, value);
    return code;
  };
  const auto signed_increasing = [](std::uint64_t bits) {
    const auto value = static_cast<std::int64_t>(bits);
    std::string code;
    table::append_signed_num_increasing(code, value);
    std::string_view rest = code;
    std::int64_t back = 0;
    require(table::take_signed_num_increasing(rest, back) && back == value && rest.empty());
    return code;
  };
  require((a < b) == (increasing(a) < increasing(b)));
  require((static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b)) ==
          (signed_increasing(a) < signed_increasing(b)));
}

}  // namespace

void run(std::string_view input) {
  check_decoder<std::uint64_t>(input, table::take_num_increasing, table::append_num_increasing);
  check_decoder<std::int64_t>(input, table::take_signed_num_increasing,
                              table::append_signed_num_increasing);
  check_decoder<std::string>(input, table::take_string, table::append_string);
  if (input.size() >= 16) {
    check_order(table::load_little_endian<std::uint64_t>(input.data()),
                table::load_little_endian<std::uint64_t>(input.data() + 8));
  }
  if (const auto key = table::decode_slice_key(input)) {
    require(table::encode_slice_key(key->name, key->slice) == input);
  }
}

}  // namespace tensorkeep::fuzz
