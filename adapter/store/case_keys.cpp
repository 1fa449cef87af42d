#include "adapter/store/case_keys.h"

#include <algorithm>

#include "adapter/store/packing.h"
#include "fhir/base/digest.h"

namespace pas::store {

std::string key_value(const Identifier& identifier) {
  return pack_identifiers({&identifier, 1});
}

namespace {

// An identifier is found with its system and without.
void add_keys(std::string_view kind, const std::vector<Identifier>& identifiers, std::vector<CaseKey>& keys) {
  for (const Identifier& identifier : identifiers) {
    if (identifier.value.empty()) continue;
    keys.push_back({kind, key_value(identifier)});
    keys.push_back({kind, key_value({std::string(kAnySystem), identifier.value})});
  }
}

}  // namespace

std::vector<CaseKey> keys_of(const Case& record) {
  std::vector<CaseKey> keys;
  if (!record.claim_full_url.empty()) keys.push_back({kClaimUrlKey, record.claim_full_url});
  if (!record.request_sha256.empty()) keys.push_back({kRequestKey, record.request_sha256});
  if (!record.whole_id.empty()) keys.push_back({kWholeKey, record.whole_id});
  add_keys(kClaimIdentifierKey, record.claim_identifiers, keys);
  add_keys(kPatientIdentifierKey, record.patient_identifiers, keys);
  for (const Item& item : record.items) {
    for (const std::string* number :
         {&item.authorization_number, &item.administrative_reference_number, &item.trace_number}) {
      if (!number->empty()) keys.push_back({kNumberKey, *number});
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool has_its_hash(const Case& record, std::string_view request, std::string_view whole) {
  const std::string& hash = record.request_sha256;
  const std::string_view received = whole.empty() ? request : whole;
  return received.empty() || hash.empty() || hash.starts_with(kKeyDigest) || base::sha256_hex(received) == hash;
}

}  // namespace pas::store
