#pragma once
// The handlers of what a case of a payer that forwards puts into the outbox (service/forwarding.h).

#include "adapter/notify/outbox_worker.h"
#include "adapter/service/forwarding.h"

namespace pas::cli {

// Puts a subscription at the server of each payer that needs one into the outbox. `payers` may be null.
base::Result<void> subscribe_at_payers(store::Store& store, const service::Forwarding& forwarding,
                                       const gateway::Payers* payers, const base::Clock& clock);

// All references outlive the worker.
void register_forward_messages(notify::OutboxWorker& worker, const service::Forwarding& forwarding);

}  // namespace pas::cli
