#pragma once

// For the files of this folder that are compiled once for each instruction set. TENSORKEEP_ISA is
// the set's name and the namespace of everything in such a file; Eigen is renamed too, so that no
// inline function exists in two versions under one name (the linker would keep either). A test
// looks at the objects' symbols.
#if defined(EIGEN_CORE_H)
#error "include simd/isa.h before Eigen"
#endif
#define TENSORKEEP_CONCAT_(a, b) a##b
#define TENSORKEEP_CONCAT(a, b) TENSORKEEP_CONCAT_(a, b)
#define Eigen TENSORKEEP_CONCAT(Eigen_tensorkeep_, TENSORKEEP_ISA)
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_NO_IO
#ifndef EIGEN_NO_DEBUG
#define EIGEN_NO_DEBUG
#endif

#include "runtime/simd/loops.h"

// The next loop's iterations are independent even where input and output are the same memory.
#if defined(__clang__)
#define TENSORKEEP_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define TENSORKEEP_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {

using Size = std::int64_t;

// Each fills its part of the table.
void fill_elementwise(LoopTable& table);
void fill_comparisons(LoopTable& table);
void fill_transcendental(LoopTable& table);
void fill_reductions(LoopTable& table);
void fill_updates(LoopTable& table);
void fill_gemm(LoopTable& table);

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
