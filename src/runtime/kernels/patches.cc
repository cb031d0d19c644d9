#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/window.h"

// Patches of images, each as one row of channels.
namespace tensorkeep::runtime {
namespace {

[[noreturn]] void refuse(const Operation& op, const std::string& message) {
  throw errors::InvalidArgumentError(message, {.node = op.name()});
}

// Height and width of a list with four entries.
std::array<std::int64_t, 3> sizes_of(const Operation& op, const char* attr) {
  const auto list = op.attr_ints(attr);
  if (list.size() != 4) refuse(op, std::string(attr) + " must have 4 entries");
  if (list[0] != 1 || list[3] != 1) {
    throw errors::UnimplementedError("Current implementation does not yet support " +
                                         std::string(attr) + " in the batch and depth dimensions.",
                                     {.node = op.name()});
  }
  for (const std::int64_t size : list) {
    if (size <= 0 || size > INT32_MAX) refuse(op, std::string(attr) + " is out of range");
  }
  return {1, list[1], list[2]};
}

template <typename T>
void copy_patches(const Windows& windows, std::int64_t batch, std::int64_t channels, const T* from,
                  T* to) {
  const WindowDim& rows = windows.dims[1];
  const WindowDim& columns = windows.dims[2];
  for (std::int64_t b = 0; b < batch; ++b, from += rows.input * columns.input * channels) {
    for (std::int64_t y = 0; y < rows.output; ++y) {
      for (std::int64_t x = 0; x < columns.output; ++x) {
        for (std::int64_t i = 0; i < rows.filter; ++i) {
          for (std::int64_t j = 0; j < columns.filter; ++j, to += channels) {
            const std::int64_t row = rows.position(y, i);
            const std::int64_t column = columns.position(x, j);
            if (row < 0 || row >= rows.input || column < 0 || column >= columns.input) {
              std::fill_n(to, channels, T{});
            } else {
              std::copy_n(from + (row * columns.input + column) * channels, channels, to);
            }
          }
        }
      }
    }
  }
}

Kernel make_patches(const Operation& op) {
  WindowAttrs attrs;
  attrs.padding = op.attr_string("padding");
  attrs.window = sizes_of(op, "ksizes");
  attrs.strides = sizes_of(op, "strides");
  attrs.dilations = sizes_of(op, "rates");
  return [attrs](KernelContext& c) {
    const Tensor& images = c.input(0);
    if (images.shape().rank() != 4) {
      c.fail("input must be 4-dimensional" + images.shape().debug_string());
    }
    const Windows windows = plan_windows(
        c, attrs, images.shape(), [&](int i) { return attrs.window[static_cast<std::size_t>(i)]; });
    const std::int64_t batch = images.shape().dim(0);
    const std::int64_t channels = images.shape().dim(3);
    std::int64_t depth = 0;
    if (__builtin_mul_overflow(windows.dims[1].filter, windows.dims[2].filter, &depth) ||
        __builtin_mul_overflow(depth, channels, &depth)) {
      c.fail("The patches are too large");
    }
    Tensor& output =
        c.allocate_output(0, {batch, windows.dims[1].output, windows.dims[2].output, depth});
    if (output.num_elements() == 0) return;
    by_width(c, images.dtype(), [&](auto zero) {
      using T = decltype(zero);
      copy_patches(windows, batch, channels, elements<T>(images), mutable_elements<T>(output));
    });
  };
}

}  // namespace

void register_patch_kernels(KernelRegistry& registry) {
  registry.add("ExtractImagePatches", make_patches);
}

}  // namespace tensorkeep::runtime
