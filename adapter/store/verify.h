#pragma once
// What Store::verify asks of a row of either database.

#include <string>
#include <vector>

#include "adapter/store/packing.h"
#include "adapter/store/store.h"
#include "fhir/base/digest.h"

namespace pas::store {

using Faults = std::vector<std::string>;

// Of the case's row "SELECT request, response, decisions".
template <class Row>
void check_texts(const Case& record, const Row& row, Faults& faults) {
  for (int column = 0; column < 3; ++column) {
    const auto text = decompress(row.bytes(column));
    if (!text) faults.push_back("case " + record.id + ": a body is damaged");
    if (column == 2 && text && !unpack_decisions(*text)) {
      faults.push_back("case " + record.id + ": its decisions are damaged");
    }
    if (column == 0 && text && !text->empty() && !record.request_sha256.empty() &&
        base::sha256_hex(*text) != record.request_sha256) {
      faults.push_back("case " + record.id + ": the request does not have its hash");
    }
  }
}

}  // namespace pas::store
