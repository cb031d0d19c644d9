#include "runtime/kernels/string_hash.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <utility>

#include "runtime/kernels/families.h"

// Strings as numbers below a bound. The hashes are TensorFlow's, bit by bit, for models are trained
// on them.
namespace tensorkeep::runtime {
namespace {

std::uint64_t word_at(const char* data) {
  std::uint64_t word = 0;
  std::memcpy(&word, data, sizeof(word));
  return word;
}

std::uint64_t half_word_at(const char* data) {
  std::uint32_t word = 0;
  std::memcpy(&word, data, sizeof(word));
  return word;
}

// FarmHash's Fingerprint64 (its variant "na").
namespace farm {

constexpr std::uint64_t k0 = 0xc3a5c85c97cb3127;
constexpr std::uint64_t k1 = 0xb492b66fbe98f273;
constexpr std::uint64_t k2 = 0x9ae16a3b2f90404f;

std::uint64_t shift_mix(std::uint64_t value) {
  return value ^ (value >> 47);
}

std::uint64_t mix(std::uint64_t u, std::uint64_t v, std::uint64_t multiplier) {
  const std::uint64_t a = shift_mix((u ^ v) * multiplier);
  return shift_mix((v ^ a) * multiplier) * multiplier;
}

std::uint64_t up_to_16(const char* s, std::size_t size) {
  const std::uint64_t multiplier = k2 + size * 2;
  if (size >= 8) {
    const std::uint64_t a = word_at(s) + k2;
    const std::uint64_t b = word_at(s + size - 8);
    const std::uint64_t c = std::rotr(b, 37) * multiplier + a;
    return mix(c, (std::rotr(a, 25) + b) * multiplier, multiplier);
  }
  if (size >= 4) {
    return mix(size + (half_word_at(s) << 3), half_word_at(s + size - 4), multiplier);
  }
  if (size > 0) {
    const auto byte = [s](std::size_t at) {
      return std::uint32_t{static_cast<unsigned char>(s[at])};
    };
    const std::uint32_t y = byte(0) + (byte(size >> 1) << 8);
    const std::uint32_t z = static_cast<std::uint32_t>(size) + (byte(size - 1) << 2);
    return shift_mix(y * k2 ^ z * k0) * k2;
  }
  return k2;
}

std::uint64_t up_to_32(const char* s, std::size_t size) {
  const std::uint64_t multiplier = k2 + size * 2;
  const std::uint64_t a = word_at(s) * k1;
  const std::uint64_t b = word_at(s + 8);
  const std::uint64_t c = word_at(s + size - 8) * multiplier;
  const std::uint64_t d = word_at(s + size - 16) * k2;
  return mix(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + k2, 18) + c,
             multiplier);
}

std::uint64_t up_to_64(const char* s, std::size_t size) {
  const std::uint64_t multiplier = k2 + size * 2;
  const std::uint64_t a = word_at(s) * k2;
  const std::uint64_t b = word_at(s + 8);
  const std::uint64_t c = word_at(s + size - 8) * multiplier;
  const std::uint64_t d = word_at(s + size - 16) * k2;
  const std::uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d;
  const std::uint64_t z = mix(y, a + std::rotr(b + k2, 18) + c, multiplier);
  const std::uint64_t e = word_at(s + 16) * multiplier;
  const std::uint64_t f = word_at(s + 24);
  const std::uint64_t g = (y + word_at(s + size - 32)) * multiplier;
  const std::uint64_t h = (z + word_at(s + size - 24)) * multiplier;
  return mix(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, multiplier);
}

using Pair = std::pair<std::uint64_t, std::uint64_t>;

Pair mix_32(const char* s, std::uint64_t a, std::uint64_t b) {
  a += word_at(s);
  b = std::rotr(b + a + word_at(s + 24), 21);
  const std::uint64_t c = a;
  a += word_at(s + 8) + word_at(s + 16);
  return {a + word_at(s + 24), b + std::rotr(a, 44) + c};
}

// What is carried from one piece of 64 bytes to the next.
struct State {
  std::uint64_t x;
  std::uint64_t y;
  std::uint64_t z;
  Pair v;
  Pair w;
};

// The last piece weighs some of the state, and multiplies by a number of its own.
void add_piece(State& state, const char* s, std::uint64_t multiplier, std::uint64_t weight) {
  auto& [x, y, z, v, w] = state;
  x = std::rotr(x + y + v.first + word_at(s + 8), 37) * multiplier;
  y = std::rotr(y + v.second + word_at(s + 48), 42) * multiplier;
  x ^= w.second * weight;
  y += v.first * weight + word_at(s + 40);
  z = std::rotr(z + w.first, 33) * multiplier;
  v = mix_32(s, v.second * multiplier, x + w.first);
  w = mix_32(s + 32, z + w.second, y + word_at(s + 16));
  std::swap(z, x);
}

std::uint64_t fingerprint(const std::string& text) {
  const char* s = text.data();
  const std::size_t size = text.size();
  if (size <= 16) return up_to_16(s, size);
  if (size <= 32) return up_to_32(s, size);
  if (size <= 64) return up_to_64(s, size);
  constexpr std::uint64_t kSeed = 81;
  State state = {kSeed * k2 + word_at(s), kSeed * k1 + 113, 0, {}, {}};
  state.z = shift_mix(state.y * k2 + 113) * k2;
  const std::size_t pieces = (size - 1) / 64;
  for (std::size_t i = 0; i < pieces; ++i) add_piece(state, s + i * 64, k1, 1);
  const std::uint64_t multiplier = k1 + ((state.z & 0xff) << 1);
  state.w.first += (size - 1) & 63;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  add_piece(state, s + size - 64, multiplier, 9);
  const auto& [x, y, z, v, w] = state;
  return mix(mix(v.first, w.first, multiplier) + shift_mix(y) * k0 + z,
             mix(v.second, w.second, multiplier) + x, multiplier);
}

}  // namespace farm

// SipHash-2-4 under a key of two words.
std::uint64_t siphash(const std::string& text, std::uint64_t key0, std::uint64_t key1) {
  std::uint64_t v0 = key0 ^ 0x736f6d6570736575;
  std::uint64_t v1 = key1 ^ 0x646f72616e646f6d;
  std::uint64_t v2 = key0 ^ 0x6c7967656e657261;
  std::uint64_t v3 = key1 ^ 0x7465646279746573;
  const auto rounds = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto add = [&](std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) add(word_at(text.data() + i));
  std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
  for (std::size_t i = whole; i < text.size(); ++i) {
    last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i - whole));
  }
  add(last);
  v2 ^= 0xff;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

