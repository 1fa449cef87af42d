#pragma once
// Deciding a stored record's inputs again. By the same policy (the same hash) the new record has the same bytes, years
// later; by another, compare_records() of difference.h tells what would differ.

#include <optional>
#include <string>

#include "mappings/decision/decision.h"
#include "mappings/inputs/input_set.h"

namespace pas::decision {

struct Record {
  std::string policy_id;
  std::string policy_revision;
  std::string policy_hash;
  base::Date request_date;
  int item_sequence = 0;
  inputs::InputSet inputs;
};

// Of a record that to_json() wrote; nothing for any other JSON.
std::optional<Record> read_record(json::Node record);

// The record of the same item by that policy. An input that the policy's catalog has and the record has not is unknown.
std::string replay(const Record& record, const policy::Policy& policy);

}  // namespace pas::decision
