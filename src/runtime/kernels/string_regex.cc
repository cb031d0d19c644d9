#include <fmt/format.h>
#include <re2/re2.h>

#include <memory>

#include "runtime/kernels/families.h"

// Regular expressions on strings, by the library that TensorFlow uses: its time is linear in the
// text, whatever the expression.
namespace tensorkeep::runtime {
namespace {

using Expression = std::shared_ptr<const re2::RE2>;

Expression compiled(const std::string& pattern, const Operation& op) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<const re2::RE2>(pattern, options);
  if (!expression->ok()) {
    throw errors::InvalidArgumentError(
        fmt::format("Invalid pattern: {}, error: {}", pattern, expression->error()),
        {.node = op.name()});
  }
  return expression;
}

const std::string& scalar(const KernelContext& c, int index, const char* what) {
  if (c.input_shape(index).rank() != 0) {
    c.fail(fmt::format("{} must be scalar, but received {}", what,
                       c.input_shape(index).debug_string()));
  }
  return c.input(index).data<std::string>()[0];
}

void match_all(KernelContext& c, const re2::RE2& expression) {
  const auto texts = c.input(0).data<std::string>();
  const auto matches = c.allocate_output(0, c.input_shape(0)).mutable_data<bool>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    matches[i] = re2::RE2::FullMatch(texts[i], expression);
  }
}

// A malformed `rewrite` replaces nothing, as in TensorFlow.
void replace_all(KernelContext& c, const re2::RE2& expression, const std::string& rewrite,
                 bool global) {
  std::string unused;
  const bool well_formed = expression.CheckRewriteString(rewrite, &unused);
  const auto texts = c.input(0).data<std::string>();
  const auto results = c.allocate_output(0, c.input_shape(0)).mutable_data<std::string>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    results[i] = texts[i];
    if (!well_formed) continue;
    if (global) {
      re2::RE2::GlobalReplace(&results[i], expression, rewrite);
    } else {
      re2::RE2::Replace(&results[i], expression, rewrite);
    }
  }
}

Kernel make_static_match(const Operation& op) {
  return [expression = compiled(op.attr_string("pattern"), op)](KernelContext& c) {
    match_all(c, *expression);
  };
}

void match(KernelContext& c) {
  match_all(c, *compiled(scalar(c, 1, "Pattern"), c.op()));
}

Kernel make_static_replace(const Operation& op) {
  return [expression = compiled(op.attr_string("pattern"), op), rewrite = op.attr_string("rewrite"),
          global = op.attr_bool("replace_global")](KernelContext& c) {
    replace_all(c, *expression, rewrite, global);
  };
}

Kernel make_replace(const Operation& op) {
  return [global = op.attr_bool("replace_global")](KernelContext& c) {
    replace_all(c, *compiled(scalar(c, 1, "Pattern"), c.op()), scalar(c, 2, "Rewrite"), global);
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
