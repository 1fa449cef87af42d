#pragma once
// The keys under which cases are found again, the same for every backend.

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "adapter/store/store.h"

namespace pas::store {

// `kind` is one of these; `value` is compared as a whole, byte for byte.
inline constexpr std::string_view kClaimUrlKey = "claim-url";
inline constexpr std::string_view kClaimIdentifierKey = "claim-identifier";
inline constexpr std::string_view kPatientIdentifierKey = "patient-identifier";
inline constexpr std::string_view kRequestKey = "request";  // its SHA-256
inline constexpr std::string_view kWholeKey = "whole";      // whole_id
inline constexpr std::string_view kNumberKey = "number";    // of every client: kept under the client kEveryClient
inline constexpr std::string_view kEveryClient;

struct CaseKey {
  std::string_view kind;
  std::string value;
  std::string_view client_of(const Case& record) const { return kind == kNumberKey ? kEveryClient : record.client; }
  bool operator==(const CaseKey&) const = default;
  bool operator<(const CaseKey& other) const { return std::tie(kind, value) < std::tie(other.kind, other.value); }
};

// System and value as one string that no other pair makes.
std::string key_value(const Identifier& identifier);

// False of a request that is not the one that was stored, or of the whole that it is the first part of; nothing is
// known of an empty one, or one that came with a key.
bool has_its_hash(const Case& record, std::string_view request, std::string_view whole);

// Sorted and without repetition; what is empty has no key.
std::vector<CaseKey> keys_of(const Case& record);

}  // namespace pas::store
