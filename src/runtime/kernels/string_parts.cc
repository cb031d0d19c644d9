#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"

// Strings cut into parts, and joined along axes and by segment.
namespace tensorkeep::runtime {
namespace {

using Parts = std::vector<std::string_view>;
constexpr std::string_view kSpaces = " \t\n\v\f\r";

// At any of the characters of `delimiters`; between all bytes without one.
Parts split_at_any(std::string_view text, std::string_view delimiters, bool skip_empty) {
  Parts parts;
  if (delimiters.empty()) {
    for (std::size_t i = 0; i < text.size(); ++i) parts.push_back(text.substr(i, 1));
    return parts;
  }
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(delimiters);
    const std::string_view part = text.substr(0, end);
    if (!part.empty() || !skip_empty) parts.push_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty() && !skip_empty) parts.push_back(text);
  }
  return parts;
}

// At runs of spaces, which count for nothing at the ends.
Parts split_at_spaces(std::string_view text, std::int64_t most) {
  Parts parts;
  const auto skip_spaces = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  };
  skip_spaces();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
    skip_spaces();
    if (most > 0 && static_cast<std::int64_t>(parts.size()) == most) {
      parts.push_back(text);
      break;
    }
  }
  return parts;
}

// As Python's str.split; `most` counts the cuts, -1 for all.
Parts split(std::string_view text, std::string_view separator, std::int64_t most) {
  if (most == 0) return {text};
  if (separator.empty()) return split_at_spaces(text, most);
  Parts parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
    if (most > 0 && static_cast<std::int64_t>(parts.size()) == most) break;
  }
  parts.push_back(text);
  return parts;
}

// Every string's parts as one row of a sparse tensor.
template <typename F>
void split_all(KernelContext& c, const char* what, F&& parts_of) {
  if (c.input_shape(0).rank() != 1) {
    c.fail("input must be a vector, got shape: " + c.input_shape(0).debug_string());
  }
  if (c.input_shape(1).rank() != 0) {
    c.fail(
        fmt::format("{} must be a scalar, got shape: {}", what, c.input_shape(1).debug_string()));
  }
  const auto texts = c.input(0).data<std::string>();
  const std::string& separator = c.input(1).data<std::string>()[0];
  std::vector<std::int64_t> places;
  Parts all;
  std::size_t longest = 0;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const Parts parts = parts_of(texts[row], separator);
    longest = std::max(longest, parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      places.push_back(static_cast<std::int64_t>(row));
      places.push_back(static_cast<std::int64_t>(i));
      all.push_back(parts[i]);
    }
  }
  const auto count = static_cast<std::int64_t>(all.size());
  c.set_output(0, integer_tensor(int64, places, {count, 2}));
  Tensor& out = c.allocate_output(1, {count});
  std::copy(all.begin(), all.end(), out.mutable_data<std::string>().begin());
  c.set_output(2, integer_vector(int64, {static_cast<std::int64_t>(texts.size()),
                                         static_cast<std::int64_t>(longest)}));
}

Kernel make_split(const Operation& op) {
  return [skip_empty = op.attr_bool("skip_empty")](KernelContext& c) {
    split_all(c, "delimiter", [&](const std::string& text, const std::string& delimiters) {
      return split_at_any(text, delimiters, skip_empty);
    });
  };
}

Kernel make_split_v2(const Operation& op) {
  return [most = op.attr_int("maxsplit")](KernelContext& c) {
    split_all(c, "sep", [&](const std::string& text, const std::string& separator) {
      return split(text, separator, most);
    });
  };
}

// The axes, each once, the one that changes fastest first.
std::vector<std::size_t> axes_of(const KernelContext& c, int rank) {
  std::vector<std::size_t> axes;
  for (const std::int64_t asked : integers_of(c.input(1))) {
    if (asked < -rank || asked >= rank) {
      throw errors::OutOfRangeError(
          fmt::format("Invalid reduction dimension {} for input with {} dimension(s)", asked, rank),
          {.node = c.op().name()});
    }
    const auto axis = static_cast<std::size_t>(asked < 0 ? asked + rank : asked);
    if (std::find(axes.begin(), axes.end(), axis) != axes.end()) {
      c.fail(fmt::format("Duplicate reduction dimension {}", asked));
    }
    axes.push_back(axis);
  }
  return axes;
}

