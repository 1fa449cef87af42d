#pragma once
// Submissions and revisions as databases keep them: compressed, and sealed if there are keys. Values; made outside of
// any transaction.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"

namespace pas::store {

struct PackedSubmission {
  PackedSubmission(const Submission& submission, const StoreKeys* sealing);
  static std::vector<PackedSubmission> all(std::span<const Submission> submissions, const StoreKeys* sealing);
  std::size_t bytes() const;

  std::string request, response, decisions, whole;
  std::vector<CaseKey> keys;
  std::vector<std::string> states;   // of the items
  std::vector<std::string> focuses;  // of the events
};

struct PackedRevision {
  PackedRevision(const Revision& revision, const StoreKeys* sealing);
  std::size_t bytes() const;

  std::string response, decisions;
  std::vector<std::string> supplements, states, focuses;
};

}  // namespace pas::store
