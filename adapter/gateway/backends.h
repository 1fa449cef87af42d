#pragma once
// The backends of the payers that forward. Any thread.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/gateway/payers.h"

namespace pas::gateway {

class Backends {
 public:
  // `payers` may be null. References outlive the backends.
  Backends(std::shared_ptr<const Payers> payers, const base::Clock& clock, base::IdSource& ids)
      : payers_(std::move(payers)) {
    if (payers_ == nullptr) return;
    for (const Payer& payer : payers_->all()) {
      if (!payer.forward) continue;
      backends_.emplace(payer.id, std::make_unique<Backend>(*payer.forward, payers_->id(), clock, ids));
    }
  }

  // Null for a payer that does not forward.
  Backend* of(std::string_view payer) const {
    const auto found = backends_.find(payer);
    return found == backends_.end() ? nullptr : found->second.get();
  }

 private:
  std::shared_ptr<const Payers> payers_;
  std::map<std::string, std::unique_ptr<Backend>, std::less<>> backends_;  // by payer
};

}  // namespace pas::gateway
