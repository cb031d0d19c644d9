#pragma once

#include <nanobind/nanobind.h>

#include "tensorkeep/proto.h"
#include "tensorkeep/saver.h"

// Arguments that savers and checkpoints share.
namespace tensorkeep::python {

using SaverDefVersion = train::SaverDef::CheckpointFormatVersion;

// None, a number, a tensor or a variable; with a graph also the name of a tensor in it.
train::GlobalStep to_global_step(nanobind::handle step, const Graph* graph = nullptr);

}  // namespace tensorkeep::python
