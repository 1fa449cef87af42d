#pragma once
// What Store::verify asks of a row of either database.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/packing.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"

namespace pas::store {

using Faults = std::vector<std::string>;

// Of the case's row "SELECT request, response, decisions, whole".
template <class Row>
void check_texts(const Case& record, const Row& row, const StoreKeys* keys, Faults& faults) {
  constexpr std::array<std::string_view, 4> kColumns = {"bodies.request", "bodies.response", "bodies.decisions",
                                                        "bodies.whole"};
  std::array<std::optional<std::string>, kColumns.size()> texts;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    texts[i] = unpacked_text(keys, row.bytes(static_cast<int>(i)), place_of(kColumns[i], {record.id}));
    if (!texts[i]) faults.push_back("case " + record.id + ": a body is damaged");
  }
  const auto& [request, response, decisions, whole] = texts;
  if (decisions && !unpack_decisions(*decisions)) {
    faults.push_back("case " + record.id + ": its decisions are damaged");
  }
  if (request && whole && !has_its_hash(record, *request, *whole)) {
    faults.push_back("case " + record.id + ": the request does not have its hash");
  }
}

// Rows of who has the text, what names its row, and the text.
struct TextQuery {
  std::string_view column;  // "supplements.json"
  std::string_view sql;
  int names;  // columns that name the row
};

template <class Row>
void check_later_text(const TextQuery& query, const Row& row, const StoreKeys* keys, Faults& faults) {
  std::vector<std::string> names;
  for (int i = 1; i <= query.names; ++i) names.push_back(row.text(i));
  const auto text = unpacked_text(keys, row.bytes(query.names + 1), place_of(query.column, names));
  if (!text) faults.push_back(row.text(0) + ": a later text is damaged");
}

}  // namespace pas::store
