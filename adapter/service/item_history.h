#pragma once
// When an item was asked for, how often it was answered and what was asked in turn, told from what the store has of its
// case. Plain reads; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/store/store.h"

namespace pas::service {

struct Asked {
  std::vector<std::string> loincs;  // documents that were not asked for before
  bool has_questions = false;
  std::int64_t at_ms = 0;
};

struct ItemHistory {
  std::int64_t submitted_ms = 0;  // with the request of the chain that it came with
  std::int64_t decided_ms = 0;    // since when it stands as it does; an update that leaves it as it was changes nothing
  int responses = 0;              // of this case, that told of it
  bool was_denied = false;        // in this case, now or before
  std::vector<Asked> asked;       // in this case
};

// One thread at a time.
class CaseHistory {
 public:
  // `record` and `store` outlive it.
  static base::Result<CaseHistory> of(const store::Store& store, const store::Case& record);

  const std::vector<store::HistoryEntry>& entries() const { return entries_; }
  base::Result<ItemHistory> item(const store::Item& item) const;

 private:
  CaseHistory(const store::Store& store, const store::Case& record) : store_(&store), record_(&record) {}
  base::Result<std::int64_t> kept_since(int sequence, const store::DecisionRecord& decision) const;

  const store::Store* store_;
  const store::Case* record_;
  std::vector<store::HistoryEntry> entries_;
  std::vector<store::Case> priors_;
};

}  // namespace pas::service
