#include "bundle/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "base/parallel.h"
#include "bundle/entry_stream.h"
#include "bundle/fetch.h"
#include "bundle/index.h"
#include "bundle/shards.h"
#include "tensor/box_copy.h"
#include "tensor/slice_cover.h"

namespace tensorkeep::bundle {

struct Reader::Impl {
  Impl(const std::string& prefix, io::FileSystem& files, int threads)
      : prefix(prefix),
        threads(thread_count(threads)),
        index(load_index(files, index_path_of(prefix))),
        shards(files, prefix, index.header.num_shards),
        source{shards, index.header, prefix} {}

  std::size_t position(std::string_view name) const;
  const std::vector<TensorSlice>& slices(std::size_t position) const;
  Tensor read_stored(std::string_view name, const StoredEntry& entry) const;
  Tensor assemble(std::size_t position, const TensorSlice& wanted) const;
  // The entry's bytes in the file: itself, or its parts.
  std::vector<const StoredEntry*> pieces(std::size_t position) const;

  std::string prefix;
  int threads;
  Index index;
  Shards shards;
  Source source;
  mutable std::mutex mutex;
  mutable std::set<std::size_t> disjoint;  // positions whose slices are known not to overlap
};

std::size_t Reader::Impl::position(std::string_view name) const {
  const std::size_t found = index.find(name);
  if (found == index.entries.size()) {
    throw errors::NotFoundError(
        fmt::format("Key {} not found in checkpoint (Prefix: {})", name, prefix),
        {.tensor = std::string(name), .file = index_path_of(prefix)});
  }
  return found;
}

// The slices of a sliced tensor, once it is known that no two overlap.
const std::vector<TensorSlice>& Reader::Impl::slices(std::size_t position) const {
  const Entry& entry = index.entries[position];
  const std::lock_guard lock(mutex);
  if (disjoint.contains(position)) return entry.slices;
  if (const auto overlap = find_overlap(entry.slices)) {
    throw errors::InternalError(
        fmt::format("Overlapping slices: existing slice = {}, new slice = {} (tensor {} in {})",
                    entry.slices[overlap->first].to_string(),
                    entry.slices[overlap->second].to_string(), entry.name, index_path_of(prefix)),
        {.tensor = entry.name, .file = index_path_of(prefix)});
  }
  disjoint.insert(position);
  return entry.slices;
}

Tensor Reader::Impl::read_stored(std::string_view name, const StoredEntry& entry) const {
  if (entry.dtype == DType::kString && entry.defect.empty()) {
    return fetch_strings(source, name, entry);
  }
  check_entry(source, name, entry);  // before memory is taken for it
  if (size_of(entry.dtype) == 0) {
    throw errors::UnimplementedError(
        fmt::format("Reading tensor {} of type {} from {} is not supported; its bytes can be read "
                    "as stored",
                    name, op_name_of(entry.dtype), prefix),
        {.tensor = std::string(name), .file = index_path_of(prefix)});
  }
  Tensor tensor(entry.dtype, entry.shape);
  const Fetch fetch{
      name, &entry, {static_cast<std::byte*>(tensor.mutable_raw_data()), tensor.num_bytes()}};
  fetch_all(source, {&fetch, 1}, threads);
  return tensor;
}

// A part of a tensor (or all of it) put together from what is stored.
Tensor Reader::Impl::assemble(std::size_t position, const TensorSlice& wanted) const {
  const Entry& entry = index.entries[position];
  const Shape shape = wanted.slice_shape(entry.shape);
  const TensorSlice target = wanted.resolved(entry.shape);
  if (entry.slices.empty()) {
    Tensor whole = read_stored(entry.name, index.stored[position]);
    if (wanted.covers(entry.shape)) return whole;
    Tensor part(entry.dtype, shape);
    copy_box(whole, TensorSlice::full(entry.shape.rank()).resolved(entry.shape), part, target,
             target);
    return part;
  }
  const std::vector<TensorSlice>& parts = slices(position);
  const Cover found = cover(wanted, parts, entry.shape);
  const auto stored = [&](std::size_t part) -> const StoredEntry& {
    return index.part(entry, parts[part]);
  };
  if (found.exact) return read_stored(entry.name, stored(found.pieces[0].part));
  if (found.elements != shape.num_elements()) {
    throw errors::InvalidArgumentError(
        fmt::format("Does not have sufficient slices for partitioned tensor {} to restore in "
                    "slice_spec: {} ({} of {} elements are in {})",
                    entry.name, wanted.to_string(), found.elements, shape.num_elements(), prefix),
        {.tensor = entry.name, .file = index_path_of(prefix)});
  }
  // All parts are known to be in bounds of their files before memory is taken for the result.
  for (const auto& piece : found.pieces) check_entry(source, entry.name, stored(piece.part));
  Tensor result(entry.dtype, shape);
  for (const auto& [part, box] : found.pieces) {
    copy_box(read_stored(entry.name, stored(part)), parts[part].resolved(entry.shape), result,
             target, box);
  }
  return result;
}

std::vector<const StoredEntry*> Reader::Impl::pieces(std::size_t position) const {
  const Entry& entry = index.entries[position];
  if (entry.slices.empty()) return {&index.stored[position]};
  std::vector<const StoredEntry*> parts;
  for (const TensorSlice& slice : slices(position)) parts.push_back(&index.part(entry, slice));
  return parts;
}

Reader::Reader(const std::string& prefix, const ReaderOptions& options)
    : impl_(std::make_unique<Impl>(
          prefix, options.file_system ? *options.file_system : io::posix_file_system(),
          options.threads)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

const std::string& Reader::prefix() const {
  return impl_->prefix;
}
int Reader::num_shards() const {
  return impl_->index.header.num_shards;
}
bool Reader::big_endian() const {
  return impl_->index.header.big_endian;
}
std::string Reader::index_path() const {
  return index_path_of(impl_->prefix);
}
std::string Reader::data_path(int shard) const {
  return impl_->shards.path(shard);
}
const std::vector<Entry>& Reader::entries() const {
  return impl_->index.entries;
}

const Entry* Reader::find(std::string_view name) const {
  const std::size_t found = impl_->index.find(name);
  return found == entries().size() ? nullptr : &entries()[found];
}

const Entry& Reader::entry(std::string_view name) const {
  return entries()[impl_->position(name)];
}

Tensor Reader::read(std::string_view name) const {
  const std::size_t position = impl_->position(name);
  const StoredEntry& stored = impl_->index.stored[position];
  if (!stored.slices.empty() && stored.defect.empty()) {
    return impl_->assemble(position, TensorSlice::full(stored.shape.rank()));
  }
  return impl_->read_stored(name, stored);
}

std::vector<Tensor> Reader::read_many(std::span<const std::string> names) const {
  std::vector<Tensor> tensors(names.size());
  std::vector<Fetch> fetches;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const StoredEntry& stored = impl_->index.stored[impl_->position(names[i])];
    const bool plain = stored.defect.empty() && stored.slices.empty() && size_of(stored.dtype) > 0;
    if (!plain) {
      tensors[i] = read(names[i]);
      continue;
    }
    check_entry(impl_->source, names[i], stored);
    tensors[i] = Tensor(stored.dtype, stored.shape);
    fetches.push_back(
        {names[i],
         &stored,
         {static_cast<std::byte*>(tensors[i].mutable_raw_data()), tensors[i].num_bytes()}});
  }
  fetch_all(impl_->source, fetches, impl_->threads);
  return tensors;
}

void Reader::read_into(std::string_view name, std::span<std::byte> out) const {
  const Destination destination{std::string(name), out};
  read_many_into({&destination, 1});
}

void Reader::read_many_into(std::span<const Destination> destinations) const {
  std::vector<Fetch> fetches;
  for (const auto& [name, out] : destinations) {
    const StoredEntry& stored = impl_->index.stored[impl_->position(name)];
    if (stored.defect.empty() && !stored.slices.empty()) {
      const Tensor whole = read(name);
      if (whole.num_bytes() != out.size()) {
        throw errors::InvalidArgumentError(
            fmt::format("{} bytes of memory given for tensor {} of {} bytes", out.size(), name,
                        whole.num_bytes()),
            {.tensor = name});
      }
      const auto* from = static_cast<const std::byte*>(whole.raw_data());
      std::copy_n(from, out.size(), out.begin());
      continue;
    }
    check_entry(impl_->source, name, stored);
    if (size_of(stored.dtype) == 0) {
      throw errors::InvalidArgumentError(
          fmt::format("tensor {} of type {} has no elements of fixed size", name,
                      op_name_of(stored.dtype)),
          {.tensor = name});
    }
    fetches.push_back({name, &stored, out});
  }
  fetch_all(impl_->source, fetches, impl_->threads);
}

Tensor Reader::read_slice(std::string_view name, const TensorSlice& slice) const {
  const std::size_t position = impl_->position(name);
  const StoredEntry& stored = impl_->index.stored[position];
  if (!stored.defect.empty()) check_entry(impl_->source, name, stored);
  return impl_->assemble(position, slice);
}

std::unique_ptr<io::ByteStream> Reader::open_stream(std::string_view name,
                                                    const TensorSlice* slice) const {
  const std::size_t position = impl_->position(name);
  const Entry& entry = entries()[position];
  const StoredEntry& stored =
      slice == nullptr ? impl_->index.stored[position] : impl_->index.part(entry, *slice);
  check_entry(impl_->source, name, stored);
  if (size_of(stored.dtype) == 0 || !stored.slices.empty()) {
    throw errors::InvalidArgumentError(
        fmt::format("tensor {} of type {} has no elements of fixed size, or is stored in slices",
                    name, op_name_of(stored.dtype)),
        {.tensor = std::string(name)});
  }
  return open_entry(impl_->source, entry.name, stored);
}

std::string Reader::read_stored_bytes(std::string_view name) const {
  const std::size_t position = impl_->position(name);
  const StoredEntry& stored = impl_->index.stored[position];
  if (stored.defect.empty() && !stored.slices.empty()) {
    throw errors::InvalidArgumentError(
        fmt::format("tensor {} is stored in slices, not as a whole", name),
        {.tensor = std::string(name)});
  }
  verify_entry(impl_->source, name, stored);
  std::string bytes(stored.size, '\0');
  impl_->shards.open(stored.shard)
      .read_exactly(stored.offset, {reinterpret_cast<std::byte*>(bytes.data()), bytes.size()});
  return bytes;
}

void Reader::verify(std::string_view name) const {
  for (const StoredEntry* piece : impl_->pieces(impl_->position(name))) {
    verify_entry(impl_->source, name, *piece);
  }
}

std::vector<Verdict> Reader::verify_all() const {
  std::vector<Verdict> verdicts(entries().size());
  std::vector<std::size_t> order(entries().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto place = [&](std::size_t i) {
      return std::pair(impl_->index.stored[i].shard, impl_->index.stored[i].offset);
    };
    return place(a) < place(b);
  });
  parallel_for(order.size(), impl_->threads, [&](std::size_t i) {
    Verdict& verdict = verdicts[order[i]];
    verdict.name = entries()[order[i]].name;
    try {
      verify(verdict.name);
      verdict.ok = true;
    } catch (const errors::Error& error) {
      verdict.code = error.code();
      verdict.message = error.what();
    }
  });
  return verdicts;
}

