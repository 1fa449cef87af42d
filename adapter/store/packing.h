#pragma once
// How texts lie in a column: bodies compressed with zstd (RFC 8878), identifiers and decisions as netstrings.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/store.h"

namespace pas::store {

// zstd level 1, one frame with its content size; an empty text stays empty. Never fails short of memory.
std::string compress(std::string_view text);

// Nothing when the frame is damaged, or says that it holds more than kMaxUnpackedBytes.
std::optional<std::string> decompress(std::string_view frame);
inline constexpr unsigned long long kMaxUnpackedBytes = 1ULL << 30U;

// "3:urn5:12345": system and value in turn, each behind its length in bytes.
std::string pack_identifiers(std::span<const Identifier> identifiers);
std::optional<std::vector<Identifier>> unpack_identifiers(std::string_view packed);

std::string pack_texts(std::span<const std::string> texts);
std::optional<std::vector<std::string>> unpack_texts(std::string_view packed);

// The same with item sequence and JSON.
std::string pack_decisions(std::span<const DecisionRecord> decisions);
std::optional<std::vector<DecisionRecord>> unpack_decisions(std::string_view packed);

}  // namespace pas::store
