#pragma once

// The messages of TensorFlow's files, with TensorFlow's names and field numbers but in a package of
// our own, so that one process may hold TensorFlow too.

#include "tensorkeep/proto/attr_value.pb.h"
#include "tensorkeep/proto/checkpoint_state.pb.h"
#include "tensorkeep/proto/graph.pb.h"
#include "tensorkeep/proto/meta_graph.pb.h"
#include "tensorkeep/proto/node_def.pb.h"
#include "tensorkeep/proto/op_def.pb.h"
#include "tensorkeep/proto/saver.pb.h"
#include "tensorkeep/proto/tensor.pb.h"
#include "tensorkeep/proto/tensor_shape.pb.h"
#include "tensorkeep/proto/variable.pb.h"

namespace tensorkeep {

using proto::AttrValue;
using proto::CollectionDef;
using proto::GraphDef;
using proto::MetaGraphDef;
using proto::NodeDef;
using proto::OpDef;
using proto::OpList;
using proto::TensorProto;
using proto::TensorShapeProto;
using proto::VariableDef;

namespace train {
using proto::SaverDef;
}  // namespace train

}  // namespace tensorkeep