template <typename Hash>
Kernel bucket_kernel(const Operation& op, Hash hash) {
  const auto buckets = static_cast<std::uint64_t>(op.attr_int("num_buckets"));
  if (buckets == 0) {
    throw errors::InvalidArgumentError("num_buckets must be positive", {.node = op.name()});
  }
  return [buckets, hash](KernelContext& c) {
    const auto texts = c.input(0).data<std::string>();
    Tensor& out = c.allocate_output(0, c.input_shape(0));
    const auto numbers = out.mutable_data<std::int64_t>();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      numbers[i] = static_cast<std::int64_t>(hash(texts[i]) % buckets);
    }
  };
}

Kernel make_bucket(const Operation& op) {
  return bucket_kernel(op, murmur_hash);
}

Kernel make_fast_bucket(const Operation& op) {
  return bucket_kernel(op, farm::fingerprint);
}

Kernel make_strong_bucket(const Operation& op) {
  const std::vector<std::int64_t> key = op.attr_ints("key");
  if (key.size() != 2) {
    throw errors::InvalidArgumentError("Key must have 2 elements", {.node = op.name()});
  }
  return bucket_kernel(
      op, [k0 = static_cast<std::uint64_t>(key[0]), k1 = static_cast<std::uint64_t>(key[1])](
              const std::string& text) { return siphash(text, k0, k1); });
}

}  // namespace

std::uint64_t murmur_hash(const std::string& text) {
  constexpr std::uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr std::uint64_t kSeed = 0xDECAFCAFFE;
  constexpr int kShift = 47;
  const char* data = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = kSeed ^ (left * kMultiplier);
  for (; left >= 8; left -= 8, data += 8) {
    std::uint64_t word = word_at(data);
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash = (hash ^ word) * kMultiplier;
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, data, left);
    hash = (hash ^ word) * kMultiplier;
  }
  hash = (hash ^ (hash >> kShift)) * kMultiplier;
  return hash ^ (hash >> kShift);
}

void register_string_hash_kernels(KernelRegistry& registry) {
  registry.add("StringToHashBucket", make_bucket);
  registry.add("StringToHashBucketFast", make_fast_bucket);
  registry.add("StringToHashBucketStrong", make_strong_bucket);
}

}  // namespace tensorkeep::runtime
