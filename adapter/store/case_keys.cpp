#include "adapter/store/case_keys.h"

#include <algorithm>

#include "adapter/store/packing.h"

namespace pas::store {

std::string key_value(const Identifier& identifier) {
  return pack_identifiers({&identifier, 1});
}

std::vector<CaseKey> keys_of(const Case& record) {
  std::vector<CaseKey> keys;
  if (!record.claim_full_url.empty()) keys.push_back({kClaimUrlKey, record.claim_full_url});
  if (!record.request_sha256.empty()) keys.push_back({kRequestKey, record.request_sha256});
  for (const Identifier& identifier : record.claim_identifiers) {
    if (!identifier.value.empty()) keys.push_back({kClaimIdentifierKey, key_value(identifier)});
  }
  for (const Identifier& identifier : record.patient_identifiers) {
    if (!identifier.value.empty()) keys.push_back({kPatientIdentifierKey, key_value(identifier)});
  }
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

}  // namespace pas::store