// Numbers of elements: `size` times `stride` further for each of what is there already.
std::vector<std::int64_t> spread(const std::vector<std::int64_t>& bases, std::int64_t size,
                                 std::int64_t stride) {
  std::vector<std::int64_t> result;
  for (const std::int64_t base : bases) {
    for (std::int64_t i = 0; i < size; ++i) result.push_back(base + i * stride);
  }
  return result;
}

Kernel make_reduce_join(const Operation& op) {
  return [keep_dims = op.attr_bool("keep_dims"),
          separator = op.attr_string("separator")](KernelContext& c) {
    const Shape shape = c.input_shape(0);
    const auto& dims = shape.dims();
    const std::vector<std::size_t> axes = axes_of(c, shape.rank());
    const std::vector<std::int64_t> strides = strides_of(dims);
    std::vector<std::int64_t> kept;
    for (std::size_t d = 0; d < dims.size(); ++d) {
      if (std::find(axes.begin(), axes.end(), d) == axes.end()) {
        kept.push_back(dims[d]);
      } else if (keep_dims) {
        kept.push_back(1);
      }
    }
    Tensor& out = c.allocate_output(0, Shape(kept));  // before anything grows with its size
    if (out.num_elements() == 0) return;
    std::vector<std::int64_t> firsts = {0};
    for (std::size_t d = 0; d < dims.size(); ++d) {
      if (std::find(axes.begin(), axes.end(), d) == axes.end()) {
        firsts = spread(firsts, dims[d], strides[d]);
      }
    }
    std::vector<std::int64_t> within = {0};
    if (shape.num_elements() == 0) within.clear();
    for (std::size_t i = axes.size(); i-- > 0;) {
      within = spread(within, dims[axes[i]], strides[axes[i]]);
    }
    const auto texts = c.input(0).data<std::string>();
    const auto joined = out.mutable_data<std::string>();
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      for (std::size_t j = 0; j < within.size(); ++j) {
        if (j > 0) joined[i] += separator;
        joined[i] += texts[static_cast<std::size_t>(firsts[i] + within[j])];
      }
    }
  };
}

Kernel make_segment_join(const Operation& op) {
  return [separator = op.attr_string("separator")](KernelContext& c) {
    const Shape shape = c.input_shape(0);
    const Shape& id_shape = c.input_shape(1);
    const std::int64_t segments = scalar_integer(c, 2, "num_segments");
    if (segments < 0) {
      c.fail(fmt::format("Number of segments must be non-negative but got {}", segments));
    }
    const auto begins = [&] {
      return id_shape.rank() <= shape.rank() &&
             std::equal(id_shape.dims().begin(), id_shape.dims().end(), shape.dims().begin());
    };
    if (id_shape.rank() == 0) c.fail("segment_ids cannot have rank 0");
    if (!begins()) {
      c.fail(fmt::format("segment_ids' shape must be a prefix of inputs' shape: {} vs. {}",
                         id_shape.debug_string(), shape.debug_string()));
    }
    const std::vector<std::int64_t> ids = integers_of(c.input(1));
    for (const std::int64_t id : ids) {
      if (id >= 0 && id < segments) continue;
      c.fail("segment_ids are not allowed to exceed num_segments or to have negative values.");
    }
    std::vector<std::int64_t> dims = {segments};
    dims.insert(dims.end(), shape.dims().begin() + id_shape.rank(), shape.dims().end());
    const std::int64_t size = product(dims, 1, dims.size());
    Tensor& out = c.allocate_output(0, Shape(dims));
    const auto texts = c.input(0).data<std::string>();
    const auto joined = out.mutable_data<std::string>();
    std::vector<bool> begun(joined.size(), false);
    for (std::size_t row = 0; row < ids.size(); ++row) {
      for (std::int64_t i = 0; i < size; ++i) {
        const auto to = static_cast<std::size_t>(ids[row] * size + i);
        if (begun[to]) joined[to] += separator;
        joined[to] += texts[row * static_cast<std::size_t>(size) + static_cast<std::size_t>(i)];
        begun[to] = true;
      }
    }
  };
}

}  // namespace

void register_string_part_kernels(KernelRegistry& registry) {
  registry.add("StringSplit", make_split);
  registry.add("StringSplitV2", make_split_v2);
  registry.add("ReduceJoin", make_reduce_join);
  registry.add("UnsortedSegmentJoin", make_segment_join);
}

}  // namespace tensorkeep::runtime
