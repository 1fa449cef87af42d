#include "tests/support/coding.h"

#define ZLIB_CONST  // input that deflate does not change is const
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdio>

namespace pas::support {

std::string compressed(std::string_view text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string chunked(std::string_view body) {
  constexpr std::size_t kChunk = 1000;
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += kChunk) {
    const std::string_view part = body.substr(at, kChunk);
    std::array<char, 24> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", part.size());
    out.append(size.data()).append(part).append("\r\n");
  }
  return out + "0\r\n\r\n";
}

}  // namespace pas::support
