#include <array>
#include <cstdlib>
#include <cstring>

#include "runtime/simd/loops.h"

namespace tensorkeep::runtime::simd {

// What each instruction set's objects provide (simd/isa.h); which exist is the build's choice.
#define TENSORKEEP_DECLARE_ISA(isa)           \
  namespace isa {                             \
  void fill_elementwise(LoopTable& table);    \
  void fill_comparisons(LoopTable& table);    \
  void fill_transcendental(LoopTable& table); \
  void fill_reductions(LoopTable& table);     \
  void fill_updates(LoopTable& table);        \
  void fill_gemm(LoopTable& table);           \
  LoopTable make_table() {                    \
    LoopTable table = {};                     \
    table.name = #isa;                        \
    fill_elementwise(table);                  \
    fill_comparisons(table);                  \
    fill_transcendental(table);               \
    fill_reductions(table);                   \
    fill_updates(table);                      \
    fill_gemm(table);                         \
    return table;                             \
  }                                           \
  }
TENSORKEEP_DECLARE_ISA(baseline)
#if defined(TENSORKEEP_X86_LEVELS)
TENSORKEEP_DECLARE_ISA(avx2)
#endif
#undef TENSORKEEP_DECLARE_ISA

namespace {

// Runnable tables from the lowest level up, ended by nullptr.
using TableList = std::array<const LoopTable*, 3>;

TableList find_tables() {
  TableList list = {};
  std::size_t count = 0;
  static const LoopTable baseline_table = baseline::make_table();
  list[count++] = &baseline_table;
#if defined(TENSORKEEP_X86_LEVELS)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    static const LoopTable avx2_table = avx2::make_table();
    list[count++] = &avx2_table;
  }
#endif
  return list;
}

const LoopTable& choose_table() {
  const char* wanted = std::getenv("TENSORKEEP_CPU");
  const LoopTable* best = nullptr;
  for (const LoopTable* const* table = all_loops(); *table != nullptr; ++table) {
    best = *table;
    if (wanted != nullptr && std::strcmp(wanted, best->name) == 0) break;
  }
  return *best;
}

}  // namespace

const LoopTable* const* all_loops() {
  static const TableList list = find_tables();
  return list.data();
}

const LoopTable& loops() {
  static const LoopTable& table = choose_table();
  return table;
}

}  // namespace tensorkeep::runtime::simd
