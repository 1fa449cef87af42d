#include "fhir/base/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace pas::base {
namespace {

constexpr std::uint8_t kBad = 0xFF;

// OpenSSL's decoder counts padding as data and stops at a bad character; this table is stricter and as fast.
constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kBad;
  for (std::uint8_t i = 0; i < 26; ++i) {
    values[static_cast<std::size_t>('A') + i] = i;
    values[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(26 + i);
  }
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0') + i] = static_cast<std::uint8_t>(52 + i);
  values['+'] = 62;
  values['/'] = 63;
  return values;
}

constexpr auto kValues = make_values();

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t group = 0;
  int have = 0;
  int padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kBad || padding > 0) return std::nullopt;
    group = group << 6U | value;
    if (++have == 4) {
      out += static_cast<char>(group >> 16U);
      out += static_cast<char>(group >> 8U & 0xFFU);
      out += static_cast<char>(group & 0xFFU);
      group = 0;
      have = 0;
    }
  }
  if (have == 0) return padding == 0 ? std::optional(std::move(out)) : std::nullopt;
  if (have + padding != 4 || have == 1) return std::nullopt;
  if (have == 2) {
    if ((group & 0x0FU) != 0) return std::nullopt;
    out += static_cast<char>(group >> 4U);
  } else {
    if ((group & 0x03U) != 0) return std::nullopt;
    out += static_cast<char>(group >> 10U);
    out += static_cast<char>(group >> 2U & 0xFFU);
  }
  return out;
}

std::string encode_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = decode_base64(padded);
  if (bytes && encode_base64url(*bytes) != text) bytes.reset();
  return bytes;
}

std::string encode_base64url(std::string_view bytes) {
  std::string text = encode_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace pas::base
