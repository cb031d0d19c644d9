#pragma once

#include "tensorkeep/proto.h"

namespace tensorkeep::python {

using SaverDefVersion = train::SaverDef::CheckpointFormatVersion;

}  // namespace tensorkeep::python
