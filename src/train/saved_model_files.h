#pragma once

#include <string>

// Names in a SavedModel's folder and message.
namespace tensorkeep::saved_model {

inline constexpr int kSchemaVersion = 1;
inline constexpr const char* kBinaryFilename = "saved_model.pb";
inline constexpr const char* kTextFilename = "saved_model.pbtxt";
// In parts, for models of more than 2 GB; not read.
inline constexpr const char* kChunkedFilename = "saved_model.cpb";
inline constexpr const char* kVariablesDirectory = "variables";
inline constexpr const char* kAssetsDirectory = "assets";
// Signatures whose only output is an operation.
inline constexpr const char* kInitOpSignature = "__saved_model_init_op";
inline constexpr const char* kTrainOpSignature = "__saved_model_train_op";

// The prefix of the checkpoint in a model's folder.
std::string variables_path_of(const std::string& export_dir);

}  // namespace tensorkeep::saved_model
