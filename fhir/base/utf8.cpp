#include "fhir/base/utf8.h"

#include <cstdint>
#include <cstring>

namespace pas::base {

std::optional<std::size_t> invalid_utf8_at(std::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::size_t size = bytes.size();
  std::size_t i = 0;
  while (i < size) {
    if (i + 16 <= size) {  // most of a bundle is ASCII
      std::uint64_t low = 0;
      std::uint64_t high = 0;
      std::memcpy(&low, data + i, 8);
      std::memcpy(&high, data + i + 8, 8);
      if (((low | high) & 0x8080808080808080U) == 0) {
        i += 16;
        continue;
      }
    }
    const unsigned char lead = data[i];
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return i;
    }
    if (i + length > size || data[i + 1] < low || data[i + 1] > high) return i;
    for (std::size_t k = 2; k < length; ++k) {
      if ((data[i + k] & 0xC0U) != 0x80U) return i;
    }
    i += length;
  }
  return std::nullopt;
}

std::string with_valid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (auto invalid = invalid_utf8_at(bytes); invalid; invalid = invalid_utf8_at(bytes)) {
    text.append(bytes.substr(0, *invalid)).append("\uFFFD");
    bytes.remove_prefix(*invalid + 1);
  }
  return text.append(bytes);
}

}  // namespace pas::base
