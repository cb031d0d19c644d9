#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <filesystem>

#include "bundle/bundle_testing.h"
#include "sha256.h"
#include "table/format.h"

// Checkpoints from public repositories, each tensor against the digest of what TensorFlow reads.
// They are not part of the product: TENSORKEEP_REALWORLD names their folder.
namespace tensorkeep::bundle {
namespace {

std::string realworld() {
  if (const char* folder = std::getenv("TENSORKEEP_REALWORLD")) return folder;
  return std::string(TENSORKEEP_TEST_DATA) + "/../../../shared/realworld";
}

std::string digest(const Tensor& tensor) {
  tensorkeep::testing::Sha256 sha;
  if (tensor.dtype() != DType::kString) {
    sha.update(tensor.raw_data(), tensor.num_bytes());
    return sha.hex();
  }
  for (std::string text : tensor.data<std::string>()) {
    // The manifest's digests of scalars went through a numpy type that drops zeros at the end.
    while (tensor.shape().rank() == 0 && text.ends_with('\0')) text.pop_back();
    std::string length;
    table::append_little_endian(length, std::uint64_t{text.size()});
    sha.update(length.data(), length.size());
    sha.update(text.data(), text.size());
  }
  return sha.hex();
}

// The prefix lies somewhere under the folder (a SavedModel has it in variables/).
std::string find_prefix(const std::string& folder, const std::string& prefix) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.path().filename() == prefix + ".index") {
      return (file.path().parent_path() / prefix).string();
    }
  }
  return "";
}

TEST(Sha256Test, KnownDigest) {
  tensorkeep::testing::Sha256 sha;
  sha.update("abc", 3);
  EXPECT_EQ(sha.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(RealWorldTest, EveryV2CheckpointReadsToItsDigests) {
  const std::string root = realworld() + "/checkpoints";
  io::FileSystem& files = io::posix_file_system();
  if (!files.exists(root + "/manifest.json")) {
    GTEST_SKIP() << "NOT RUN: no real-world checkpoints in " << root
                 << "; set TENSORKEEP_REALWORLD to their folder";
  }
  google::protobuf::ListValue manifest;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  io::read_file(files, root + "/manifest.json"), &manifest)
                  .ok());
  int checkpoints = 0;
  int tensors = 0;
  for (const auto& value : manifest.values()) {
    const auto& item = value.struct_value().fields();
    if (!item.at("kind").string_value().starts_with("ckpt_v2")) continue;
    const std::string folder = item.at("folder").string_value();
    SCOPED_TRACE(folder);
    const Reader reader(find_prefix(root + "/" + folder, item.at("prefix").string_value()));
    ++checkpoints;
    const auto& expected = item.at("tensors").struct_value().fields();
    EXPECT_EQ(reader.entries().size(), expected.size());
    for (const auto& [name, description] : expected) {
      const auto& fields = description.struct_value().fields();
      const Tensor tensor = reader.read(name);
      EXPECT_EQ(name_of(tensor.dtype()), fields.at("dtype").string_value()) << name;
      std::vector<std::int64_t> shape;
      for (const auto& dim : fields.at("shape").list_value().values()) {
        shape.push_back(static_cast<std::int64_t>(dim.number_value()));
      }
      EXPECT_EQ(tensor.shape(), Shape(shape)) << name;
      EXPECT_EQ(digest(tensor), fields.at("sha256").string_value()) << name;
      ++tensors;
    }
    for (const Verdict& verdict : reader.verify_all()) EXPECT_TRUE(verdict.ok) << verdict.message;
    for (const std::string& remark : reader.remarks()) ADD_FAILURE() << remark;
  }
  EXPECT_GE(checkpoints, 59);
  RecordProperty("tensors", tensors);
}

}  // namespace
}  // namespace tensorkeep::bundle
