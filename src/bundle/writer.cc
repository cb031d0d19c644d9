#include "bundle/writer.h"

#include <fmt/format.h>

#include "base/crc32c.h"
#include "base/parallel.h"
#include "bundle/data_writer.h"
#include "bundle/plan.h"
#include "bundle/publish.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::bundle {
namespace {

// The disk must hold the new checkpoint beside the old one.
void check_space(io::FileSystem& files, const std::string& prefix, const Plan& plan) {
  const std::string directory = io::directory_of(prefix);
  const auto free =
      files.free_space(files.is_directory(directory) ? directory : io::directory_of(directory));
  const std::uint64_t needed = plan.data_bytes + 2 * plan.index.bytes();
  if (!free || *free >= needed) return;
  throw errors::ResourceExhaustedError(
      fmt::format("{}; No space left on device ({} bytes needed, {} free). Nothing was written.",
                  prefix, needed, *free),
      {.file = prefix});
}

}  // namespace

Summary write(const std::string& prefix, std::span<const Item> items,
              const WriterOptions& options) {
  io::FileSystem& files = options.file_system ? *options.file_system : io::posix_file_system();
  Plan plan = make_plan(items);
  check_space(files, prefix, plan);
  Publication publication(files, prefix, 1, options.durability);
  publication.make_directory();
  const auto file = files.create(publication.temporary(0), io::FileSystem::Create::kExclusive);
  const auto crcs = write_data(*file, plan, options.durability, thread_count(options.threads));
  for (std::size_t i = 0; i < crcs.size(); ++i) {
    plan.index.set_crc(plan.tensors[i].key, crc32c::mask(crcs[i]));
  }
  if (options.durability == io::Durability::kDurable) file->sync();
  file->close();
  publication.publish([&](io::WritableFile& out, int first_shard, int total) {
    plan.index.write(out, first_shard, total);
  });
  return {.data_bytes = plan.data_bytes, .index_bytes = publication.index_bytes()};
}

}  // namespace tensorkeep::bundle
