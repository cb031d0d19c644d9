#include "bundle/data_writer.h"

#include <algorithm>

#include "base/crc32c.h"
#include "base/parallel.h"
#include "bundle/string_codec.h"
#include "io/files.h"

namespace tensorkeep::bundle {
namespace {

constexpr std::uint64_t kPieceSize = std::uint64_t{8} << 20;  // what a thread takes at a time
constexpr std::size_t kHotSize = std::size_t{512} << 10;      // checksummed, then written
constexpr std::uint64_t kSmall = std::uint64_t{128} << 10;    // smaller tensors are gathered

// A stretch of the file for one thread: a range of one tensor's bytes, or several small tensors.
struct Piece {
  std::size_t first;  // tensors [first, last)
  std::size_t last;
  std::uint64_t begin = 0;  // bytes within the tensor, if it is only one
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

std::span<const std::byte> bytes_of(const Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.raw_data()), tensor.num_bytes()};
}

std::vector<Piece> cut(const Plan& plan) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < plan.tensors.size(); ++i) {
    const Plan::Placed& placed = plan.tensors[i];
    if (placed.size <= kSmall) {
      const bool joins = !pieces.empty() && pieces.back().begin == 0 &&
                         plan.tensors[pieces.back().first].size <= kSmall &&
                         pieces.back().size + placed.size <= kHotSize;
      if (!joins) pieces.push_back({.first = i, .last = i});
      pieces.back().last = i + 1;
      pieces.back().size += placed.size;
    } else if (placed.tensor->dtype() == DType::kString) {
      pieces.push_back({.first = i, .last = i + 1, .size = placed.size});
    } else {
      for (std::uint64_t begin = 0; begin < placed.size; begin += kPieceSize) {
        pieces.push_back({.first = i,
                          .last = i + 1,
                          .begin = begin,
                          .size = std::min(kPieceSize, placed.size - begin)});
      }
    }
  }
  return pieces;
}

// Collects small writes.
class Collector {
 public:
  Collector(io::WritableFile& file, std::uint64_t offset) : file_(file), offset_(offset) {}
  void add(std::string_view bytes) {
    if (buffer_.size() + bytes.size() > kHotSize) flush();
    if (bytes.size() > kHotSize) {
      file_.write_at(offset_, io::as_bytes(bytes));
      offset_ += bytes.size();
    } else {
      buffer_ += bytes;
    }
  }
  void flush() {
    if (!buffer_.empty()) file_.write_at(offset_, io::as_bytes(buffer_));
    offset_ += buffer_.size();
    buffer_.clear();
  }

 private:
  io::WritableFile& file_;
  std::uint64_t offset_;
  std::string buffer_;
};

void write_gathered(io::WritableFile& file, const Plan& plan, const Piece& piece,
                    std::span<std::uint32_t> crcs) {
  Collector collector(file, plan.tensors[piece.first].offset);
  for (std::size_t i = piece.first; i < piece.last; ++i) {
    const Tensor& tensor = *plan.tensors[i].tensor;
    if (tensor.dtype() == DType::kString) {
      crcs[i] = encode_strings(tensor.data<std::string>(),
                               [&](std::string_view bytes) { collector.add(bytes); });
    } else {
      const auto bytes = bytes_of(tensor);
      crcs[i] = crc32c::value(bytes);
      collector.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  }
  collector.flush();
}

void write_range(io::WritableFile& file, const Plan::Placed& placed, Piece& piece) {
  auto rest = bytes_of(*placed.tensor).subspan(piece.begin, piece.size);
  std::uint64_t offset = placed.offset + piece.begin;
  while (!rest.empty()) {
    const auto hot = rest.first(std::min(rest.size(), kHotSize));
    piece.crc = crc32c::extend(piece.crc, hot);
    file.write_at(offset, hot);
    offset += hot.size();
    rest = rest.subspan(hot.size());
  }
}

}  // namespace

std::vector<std::uint32_t> write_data(io::WritableFile& file, const Plan& plan,
                                      io::Durability durability, int threads) {
  std::vector<std::uint32_t> crcs(plan.tensors.size(), 0);
  std::vector<Piece> pieces = cut(plan);
  const auto is_range = [&](const Piece& piece) {
    const Plan::Placed& placed = plan.tensors[piece.first];
    return placed.size > kSmall && placed.tensor->dtype() != DType::kString;
  };
  parallel_for(pieces.size(), threads, [&](std::size_t i) {
    Piece& piece = pieces[i];
    const Plan::Placed& placed = plan.tensors[piece.first];
    if (is_range(piece)) {
      write_range(file, placed, piece);
    } else {
      write_gathered(file, plan, piece, crcs);
    }
    // The disk works while the next piece is prepared.
    if (durability == io::Durability::kDurable && piece.size >= kPieceSize) {
      file.start_writeback(placed.offset + piece.begin, piece.size);
    }
  });
  for (const Piece& piece : pieces) {
    if (!is_range(piece)) continue;
    std::uint32_t& crc = crcs[piece.first];
    crc = piece.begin == 0 ? piece.crc : crc32c::combine(crc, piece.crc, piece.size);
  }
  return crcs;
}

}  // namespace tensorkeep::bundle
