#include "checkpoint/paths.h"

#include <algorithm>
#include <filesystem>

#include "tensorkeep/errors.h"

namespace tensorkeep::checkpoint {
namespace {

// The parts of an absolute, normalised path.
std::vector<std::string> absolute_parts(const std::string& path) {
  const std::string whole =
      is_absolute(path) ? path : std::filesystem::current_path().string() + "/" + path;
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= whole.size()) {
    const std::size_t end = std::min(whole.find('/', begin), whole.size());
    std::string part = whole.substr(begin, end - begin);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(std::move(part));
    }
    begin = end + 1;
  }
  return parts;
}

bool all_digits(std::string_view text) {
  return text.size() >= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_absolute(std::string_view path) {
  return path.starts_with('/');
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string relative_path(const std::string& path, const std::string& start) {
  if (path.empty()) errors::raise_value_error("no path specified");
  const auto to = absolute_parts(path);
  const auto from = absolute_parts(start);
  const auto [from_end, to_end] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  std::string result;
  const auto add = [&](const std::string& part) {
    if (!result.empty()) result += "/";
    result += part;
  };
  for (auto it = from_end; it != from.end(); ++it) add("..");
  for (auto it = to_end; it != to.end(); ++it) add(*it);
  return result.empty() ? "." : result;
}

bool matches(std::string_view name, std::string_view pattern) {
  std::size_t n = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;  // the last '*', and where its match ends so far
  std::size_t star_end = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++n;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> matching_files(io::FileSystem& files, const std::string& pattern) {
  if (pattern.empty()) return {};
  if (files.exists(pattern)) return {pattern};
  if (io::base_name_of(pattern).find_first_of("?*") == std::string::npos) return {};
  const std::string directory = io::directory_of(pattern);
  if (!files.is_directory(directory)) return {};
  const std::string start = pattern.substr(0, pattern.rfind('/') + 1);  // as it is written
  std::vector<std::string> found;
  for (const std::string& name : files.list(directory)) {
    if (matches(name, io::base_name_of(pattern))) found.push_back(start + name);
  }
  return found;
}

std::string_view before_shard_suffix(std::string_view name, std::string_view separator) {
  const std::size_t of = name.rfind("-of-");
  if (of == std::string_view::npos || !all_digits(name.substr(of + 4))) return {};
  const std::size_t digits = name.substr(0, of).find_last_not_of("0123456789") + 1;
  if (!all_digits(name.substr(digits, of - digits))) return {};
  const std::string_view head = name.substr(0, digits);
  return head.ends_with(separator) ? head.substr(0, head.size() - separator.size())
                                   : std::string_view();
}

}  // namespace tensorkeep::checkpoint
