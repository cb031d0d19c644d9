#include "table/writer.h"

#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <exception>
#include <optional>

#include "io/files.h"
#include "table/format.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::table {
namespace {

// Keeps our exceptions out of libleveldb, which knows only statuses.
class FileAdapter final : public leveldb::WritableFile {
 public:
  explicit FileAdapter(io::WritableFile& file) : file_(file) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    try {
      file_.append(io::as_bytes({data.data(), data.size()}));
      return leveldb::Status::OK();
    } catch (...) {
      error_ = std::current_exception();
      return leveldb::Status::IOError("see the exception");
    }
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  io::WritableFile& file_;
  std::exception_ptr error_;
};

leveldb::Options options() {
  leveldb::Options options;
  options.block_size = kBlockSize;
  options.compression = leveldb::kNoCompression;
  return options;
}

}  // namespace

struct Writer::Impl {
  explicit Impl(io::WritableFile& out) : file(out), builder(options(), &file) {}
  FileAdapter file;
  leveldb::TableBuilder builder;
  std::optional<std::string> previous;
  bool done = false;
};

Writer::Writer(io::WritableFile& file) : impl_(std::make_unique<Impl>(file)) {}

Writer::~Writer() {
  if (!impl_->done) impl_->builder.Abandon();
}

void Writer::add(std::string_view key, std::string_view value) {
  Impl& w = *impl_;
  if (w.previous && key <= *w.previous) {
    throw errors::InternalError("table keys out of order: " + std::string(key));
  }
  if (!w.previous) {
    w.previous.emplace(key);
  } else {
    if (key.size() + value.size() >= 2 * kBlockSize) w.builder.Flush();
    w.previous->assign(key);
  }
  w.builder.Add({key.data(), key.size()}, {value.data(), value.size()});
  w.file.rethrow();
}

std::uint64_t Writer::finish() {
  const leveldb::Status status = impl_->builder.Finish();
  impl_->done = true;
  impl_->file.rethrow();
  if (!status.ok()) throw errors::InternalError("table: " + status.ToString());
  return impl_->builder.FileSize();
}

}  // namespace tensorkeep::table
