#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"

// Paths as text, with the rules of Python's os.path, whose results stand in TensorFlow's files.
namespace tensorkeep::checkpoint {

// The ending that a sharded checkpoint's files share, as a pattern. (In two pieces, since "??-" is
// a trigraph.)
inline const std::string kShardPattern =
    "?????"
    "-of-?????";

bool is_absolute(std::string_view path);

// Everything before the last part, as os.path.dirname: "" for a bare name.
std::string parent_of(const std::string& path);

// os.path.relpath: both are taken from the working directory, and links are not followed. Throws
// InvalidArgumentError (ValueError) "no path specified" for an empty path.
std::string relative_path(const std::string& path, const std::string& start);

// Files that match: `pattern` itself if there is one, else those in its directory whose names match
// its last part, where '?' is any character and '*' any number of them. Sorted. No other character
// is special, so folders and names with brackets are what they are.
std::vector<std::string> matching_files(io::FileSystem& files, const std::string& pattern);

// Whether `name` is `pattern`, with '?' and '*' as above.
bool matches(std::string_view name, std::string_view pattern);

// "model.data-00003-of-00012" -> "model"; "" if there is no such ending (with at least five digits
// on both sides).
std::string_view before_shard_suffix(std::string_view name, std::string_view separator);

}  // namespace tensorkeep::checkpoint
