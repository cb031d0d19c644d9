#pragma once

#include "tensorkeep/op_builder.h"  // for a moment: its place is among the public headers
