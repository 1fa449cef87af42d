#pragma once
// The items of a case as they stand after a request: those decided now, and those that an earlier case decided and
// this request leaves as they are (PAS 2.2.1 spec-46, spec-68 to spec-71).
//
// Of an update, an item that is cancelled is cancelled; one that is not marked as changed keeps its final decision; one
// that was denied keeps its denial, since what was denied is asked for anew by a new request; one that the update
// leaves out, or that has a business error, stands as it was; the rest is decided by policy. A pended item is decided
// again in any case: what came with the update may be what it waited for.
//
// Plain functions; any thread.

#include <memory>
#include <string>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/store/case.h"
#include "mappings/pas/response.h"
#include "mappings/pas/standing.h"

namespace pas::service {

struct ItemNow {
  const pas::Item* item = nullptr;       // null: the Claim as a whole
  const ItemOutcome* outcome = nullptr;  // of the policy; null: kept, cancelled, or a business error
  const store::Item* kept = nullptr;     // decided by an earlier case, and stands
  decision::Decision decision;           // without an action: none was made
  pas::ItemAnswer answer;

  int sequence() const { return item == nullptr ? 0 : item->sequence; }
  bool is_decided() const { return !decision.action.empty(); }
};

// The items of a stored case, opened.
class Standing {
 public:
  Standing() = default;
  static base::Result<Standing> of(store::Case record);

  const store::Case& record() const { return *record_; }
  bool is_known() const { return record_ != nullptr; }
  std::span<const pas::StandingItem> items() const { return items_; }
  // Of its response as a whole.
  std::vector<std::string> claim_notes() const;
  const pas::StandingItem* find(int sequence) const;
  const store::Item* stored(int sequence) const;

 private:
  std::shared_ptr<const store::Case> record_;
  std::vector<pas::StandingItem> items_;
};

// In the order of their sequence numbers, those of the request and those that it leaves out. Points into both
// arguments.
std::vector<ItemNow> items_now(const Adjudication& adjudication, const Standing& prior);

// As a response wants them. The vectors live as long as what they were made from.
struct ResponseItems {
  std::vector<decision::Decision> decisions;
  std::vector<pas::ItemAnswer> answers;
  std::vector<pas::Item> carried;
};
ResponseItems response_items(const std::vector<ItemNow>& items, const pas::Request& request);

}  // namespace pas::service
