#pragma once

#include <functional>
#include <span>
#include <string>

#include "io/file_system.h"
#include "slices/list.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::slices {

// Why the format cannot hold a slice of this type and shape; "" if it can. Of strings only the
// contents tell, which writing does.
std::string obstacle(DType dtype, const Shape& shape);

// As write(), with one slice in memory at a time: `load(i)` gives the values of slices[i], and is
// called once for each, in the order of their keys.
void write_lazily(io::FileSystem& files, const std::string& path,
                  std::span<const SliceDescription> slices,
                  const std::function<Tensor(std::size_t)>& load, io::Durability durability);

}  // namespace tensorkeep::slices
