#include "runtime/simd/isa.h"
// Matrix products after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication":
// b is packed into panels as wide as a few registers, and a tile of c stays in registers while it
// runs along k. a is read where it is: its elements are spread over a register anyway.
namespace tensorkeep::runtime::simd::TENSORKEEP_ISA {
namespace {

#if defined(__AVX2__)
constexpr int kRegisterBytes = 32;
#else
constexpr int kRegisterBytes = 16;
#endif
constexpr int kTileRows = 6;
constexpr int kPanelRegisters = 2;
constexpr Size kBlockK = 256;   // a panel of b this long stays in the first-level cache
constexpr Size kBlockM = 192;   // rows of a that stay in the second-level cache
constexpr Size kBlockN = 1024;  // columns of b packed at a time

template <typename T>
struct RegisterOf {
  typedef T type __attribute__((vector_size(kRegisterBytes)));
  typedef T unaligned __attribute__((vector_size(kRegisterBytes), aligned(1), may_alias));
};
template <typename T>
using Register = typename RegisterOf<T>::type;
template <typename T>
inline constexpr int kWidth = kRegisterBytes / static_cast<int>(sizeof(T));

constexpr Size min_of(Size a, Size b) {
  return a < b ? a : b;
}
constexpr Size round_up(Size n, Size unit) {
  return (n + unit - 1) / unit * unit;
}

// a[i, p] is at a[i * row + p * column].
template <typename T>
struct Operand {
  const T* data;
  Size row;
  Size column;
  Operand at(Size i, Size p) const { return {data + i * row + p * column, row, column}; }
};

template <typename T>
struct Target {
  T* data;
  Size stride;
  bool accumulate;
};

// c[kRows, width] (+)= a[kRows, k] * panel[k, kRegisters * kWidth]; `width` columns are stored.
template <int kRows, int kRegisters, typename T>
void tile(const Operand<T>& a, const T* panel, Size k, const Target<T>& c, Size width) {
  using V = Register<T>;
  using InMemory = typename RegisterOf<T>::unaligned;  // memcpy would keep the sums in memory
  constexpr int kColumns = kRegisters * kWidth<T>;
  V sums[kRows][kRegisters] = {};
  // A pointer for every three rows: with the distance, x86 addresses all three by one, and none of
  // the addresses is kept in memory.
  constexpr int kPointers = (kRows + 2) / 3;
  const T* rows[kPointers];
  for (int i = 0; i < kPointers; ++i) rows[i] = a.data + 3 * i * a.row;
  for (Size p = 0; p < k; ++p) {
    V b[kRegisters];
#pragma GCC unroll 4
    for (int j = 0; j < kRegisters; ++j) {
      b[j] = *reinterpret_cast<const InMemory*>(panel + p * kColumns + j * kWidth<T>);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const T factor = rows[i / 3][i % 3 * a.row];
#pragma GCC unroll 4
      for (int j = 0; j < kRegisters; ++j) sums[i][j] += factor * b[j];
    }
#pragma GCC unroll 4
    for (int i = 0; i < kPointers; ++i) rows[i] += a.column;
  }
  T edge[kRows * kColumns];
  const bool whole = width == kColumns;
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < kRegisters; ++j) {
      T* to = (whole ? c.data + i * c.stride : edge + i * kColumns) + j * kWidth<T>;
      auto* out = reinterpret_cast<InMemory*>(to);
      *out = whole && c.accumulate ? *out + sums[i][j] : sums[i][j];
    }
  }
  if (whole) return;
  for (int i = 0; i < kRows; ++i) {
    T* out = c.data + i * c.stride;
    for (Size j = 0; j < width; ++j) {
      out[j] = (c.accumulate ? out[j] : T(0)) + edge[i * kColumns + j];
    }
  }
}

template <int kRegisters, typename T>
void tile_rows(Size rows, const Operand<T>& a, const T* panel, Size k, const Target<T>& c,
               Size width) {
  switch (rows) {
    case 1:
      return tile<1, kRegisters>(a, panel, k, c, width);
    case 2:
      return tile<2, kRegisters>(a, panel, k, c, width);
    case 3:
      return tile<3, kRegisters>(a, panel, k, c, width);
    case 4:
      return tile<4, kRegisters>(a, panel, k, c, width);
    case 5:
      return tile<5, kRegisters>(a, panel, k, c, width);
    default:
      return tile<kTileRows, kRegisters>(a, panel, k, c, width);
  }
}

