#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// What moves elements.
namespace tensorkeep {

namespace {

Output second_of(const std::vector<Output>& outputs) {
  return outputs.at(1);
}

}  // namespace

std::vector<Case> moving_cases() {
  const Spread three = {{2, 3, 4}};
  return {
      {"Pack Unpack", {kAny, kAny}, one([](const Xs& x) {
         return stack({x[0], x[1]}, {.axis = 1});
       })},
      {"Unpack Pack", {kAny}, one([](const Xs& x) {
         return second_of(unstack(x[0], {.num = 3, .axis = 1}));
       })},
      {"Concat", {kAny, {{2, 2}}}, one([](const Xs& x) {
         return OpBuilder("Concat").input(1).inputs({x[0], x[1]}).output();
       })},
      {"ConcatV2 Slice", {kAny, {{2, 2}}}, one([](const Xs& x) {
         return concat({x[0], x[1]}, -1);
       })},
      {"ConcatV2", {{{1, 2}}}, one([](const Xs& x) {
         return concat(std::vector<Input>(20, Input(x[0])), 0);
       })},
      {"Split", {{{2, 6}}}, one([](const Xs& x) { return second_of(split(x[0], 3, 1)); })},
      {"SplitV",
       {{{2, 6}}},
       one([](const Xs& x) {
         return second_of(split(x[0], std::vector<int>{1, 3, 2}, 1));
       }),
       Mode::kKnownShapes},
      {"Slice Pad", {three}, one([](const Xs& x) {
         return slice(x[0], {0, 1, 1}, {2, 2, 2});
       })},
      {"StridedSlice StridedSliceGrad", {three}, one([](const Xs& x) {
         return getitem(x[0], {Span{.step = -1}, newaxis, 1, Span{.begin = 1, .step = 2}});
       })},
      {"IdentityN",
       {kAny, three},
       [](const Xs& x) {
         return identity_n({x[0], x[1]});
       }},
      {"PlaceholderWithDefault", {kAny}, one([](const Xs& x) {
         return placeholder_with_default(x[0], Shape({2, 3}));
       })},
      {"Reshape", {three}, one([](const Xs& x) {
         return reshape(x[0], {4, -1});
       })},
      {"ExpandDims", {kAny}, one([](const Xs& x) { return expand_dims(x[0], 1); })},
      {"Squeeze", {{{2, 1, 3, 1}}}, one([](const Xs& x) { return squeeze(x[0]); })},
      {"Transpose", {three}, one([](const Xs& x) {
         return transpose(x[0], {2, 0, 1});
       })},
      {"Pad", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{1, 0}, {2, 1}});
       })},
      {"PadV2", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{1, 0}, {2, 1}}, {.constant_values = 1.5});
       })},
      {"MirrorPad MirrorPadGrad", {{{3, 4}}}, one([](const Xs& x) {
         return pad(x[0], Literal{{2, 1}, {3, 2}}, {.mode = "REFLECT"});
       })},
      {"MirrorPad MirrorPadGrad", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{2, 1}, {0, 3}}, {.mode = "SYMMETRIC"});
       })},
      {"ReverseV2", {three}, one([](const Xs& x) {
         return reverse(x[0], {0, -1});
       })},
      {"ReverseSequence", {three}, one([](const Xs& x) {
         return OpBuilder("ReverseSequence")
             .input(x[0])
             .input(Literal{1, 2})
             .attr("seq_dim", 2)
             .output();
       })},
      {"TopKV2", {{{2, 3, 5}}}, one([](const Xs& x) {
         return OpBuilder("TopKV2").input(x[0]).input(3).outputs()[0];
       })},
      {"Print", {kAny}, one([](const Xs& x) {
         return OpBuilder("Print").input(x[0]).inputs({x[0]}).attr("first_n", 0).output();
       })},
      {"Diag DiagPart", {kAny}, one([](const Xs& x) { return diag(x[0]); })},
      {"DiagPart Diag", {{{2, 2, 2, 2}}}, one([](const Xs& x) { return diag_part(x[0]); })},
      {"MatrixBandPart", {{{2, 4, 3}}}, one([](const Xs& x) {
         return matrix_band_part(x[0], 1, 0);
       })},
      {"DynamicPartition ParallelDynamicStitch",
       {{{4, 2}}},
       [](const Xs& x) {
         return dynamic_partition(x[0], Literal{1, 0, 1, 1}, 2);
       }},
      {"DynamicStitch", {kAny, {{3, 3}}}, one([](const Xs& x) {
         return dynamic_stitch({Literal{0, 3}, Literal{1, 2, 4}}, {x[0], x[1]});
       })},
      {"Fill", {{{}}}, one([](const Xs& x) {
         return fill({2, 3}, x[0]);
       })},
      {"Gather", {{{4, 2}}}, one([](const Xs& x) {
         return OpBuilder("Gather").input(x[0]).input(Literal{3, 0, 3}).output();
       })},
      {"GatherV2", {{{4, 2}}}, one([](const Xs& x) {
         return gather(x[0], Literal{{3, 0}, {3, 1}});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{2, 0, 2}, {.axis = 1});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{{2, 0, 2}, {1, 1, 0}}, {.batch_dims = 1});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{{3, 0, 3}, {1, 1, 0}}, {.axis = -1, .batch_dims = 1});
       })},
      {"GatherV2",
       {three},
       one([](const Xs& x) {
         const Literal indices = {{{0, 3, 3}, {1, 1, 1}, {2, 0, 1}},
                                  {{3, 3, 3}, {0, 1, 0}, {2, 2, 1}}};
         return gather(x[0], indices, {.batch_dims = -1});
       }),
       Mode::kKnownShapes},
      {"GatherNd", {three}, one([](const Xs& x) {
         return gather_nd(x[0], Literal{{1, 2}, {0, 0}, {1, 2}});
       })},
      {"GatherNd", {{{4, 2}}}, one([](const Xs& x) {
         return gather_nd(x[0], Literal{{1}, {0}, {1}});
       })},
      {"ScatterNd", {{{3, 2}}}, one([](const Xs& x) {
         return scatter_nd(Literal{{1}, {3}, {1}}, x[0], {4, 2});
       })},
      {"SparseToDense", {{{2}}, {{}}}, one([](const Xs& x) {
         return OpBuilder("SparseToDense")
             .input(Literal{{0, 1}, {1, 2}})
             .input({2, 3})
             .input(x[0])
             .input(x[1])
             .output();
       })},
      {"MatrixInverse", {{{2, 2, 2}, -0.8, 0.9}, {{2, 2}, 2.0, 3.0}}, one([](const Xs& x) {
         const Output matrix = OpBuilder("MatrixSetDiag").input(x[0]).input(x[1]).output();
         return OpBuilder("MatrixInverse").input(matrix).output();
       })},
      {"MatrixInverse", {{{2, 2}, -0.8, 0.9}, {{2}, 2.0, 3.0}}, one([](const Xs& x) {
         const Output matrix = OpBuilder("MatrixSetDiag").input(x[0]).input(x[1]).output();
         return OpBuilder("MatrixInverse").input(matrix).attr("adjoint", true).output();
       })},
      {"ClipByValue", {kAny, {{2, 3}, -0.9, -0.5}, {{}, 0.4, 0.6}}, op("ClipByValue")},
      {"SpaceToBatchND", {{{2, 3, 4}}}, one([](const Xs& x) {
         return space_to_batch_nd(x[0], {2, 3}, {{0, 1}, {1, 1}});
       })},
      {"BatchToSpaceND", {{{4, 2, 3}}}, one([](const Xs& x) {
         return batch_to_space_nd(x[0], {2, 2}, {{0, 1}, {1, 1}});
       })},
      {"SpaceToDepth", {{{1, 2, 4, 2}}}, one([](const Xs& x) {
         return OpBuilder("SpaceToDepth").input(x[0]).attr("block_size", 2).output();
       })},
      {"DepthToSpace", {{{1, 2, 1, 4}}}, one([](const Xs& x) {
         return OpBuilder("DepthToSpace").input(x[0]).attr("block_size", 2).output();
       })},
      {"MatrixDiag", {{{2, 3}}}, op("MatrixDiag")},
      {"MatrixDiagPart", {{{2, 3, 3}}}, op("MatrixDiagPart")},
      {"MatrixDiagPart", {{{2, 3, 2}}}, op("MatrixDiagPart")},
      {"MatrixSetDiag", {{{2, 2, 3}}, {{2, 2}}}, op("MatrixSetDiag")},
      {"Tile", {kAny}, one([](const Xs& x) {
         return tile(x[0], {2, 3});
       })},
      {"BroadcastTo", {{{2, 1, 3}}}, one([](const Xs& x) {
         return broadcast_to(x[0], {2, 2, 4, 3});
       })},
  };
}

}  // namespace tensorkeep
