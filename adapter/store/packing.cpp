#include "adapter/store/packing.h"

#include <zstd.h>

#include <charconv>
#include <memory>
#include <new>

namespace pas::store {
namespace {

constexpr int kLevel = 1;
constexpr std::size_t kBigText = std::size_t{1} << 20U;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// The text behind a length and a colon, taken off the front of `packed`.
std::optional<std::string> take_netstring(std::string_view& packed) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(packed.data(), packed.data() + packed.size(), size);
  if (error != std::errc()) return std::nullopt;
  packed.remove_prefix(static_cast<std::size_t>(end - packed.data()));
  if (packed.empty() || packed.front() != ':' || packed.size() - 1 < size) return std::nullopt;
  std::string text(packed.substr(1, size));
  packed.remove_prefix(1 + size);
  return text;
}

void add_netstring(std::string& packed, std::string_view text) {
  packed += std::to_string(text.size());
  packed += ':';
  packed += text;
}

// Short of memory is the only failure that is left.
std::size_t must(std::size_t result) {
  if (ZSTD_isError(result) != 0) throw std::bad_alloc();
  return result;
}

std::string compress_at_once(ZSTD_CCtx* context, std::string_view text) {
  const std::size_t bound = ZSTD_compressBound(text.size());
  const auto frame = std::make_unique_for_overwrite<char[]>(bound);
  return {frame.get(), must(ZSTD_compressCCtx(context, frame.get(), bound, text.data(), text.size(), kLevel))};
}

// No more memory is touched than the frame needs.
std::string compress_in_pieces(ZSTD_CCtx* context, std::string_view text) {
  must(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters));
  must(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel));
  must(ZSTD_CCtx_setPledgedSrcSize(context, text.size()));
  std::string frame;
  frame.reserve(text.size() / 5 * 4);  // base64 comes to three quarters
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  for (std::size_t left = 1; left != 0;) {
    const std::size_t size = frame.size();
    frame.resize(size + kPieceBytes);
    ZSTD_outBuffer out{frame.data(), frame.size(), size};
    left = must(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end));
    frame.resize(out.pos);
  }
  return frame;
}

}  // namespace

std::string compress(std::string_view text) {
  if (text.empty()) return {};
  // Making a context costs more than compressing a small body.
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) throw std::bad_alloc();
  return text.size() < kBigText ? compress_at_once(context.get(), text) : compress_in_pieces(context.get(), text);
}

std::optional<std::string> decompress(std::string_view frame) {
  if (frame.empty()) return std::string();
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > kMaxUnpackedBytes) return std::nullopt;  // the two error values are the greatest
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr) throw std::bad_alloc();
  std::string text(size, '\0');
  if (ZSTD_decompressDCtx(context.get(), text.data(), text.size(), frame.data(), frame.size()) != size) {
    return std::nullopt;
  }
  return text;
}

std::string pack_identifiers(std::span<const Identifier> identifiers) {
  std::string packed;
  for (const Identifier& identifier : identifiers) {
    add_netstring(packed, identifier.system);
    add_netstring(packed, identifier.value);
  }
  return packed;
}

std::optional<std::vector<Identifier>> unpack_identifiers(std::string_view packed) {
  std::vector<Identifier> identifiers;
  while (!packed.empty()) {
    auto system = take_netstring(packed);
    if (!system) return std::nullopt;
    auto value = take_netstring(packed);
    if (!value) return std::nullopt;
    identifiers.push_back({std::move(*system), std::move(*value)});
  }
  return identifiers;
}

std::string pack_texts(std::span<const std::string> texts) {
  std::string packed;
  for (const std::string& text : texts) add_netstring(packed, text);
  return packed;
}

std::optional<std::vector<std::string>> unpack_texts(std::string_view packed) {
  std::vector<std::string> texts;
  while (!packed.empty()) {
    auto text = take_netstring(packed);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::string pack_decisions(std::span<const DecisionRecord> decisions) {
  std::string packed;
  for (const DecisionRecord& decision : decisions) {
    add_netstring(packed, std::to_string(decision.item_sequence));
    add_netstring(packed, decision.json);
  }
  return packed;
}

std::optional<std::vector<DecisionRecord>> unpack_decisions(std::string_view packed) {
  std::vector<DecisionRecord> decisions;
  while (!packed.empty()) {
    const auto sequence = take_netstring(packed);
    if (!sequence) return std::nullopt;
    auto json = take_netstring(packed);
    if (!json) return std::nullopt;
    DecisionRecord& decision = decisions.emplace_back();
    decision.json = std::move(*json);
    const char* end = sequence->data() + sequence->size();
    const auto read = std::from_chars(sequence->data(), end, decision.item_sequence);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  }
  return decisions;
}

}  // namespace pas::store
