#include "adapter/http/content_coding.h"

#define ZLIB_CONST  // input that inflate does not change is const
#include <zlib.h>

#include <array>
#include <limits>

#include "adapter/http/message.h"

namespace pas::http {
namespace {

constexpr std::size_t kStep = std::size_t{64} << 10U;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for a gzip wrapper
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

class Inflater {
 public:
  explicit Inflater(int window_bits) : ready_(inflateInit2(&stream_, window_bits) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

// A zlib wrapper begins with a method and window that RFC 1950 allows, and a check of the two bytes.
bool has_zlib_header(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  return (first & 0x0FU) == 8U && (first >> 4U) <= 7U && (first * 256U + second) % 31U == 0U;
}

int window_bits(std::string_view bytes, Coding coding) {
  if (coding == Coding::kGzip) return kGzipWindow;
  return has_zlib_header(bytes) ? kZlibWindow : kRawWindow;
}

}  // namespace

std::optional<Coding> coding_of(std::string_view value) {
  if (value.empty() || equal_fold(value, "identity")) return Coding::kIdentity;
  if (equal_fold(value, "gzip") || equal_fold(value, "x-gzip")) return Coding::kGzip;
  if (equal_fold(value, "deflate")) return Coding::kDeflate;
  return std::nullopt;
}

base::Result<std::string> decompress(std::string_view bytes, Coding coding, std::size_t limit_bytes,
                                     const Reserve& reserve) {
  if (bytes.size() > std::numeric_limits<uInt>::max()) {
    return base::Error{base::ErrorCode::kTooLarge, "the compressed body is over 4 GiB"};
  }
  Inflater inflater(window_bits(bytes, coding));
  if (!inflater.ready()) return base::unavailable("no memory to decompress");
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());

  std::string out;
  std::array<char, kStep> step;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(step.data());
    stream.avail_out = static_cast<uInt>(step.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) return base::unavailable("no memory to decompress");
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return base::invalid("the compressed body is damaged");
    }
    const std::size_t made = step.size() - stream.avail_out;
    if (made > limit_bytes - out.size()) {
      return base::Error{base::ErrorCode::kTooLarge, "the decompressed body is over the limit"};
    }
    if (made > 0 && !reserve(made)) return base::unavailable("too many bodies at once");
    out.append(step.data(), made);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      // RFC 1952 §2.2: further gzip members may follow, each decompressed onto the last.
      if (coding != Coding::kGzip || inflateReset(&stream) != Z_OK) {
        return base::invalid("the compressed body is followed by other data");
      }
    } else if (stream.avail_in == 0 && made == 0) {
      return base::invalid("the compressed body is cut off");
    }
  }
}

}  // namespace pas::http
