#include "datasets/idx.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "target.h"

// An IDX file of labels (rank 1) or images (rank 3), plain or gzipped.
namespace tensorkeep::fuzz {
namespace {

// zlib reads files only by name.
class NamedBytes {
 public:
  explicit NamedBytes(std::string_view bytes) : descriptor_(memfd_create("idx", 0)) {
    require(descriptor_ >= 0);
    require(write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~NamedBytes() { close(descriptor_); }
  NamedBytes(const NamedBytes&) = delete;
  NamedBytes& operator=(const NamedBytes&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

void run(std::string_view input) {
  const NamedBytes file(input);
  for (const int rank : {1, 3}) {
    succeeds(
        [&] { require(datasets::read_idx(file.path(), rank, "image").shape().rank() == rank); });
  }
}

}  // namespace tensorkeep::fuzz
