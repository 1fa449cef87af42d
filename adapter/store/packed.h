#pragma once
// Submissions and revisions as databases keep them. Values; made outside of any transaction.

#include <cstddef>
#include <string>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/store.h"

namespace pas::store {

// What a submission becomes before a database has it: compressed, with its keys.
struct PackedSubmission {
  explicit PackedSubmission(const Submission& submission);
  std::size_t bytes() const;

  std::string request, response, decisions;
  std::vector<CaseKey> keys;
  std::vector<std::string> focuses;  // of the events
};

struct PackedRevision {
  explicit PackedRevision(const Revision& revision);
  std::size_t bytes() const;

  std::string response, decisions;
  std::vector<std::string> supplements, focuses;
};

}  // namespace pas::store