std::vector<std::string> Reader::remarks() const {
  std::vector<std::string> remarks;
  std::map<int, std::uint64_t> ends;  // of what the index knows, per shard
  for (std::size_t i = 0; i < entries().size(); ++i) {
    try {
      std::int64_t elements = 0;
      for (const StoredEntry* piece : impl_->pieces(i)) {
        if (!piece->defect.empty()) continue;
        std::uint64_t& end = ends[piece->shard];
        end = std::max(end, piece->offset + piece->size);
        elements += piece->shape.num_elements();
      }
      const Entry& entry = entries()[i];
      if (!entry.slices.empty() && elements != entry.shape.num_elements()) {
        remarks.push_back(fmt::format("{}: tensor {} lacks slices: {} of {} elements are there",
                                      index_path(), entry.name, elements,
                                      entry.shape.num_elements()));
      }
    } catch (const errors::Error& error) {
      remarks.emplace_back(error.what());
    }
  }
  for (const auto& [shard, end] : ends) {
    try {
      const std::uint64_t size = impl_->shards.open(shard).size();
      if (size > end) {
        remarks.push_back(
            fmt::format("{}: {} bytes, but the index knows only {}: the file may "
                        "belong to another index",
                        data_path(shard), size, end));
      }
    } catch (const errors::Error&) {  // the tensors' own errors tell
    }
  }
  return remarks;
}

}  // namespace tensorkeep::bundle
