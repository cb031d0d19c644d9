#include "slices/reader.h"

#include <fmt/format.h>

#include "base/checked_math.h"
#include "base/parallel.h"
#include "slices/catalog.h"
#include "slices/format.h"
#include "slices/value.h"
#include "table/ordered_code.h"
#include "table/reader.h"
#include "tensor/box_copy.h"
#include "tensor/slice_cover.h"

namespace tensorkeep::slices {
namespace {

std::unique_ptr<table::Reader> open_table(io::FileSystem& files, const std::string& path) {
  auto file = files.open(path);
  try {
    return std::make_unique<table::Reader>(std::move(file));
  } catch (const errors::DataLossError& error) {
    throw errors::DataLossError(
        fmt::format("Unable to open table file {}: {}", path, error.message()), {.file = path});
  }
}

std::vector<SavedTensor> read_meta(const table::Reader& table) {
  const std::string& path = table.file().path();
  std::optional<std::string> meta;
  try {
    meta = table.get("");
  } catch (const errors::DataLossError& error) {
    raise_no_meta(path, error.message());
  }
  if (!meta) raise_no_meta(path, "the file is a table, but no V1 checkpoint");
  return decode_meta(*meta, path);
}

}  // namespace

struct Reader::Impl {
  Impl(std::string prefix, const std::vector<std::string>& paths, const ReaderOptions& options);

  // Of a tensor that can be trusted.
  std::size_t position(std::string_view name) const;
  std::size_t sound_position(std::string_view name) const;
  // One stored slice: its value, found and known to be long enough for the slice's elements.
  struct Value {
    table::ValueStream stream;
    std::uint64_t count;
    std::string what;
  };
  Value open(std::size_t position, std::size_t slice) const;
  void read_into(Value& value, DType dtype, void* out) const;
  Tensor read_stored(std::size_t position, std::size_t slice) const;
  Tensor assemble(std::size_t position, const TensorSlice& wanted) const;
  void measure_strings();

  // ". Missing: F", or nothing.
  std::string about_missing() const;