// Packs b[k, width] into a panel of `columns` columns, zeros beyond `width`.
template <typename T>
void pack_panel(const Operand<T>& b, Size k, Size width, Size columns, T* panel) {
  if (b.column == 1) {
    for (Size p = 0; p < k; ++p) {
      const T* from = b.data + p * b.row;
      T* to = panel + p * columns;
      for (Size j = 0; j < width; ++j) to[j] = from[j];
      for (Size j = width; j < columns; ++j) to[j] = T(0);
    }
    return;
  }
  for (Size j = 0; j < width; ++j) {
    const T* from = b.data + j * b.column;
    for (Size p = 0; p < k; ++p) panel[p * columns + j] = from[p * b.row];
  }
  for (Size j = width; j < columns; ++j) {
    for (Size p = 0; p < k; ++p) panel[p * columns + j] = T(0);
  }
}

// The width of the panel that starts where `left` columns remain.
template <typename T>
Size panel_columns(Size left) {
  return left <= kWidth<T> ? kWidth<T> : kPanelRegisters * kWidth<T>;
}

template <typename T>
Size gemm_workspace(const GemmShape& s) {
  return min_of(s.k, kBlockK) * round_up(min_of(s.n, kBlockN), kPanelRegisters * kWidth<T>);
}

// One block of k and n: the panels are packed, the tiles of c follow.
template <typename T>
void multiply_block(const Operand<T>& a, const Operand<T>& b, Size m, Size k, Size n,
                    const Target<T>& c, T* workspace) {
  for (Size j = 0; j < n; j += kPanelRegisters * kWidth<T>) {
    const Size columns = panel_columns<T>(n - j);
    pack_panel(b.at(0, j), k, min_of(columns, n - j), columns, workspace + j * k);
  }
  for (Size i0 = 0; i0 < m; i0 += kBlockM) {
    const Size end = min_of(i0 + kBlockM, m);
    for (Size j = 0; j < n; j += kPanelRegisters * kWidth<T>) {
      const Size columns = panel_columns<T>(n - j);
      const Size width = min_of(columns, n - j);
      const T* panel = workspace + j * k;
      for (Size i = i0; i < end;) {
        const Size rows = min_of(end - i, kTileRows);
        const Target<T> out = {c.data + i * c.stride + j, c.stride, c.accumulate};
        if (columns == kWidth<T>) {
          tile_rows<1>(rows, a.at(i, 0), panel, k, out, width);
        } else {
          tile_rows<kPanelRegisters>(rows, a.at(i, 0), panel, k, out, width);
        }
        i += rows;
      }
    }
  }
}

template <typename T>
void gemm(const GemmShape& s, const T* a_data, const T* b_data, T* c, T* workspace) {
  const Operand<T> a =
      s.transpose_a ? Operand<T>{a_data, 1, s.stride_a} : Operand<T>{a_data, s.stride_a, 1};
  const Operand<T> b =
      s.transpose_b ? Operand<T>{b_data, 1, s.stride_b} : Operand<T>{b_data, s.stride_b, 1};
  if (s.k == 0 && !s.accumulate) {
    for (Size i = 0; i < s.m; ++i) {
      for (Size j = 0; j < s.n; ++j) c[i * s.stride_c + j] = T(0);
    }
  }
  for (Size j = 0; j < s.n; j += kBlockN) {
    const Size n = min_of(kBlockN, s.n - j);
    for (Size p = 0; p < s.k; p += kBlockK) {
      const Size k = min_of(kBlockK, s.k - p);
      multiply_block(a.at(0, p), b.at(p, j), s.m, k, n,
                     Target<T>{c + j, s.stride_c, s.accumulate || p > 0}, workspace);
    }
  }
}

}  // namespace

void fill_gemm(LoopTable& table) {
  table.f32.gemm_workspace = gemm_workspace<float>;
  table.f64.gemm_workspace = gemm_workspace<double>;
  table.f32.gemm = gemm<float>;
  table.f64.gemm = gemm<double>;
}

}  // namespace tensorkeep::runtime::simd::TENSORKEEP_ISA
