#include "tensorkeep/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/crc32c.h"
#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

static_assert(std::endian::native == std::endian::little);  // as the numbers in the files

namespace tensorkeep {
namespace {

constexpr std::size_t kChecksum = sizeof(std::uint32_t);
constexpr std::size_t kHeader = sizeof(std::uint64_t) + kChecksum;
constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;

template <typename T>
void append_number(std::string& out, T number) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &number, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <typename T>
T number_at(std::string_view bytes) {
  T number;
  std::memcpy(&number, bytes.data(), sizeof(T));
  return number;
}

// Whether `bytes` end with the checksum of what comes before it.
bool is_sound(std::string_view bytes) {
  const std::size_t size = bytes.size() - kChecksum;
  return number_at<std::uint32_t>(bytes.substr(size)) == masked_crc32c(bytes.substr(0, size));
}

// Up to `size` bytes, in pieces, so that no memory is taken for what is not there.
std::string read_up_to(const io::RandomAccessFile& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const std::size_t before = bytes.size();
    const auto piece = static_cast<std::size_t>(std::min(size - before, kPiece));
    bytes.resize(before + piece);
    const std::size_t got =
        file.read(offset + before, {reinterpret_cast<std::byte*>(bytes.data() + before), piece});
    bytes.resize(before + got);
    if (got < piece) break;
  }
  return bytes;
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  return crc32c::mask(crc32c::value(io::as_bytes(bytes)));
}

std::string frame_record(std::string_view data) {
  std::string frame;
  frame.reserve(kHeader + data.size() + kChecksum);
  append_number(frame, std::uint64_t{data.size()});
  append_number(frame, masked_crc32c(frame));
  frame += data;
  append_number(frame, masked_crc32c(data));
  return frame;
}

struct RecordWriter::State {
  std::string path;
  std::unique_ptr<io::WritableFile> file;  // null once it is closed
  std::uint64_t size = 0;
  std::string waiting = {};
};

RecordWriter::RecordWriter(const std::string& path)
    : state_(new State{
          path, io::default_file_system().create(path, io::FileSystem::Create::kExclusive)}) {}

RecordWriter::~RecordWriter() {
  try {
    if (state_) close();
  } catch (const std::exception&) {  // who wants to know calls close()
  }
}
RecordWriter::RecordWriter(RecordWriter&&) noexcept = default;
RecordWriter& RecordWriter::operator=(RecordWriter&&) noexcept = default;

void RecordWriter::write(std::string_view record) {
  if (!state_->file) {
    throw errors::FailedPreconditionError(state_->path + "; the file is closed",
                                          {.file = state_->path});
  }
  state_->waiting += frame_record(record);
  if (state_->waiting.size() >= kPiece) flush();
}

void RecordWriter::flush() {
  if (state_->waiting.empty()) return;
  // Not append(): a part of it may have been written before an error.
  state_->file->write_at(state_->size, io::as_bytes(state_->waiting));
  state_->size += state_->waiting.size();
  state_->waiting.clear();
}

void RecordWriter::close() {
  if (!state_->file) return;
  flush();
  state_->file->close();
  state_->file.reset();
}

struct RecordReader::State {
  std::unique_ptr<io::RandomAccessFile> file;
  std::uint64_t position = 0;  // of the next frame

  [[noreturn]] void fail(const std::string& message) const {
    throw errors::DataLossError(message, {.file = file->path()});
  }
  [[noreturn]] void fail_corrupted(std::uint64_t offset, const char* what) const {
    fail(fmt::format("corrupted record at {}{}: the checksum of its {} is wrong in {}", offset,
                     offset == 0 ? " (Is this even a TFRecord file?)" : "", what, file->path()));
  }
};

RecordReader::RecordReader(const std::string& path) : state_(std::make_unique<State>()) {
  state_->file = io::default_file_system().open(path);
}
RecordReader::~RecordReader() = default;
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;

std::optional<std::string> RecordReader::next() {
  const io::RandomAccessFile& file = *state_->file;
  const std::string header = read_up_to(file, state_->position, kHeader);
  if (header.size() < kHeader) return std::nullopt;
  if (!is_sound(header)) state_->fail_corrupted(state_->position, "length");
  const auto length = number_at<std::uint64_t>(header);
  // With a length that no file has, the end comes first all the same.
  const std::uint64_t wanted =
      std::min<std::uint64_t>(length, std::numeric_limits<std::int64_t>::max()) + kChecksum;
  std::string body = read_up_to(file, state_->position + kHeader, wanted);
  if (body.size() < wanted) {
    state_->fail(fmt::format(
        "truncated record at {}' failed with Read less bytes than requested: {} ends after {} of "
        "the {} bytes of this record. If it is still being written, read it again later",
        state_->position, file.path(), std::min<std::uint64_t>(body.size(), length), length));
  }
  if (!is_sound(body)) state_->fail_corrupted(state_->position + kHeader, "data");
  body.resize(body.size() - kChecksum);
  state_->position += kHeader + wanted;
  return body;
}

}  // namespace tensorkeep
