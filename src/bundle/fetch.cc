#include "bundle/fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "base/crc32c.h"
#include "base/parallel.h"
#include "bundle/string_codec.h"
#include "tensor/stored_bools.h"

namespace tensorkeep::bundle {
namespace {

constexpr std::size_t kPieceSize = std::size_t{8} << 20;  // what a thread takes at a time
constexpr std::size_t kHotSize = std::size_t{256} << 10;  // read and checksummed while in cache

// Throws unless the entry's size is one that its type and shape allow.
void check_size(const Place& place, const StoredEntry& entry) {
  const auto complain = [&](std::string_view relation, std::uint64_t expected) {
    place.fail(
        fmt::format("Invalid size in bundle entry: key {}; stored size {}; expected size {}{}",
                    place.tensor, entry.size, relation, expected));
  };
  if (const auto exact = stored_size(entry.dtype, entry.shape)) {
    if (*exact != entry.size) complain("", *exact);
    return;
  }
  const auto count = static_cast<std::uint64_t>(entry.shape.num_elements());
  if (entry.dtype == DType::kString) {
    // A length byte each, and the checksum of the lengths.
    if (entry.size < 4 || entry.size - 4 < count) complain("is at least ", count + 4);
  } else if (entry.dtype == DType::kVariant) {
    if (entry.size / 5 < count) complain("is at least 5 times ", count);
  } else if (entry.dtype == DType::kResource) {
    throw errors::UnimplementedError(
        fmt::format("Reading a tensor of type {} is not supported ({})", op_name_of(entry.dtype),
                    place.describe()),
        {.tensor = place.tensor, .file = place.file});
  } else {
    place.fail(fmt::format("Invalid tensor shape: {} {} of {}", place.tensor,
                           entry.shape.debug_string(), op_name_of(entry.dtype)));
  }
}

// A stretch of one fetch's bytes, for one thread.
struct Piece {
  std::size_t fetch;
  std::size_t begin;
  std::size_t size;
  std::uint32_t crc = 0;
  std::exception_ptr error = nullptr;
};

void read_piece(const io::RandomAccessFile& file, std::uint64_t offset, std::span<std::byte> out,
                std::uint32_t& crc) {
  while (!out.empty()) {
    const auto hot = out.first(std::min(out.size(), kHotSize));
    file.read_exactly(offset, hot);
    crc = crc32c::extend(crc, hot);
    offset += hot.size();
    out = out.subspan(hot.size());
  }
}

std::vector<Piece> cut(std::span<const Fetch> fetches) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < fetches.size(); ++i) {
    const std::size_t size = fetches[i].out.size();
    for (std::size_t begin = 0; begin < size; begin += kPieceSize) {
      pieces.push_back({i, begin, std::min(kPieceSize, size - begin)});
    }
  }
  return pieces;
}

}  // namespace

Place check_entry(const Source& source, std::string_view name, const StoredEntry& entry) {
  Place place{std::string(name), source.prefix, source.prefix + ".index",
              entry.shard,       entry.offset,  entry.size};
  if (!entry.defect.empty()) {
    throw errors::DataLossError(entry.defect + " (" + place.file + ")",
                                {.tensor = place.tensor, .file = place.file});
  }
  if (entry.shard >= source.header.num_shards) {
    throw errors::DataLossError(
        fmt::format("Invalid place in bundle entry: key {}; shard {} of {} ({})", name, entry.shard,
                    source.header.num_shards, place.file),
        {.tensor = place.tensor, .file = place.file});
  }
  place.file = source.shards.path(entry.shard);
  check_size(place, entry);
  const io::RandomAccessFile& file = source.shards.open(entry.shard);
  if (entry.offset + entry.size > file.size()) {
    throw errors::OutOfRangeError(
        fmt::format(
            "Read less bytes than requested ({}): the file has {} bytes, it is truncated or "
            "does not belong to this index",
            place.describe(), file.size()),
        {.tensor = place.tensor, .file = place.file});
  }
  return place;
}

void fetch_all(const Source& source, std::span<const Fetch> fetches, int threads) {
  std::vector<Place> places;
  for (const Fetch& fetch : fetches) {
    places.push_back(check_entry(source, fetch.name, *fetch.entry));
    if (fetch.out.size() != fetch.entry->size) {
      throw errors::InvalidArgumentError(
          fmt::format("{} bytes of memory given for {}", fetch.out.size(),
                      places.back().describe()),
          {.tensor = std::string(fetch.name), .file = places.back().file});
    }
  }
  std::vector<Piece> pieces = cut(fetches);
  parallel_for(pieces.size(), threads, [&](std::size_t i) {
    Piece& piece = pieces[i];
    const Fetch& fetch = fetches[piece.fetch];
    try {
      read_piece(source.shards.open(fetch.entry->shard), fetch.entry->offset + piece.begin,
                 fetch.out.subspan(piece.begin, piece.size), piece.crc);
    } catch (...) {
      piece.error = std::current_exception();
    }
  });
  auto piece = pieces.begin();
  for (std::size_t i = 0; i < fetches.size(); ++i) {
    std::uint32_t crc = 0;
    for (; piece != pieces.end() && piece->fetch == i; ++piece) {
      if (piece->error) std::rethrow_exception(piece->error);
      crc = piece->begin == 0 ? piece->crc : crc32c::combine(crc, piece->crc, piece->size);
    }
    places[i].check_crc(crc, fetches[i].entry->masked_crc);
    // Checked as stored, then made what the machine takes.
    if (source.header.big_endian) swap_bytes(fetches[i].entry->dtype, fetches[i].out);
    normalize_stored_bools(fetches[i].entry->dtype, fetches[i].out);
  }
}

Tensor fetch_strings(const Source& source, std::string_view name, const StoredEntry& entry) {
  const Place place = check_entry(source, name, entry);
  Tensor tensor(DType::kString, entry.shape);
  StoredStream stream(source.shards.open(entry.shard), place);
  const std::uint32_t crc =
      decode_strings(stream, static_cast<std::uint64_t>(tensor.num_elements()),
                     source.header.big_endian, tensor.mutable_data<std::string>());
  place.check_crc(crc, entry.masked_crc);
  return tensor;
}

void verify_entry(const Source& source, std::string_view name, const StoredEntry& entry) {
  const Place place = check_entry(source, name, entry);
  StoredStream stream(source.shards.open(entry.shard), place);
  const auto count = static_cast<std::uint64_t>(entry.shape.num_elements());
  std::uint32_t crc = 0;
  if (entry.dtype == DType::kString) {
    crc = decode_strings(stream, count, source.header.big_endian, {});
  } else if (entry.dtype == DType::kVariant) {
    if (source.header.big_endian) {
      throw errors::UnimplementedError(
          fmt::format(
              "TensorBundle at {} is of a different endianness than this machine's hardware, "
              "and the bundle contains a variant (arbitrary C++ type) tensor ({})",
              source.prefix, place.describe()),
          {.tensor = place.tensor, .file = place.file});
    }
    crc = check_variants(stream, count);
  } else {
    stream.pass(entry.size,
                [&](std::span<const std::byte> piece) { crc = crc32c::extend(crc, piece); });
  }
  place.check_crc(crc, entry.masked_crc);
}

void swap_bytes(DType dtype, std::span<std::byte> bytes) {
  // A complex number is two numbers.
  const std::size_t width = is_complex(dtype) ? size_of(dtype) / 2 : size_of(dtype);
  if (width < 2) return;
  for (std::size_t i = 0; i + width <= bytes.size(); i += width) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
}

}  // namespace tensorkeep::bundle