  std::string prefix;
  int threads;
  std::vector<std::string> missing;
  std::vector<std::unique_ptr<table::Reader>> tables;
  Catalog catalog;
};

Reader::Impl::Impl(std::string prefix, const std::vector<std::string>& paths,
                   const ReaderOptions& options)
    : prefix(std::move(prefix)), threads(thread_count(options.threads)), missing(options.missing) {
  io::FileSystem& files = options.file_system ? *options.file_system : io::posix_file_system();
  std::vector<std::vector<SavedTensor>> saved;
  for (const std::string& path : paths) {
    tables.push_back(open_table(files, path));
    saved.push_back(read_meta(*tables.back()));
  }
  catalog = make_catalog(std::move(saved));
  measure_strings();
}

// Only the records tell.
void Reader::Impl::measure_strings() {
  for (std::size_t i = 0; i < catalog.entries.size(); ++i) {
    Entry& entry = catalog.entries[i];
    if (entry.dtype != DType::kString || !catalog.stored[i].defect.empty()) continue;
    for (std::size_t slice = 0; slice < catalog.stored[i].slices.size(); ++slice) {
      try {
        entry.size += open(i, slice).stream.remaining();
      } catch (const errors::Error&) {  // whoever reads it is told
      }
    }
  }
}

std::string Reader::Impl::about_missing() const {
  if (missing.empty()) return "";
  return fmt::format(" (of its files, {} of {} are missing: {}{})", missing.size(),
                     missing.size() + tables.size(), missing[0], missing.size() > 1 ? " ..." : "");
}

std::size_t Reader::Impl::position(std::string_view name) const {
  const std::size_t found = catalog.find(name);
  if (found == catalog.entries.size()) {
    throw errors::NotFoundError(fmt::format("Tensor name \"{}\" not found in checkpoint files {}{}",
                                            name, prefix, about_missing()),
                                {.tensor = std::string(name), .file = prefix});
  }
  return found;
}

std::size_t Reader::Impl::sound_position(std::string_view name) const {
  const std::size_t found = position(name);
  const Catalog::Stored& stored = catalog.stored[found];
  if (stored.defect.empty()) {
    if (list_field_of(catalog.entries[found].dtype)) return found;
    throw errors::UnimplementedError(
        fmt::format("Restoring data type {} not yet supported: tensor {} in {}; the V1 format has "
                    "no such type",
                    op_name_of(catalog.entries[found].dtype), name, prefix),
        {.tensor = std::string(name), .file = prefix});
  }
  errors::raise(stored.overlapping ? errors::Code::kInternal : errors::Code::kDataLoss,
                fmt::format("{} ({})", stored.defect, prefix),
                {.tensor = std::string(name), .file = prefix});
}

Reader::Impl::Value Reader::Impl::open(std::size_t position, std::size_t slice) const {
  const Entry& entry = catalog.entries[position];
  const Catalog::Stored& stored = catalog.stored[position];
  const TensorSlice& part = stored.slices[slice];
  const table::Reader& table = *tables[stored.files[slice]];
  std::string what = fmt::format("tensor {}", entry.name);
  if (!entry.slices.empty()) what += fmt::format(", slice {}", part.to_string());
  auto stream = table.open_value(table::encode_slice_key(entry.name, part));
  if (!stream) {
    throw errors::DataLossError(
        fmt::format("Error copying slice data: {} is in the list of {}, but not in the file", what,
                    table.file().path()),
        {.tensor = entry.name, .file = table.file().path()});
  }
  const auto count = part.slice_shape(entry.shape).checked_num_elements().value_or(-1);
  const std::size_t least = list_field_of(entry.dtype)->least_bytes;
  // Before memory is taken for it.
  const std::uint64_t bytes = stream->remaining();
  if (count < 0 || static_cast<std::uint64_t>(count) > bytes / least) {
    stream->finish();  // a damaged block is the better reason
    stream->fail(fmt::format("Invalid value of {}: no {} elements of type {} in {} bytes", what,
                             count, name_of(entry.dtype), bytes));
  }
  return {std::move(*stream), static_cast<std::uint64_t>(count), std::move(what)};
}

// Into memory for the elements, or nowhere.
void Reader::Impl::read_into(Value& value, DType dtype, void* out) const {
  try {
    read_value(value.stream, dtype, value.count, out, value.what);
  } catch (const errors::DataLossError&) {
    value.stream.finish();  // a damaged block is the better reason
    throw;
  }
  value.stream.finish();
}

Tensor Reader::Impl::read_stored(std::size_t position, std::size_t slice) const {
  const Entry& entry = catalog.entries[position];
  Value value = open(position, slice);
  Tensor tensor(entry.dtype, catalog.stored[position].slices[slice].slice_shape(entry.shape));
  read_into(value, entry.dtype, tensor.mutable_raw_data());
  return tensor;
}

Tensor Reader::Impl::assemble(std::size_t position, const TensorSlice& wanted) const {
  const Entry& entry = catalog.entries[position];
  const auto& slices = catalog.stored[position].slices;
  const Shape shape = wanted.slice_shape(entry.shape);
  const Cover found = cover(wanted, slices, entry.shape);
  if (found.exact) return read_stored(position, found.pieces[0].part);
  if (found.elements != shape.num_elements()) {
    throw errors::InvalidArgumentError(
        fmt::format("Error copying slice data: tensor {} is wanted in slice {}, but only {} of its "
                    "{} elements are in {}{}",
                    entry.name, wanted.to_string(), found.elements, shape.num_elements(), prefix,
                    about_missing()),
        {.tensor = entry.name, .file = prefix});
  }
  // All are known to be there before memory is taken for the result.
  for (const Cover::Piece& piece : found.pieces) open(position, piece.part);
  Tensor result(entry.dtype, shape);
  const TensorSlice target = wanted.resolved(entry.shape);
  for (const auto& [part, box] : found.pieces) {
    copy_box(read_stored(position, part), slices[part].resolved(entry.shape), result, target, box);
  }
  return result;
}

Reader::Reader(std::string prefix, const std::vector<std::string>& paths,
               const ReaderOptions& options)
    : impl_(std::make_unique<Impl>(std::move(prefix), paths, options)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

const std::string& Reader::prefix() const {
  return impl_->prefix;
}
const std::vector<Entry>& Reader::entries() const {
  return impl_->catalog.entries;
}

const Entry* Reader::find(std::string_view name) const {
  const std::size_t found = impl_->catalog.find(name);
  return found == entries().size() ? nullptr : &entries()[found];
}

const Entry& Reader::entry(std::string_view name) const {
  return entries()[impl_->position(name)];
}

Tensor Reader::read(std::string_view name) const {
  const std::size_t position = impl_->sound_position(name);
  return impl_->assemble(position, TensorSlice::full(entries()[position].shape.rank()));
}

std::vector<Tensor> Reader::read_many(std::span<const std::string> names) const {
  std::vector<Tensor> tensors(names.size());
  parallel_for(names.size(), impl_->threads, [&](std::size_t i) { tensors[i] = read(names[i]); });
  return tensors;
}

Tensor Reader::read_slice(std::string_view name, const TensorSlice& slice) const {
  return impl_->assemble(impl_->sound_position(name), slice);
}

void Reader::verify(std::string_view name) const {
  const std::size_t position = impl_->sound_position(name);
  for (std::size_t slice = 0; slice < impl_->catalog.stored[position].slices.size(); ++slice) {
    Impl::Value value = impl_->open(position, slice);
    impl_->read_into(value, entries()[position].dtype, nullptr);
  }
}

std::vector<std::string> Reader::remarks() const {
  std::vector<std::string> remarks;
  for (const std::string& file : impl_->missing) remarks.push_back(file + " is missing");
  for (std::size_t i = 0; i < entries().size(); ++i) {
    const Entry& entry = entries()[i];
    if (!impl_->catalog.stored[i].defect.empty()) continue;
    std::int64_t there = 0;
    for (const TensorSlice& slice : impl_->catalog.stored[i].slices) {
      const auto count = slice.slice_shape(entry.shape).num_elements();
      there = checked_add(there, count).value_or(there);
    }
    if (there == entry.shape.num_elements()) continue;
    remarks.push_back(fmt::format("{}: tensor {} lacks slices: {} of {} elements are there",
                                  prefix(), entry.name, there, entry.shape.num_elements()));
  }
  return remarks;
}

}  // namespace tensorkeep::slices
