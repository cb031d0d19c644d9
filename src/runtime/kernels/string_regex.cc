#include <fmt/format.h>

#include <memory>

#include "runtime/kernels/families.h"
#include "runtime/kernels/regex.h"

// Regular expressions on strings.
namespace tensorkeep::runtime {
namespace {

Regex compiled(const std::string& pattern, const Operation& op) {
  try {
    return Regex(pattern);
  } catch (const RegexError& error) {
    throw errors::InvalidArgumentError(
        fmt::format("Invalid pattern: {}, error: {}", pattern, error.what()), {.node = op.name()});
  }
}

const std::string& scalar(const KernelContext& c, int index, const char* what) {
  if (c.input_shape(index).rank() != 0) {
    c.fail(fmt::format("{} must be scalar, but received {}", what,
                       c.input_shape(index).debug_string()));
  }
  return c.input(index).data<std::string>()[0];
}

void match_all(KernelContext& c, const Regex& regex) {
  const auto texts = c.input(0).data<std::string>();
  Tensor& out = c.allocate_output(0, c.input_shape(0));
  const auto matches = out.mutable_data<bool>();
  for (std::size_t i = 0; i < texts.size(); ++i) matches[i] = regex.full_match(texts[i]);
}

// What takes the place of a match: \1 is what the first group matched, \0 is all of it, \\ a
// backslash. Nothing is rewritten where it is malformed, as in TensorFlow.
class Rewrite {
 public:
  Rewrite(const std::string& text, std::size_t groups) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') continue;
      ++i;
      const bool digit = i < text.size() && text[i] >= '0' && text[i] <= '9';
      if (digit && static_cast<std::size_t>(text[i] - '0') > groups) valid_ = false;
      if (!digit && (i == text.size() || text[i] != '\\')) valid_ = false;
    }
  }

  bool valid() const { return valid_; }

  void append(const std::string& text, const std::vector<std::size_t>& found,
              std::string& to) const {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] != '\\') {
        to += text_[i];
        continue;
      }
      ++i;
      if (text_[i] == '\\') {
        to += '\\';
        continue;
      }
      const auto group = static_cast<std::size_t>(text_[i] - '0');
      const std::size_t begin = found[2 * group];
      if (begin != std::string::npos) to.append(text, begin, found[2 * group + 1] - begin);
    }
  }

 private:
  std::string text_;
  bool valid_ = true;
};

std::string replaced(const std::string& text, const Regex& regex, const Rewrite& rewrite,
                     bool global) {
  if (!rewrite.valid()) return text;
  std::string result;
  std::size_t at = 0;
  std::size_t last_end = std::string::npos;
  while (at <= text.size()) {
    const std::vector<std::size_t> found = regex.search(text, at);
    if (found.empty()) break;
    result.append(text, at, found[0] - at);
    at = found[0];
    if (at == last_end && found[1] == at) {  // nothing, where the last match ended, is none
      if (at == text.size()) break;
      const std::size_t size = utf8_character(text, at).second;
      result.append(text, at, size);
      at += size;
      continue;
    }
    rewrite.append(text, found, result);
    at = last_end = found[1];
    if (!global) break;
  }
  if (at < text.size()) result.append(text, at);
  return result;
}

void replace_all(KernelContext& c, const Regex& regex, const std::string& text, bool global) {
  const Rewrite rewrite(text, regex.groups());
  const auto texts = c.input(0).data<std::string>();
  Tensor& out = c.allocate_output(0, c.input_shape(0));
  const auto results = out.mutable_data<std::string>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    results[i] = replaced(texts[i], regex, rewrite, global);
  }
}

Kernel make_static_match(const Operation& op) {
  return
      [regex = compiled(op.attr_string("pattern"), op)](KernelContext& c) { match_all(c, regex); };
}

void match(KernelContext& c) {
  match_all(c, compiled(scalar(c, 1, "Pattern"), c.op()));
}

Kernel make_static_replace(const Operation& op) {
  return [regex = compiled(op.attr_string("pattern"), op), rewrite = op.attr_string("rewrite"),
          global = op.attr_bool("replace_global")](KernelContext& c) {
    replace_all(c, regex, rewrite, global);
  };
}

Kernel make_replace(const Operation& op) {
  return [global = op.attr_bool("replace_global")](KernelContext& c) {
    replace_all(c, compiled(scalar(c, 1, "Pattern"), c.op()), scalar(c, 2, "Rewrite"), global);
  };
}

}  // namespace

void register_string_regex_kernels(KernelRegistry& registry) {
  registry.add("StaticRegexFullMatch", make_static_match);
  registry.add_function("RegexFullMatch", match);
  registry.add("StaticRegexReplace", make_static_replace);
  registry.add("RegexReplace", make_replace);
}

}  // namespace tensorkeep::runtime
