#include "adapter/gateway/backends.h"

namespace pas::gateway {

void Backends::replace(const std::shared_ptr<const Payers>& payers) {
  std::map<std::string, std::shared_ptr<Backend>, std::less<>> fresh;
  if (payers != nullptr) {
    for (const Payer& payer : payers->all()) {
      if (!payer.forward) continue;
      std::shared_ptr<Backend> backend = of(payer.id);
      if (backend == nullptr || backend->to().digest != payer.forward->digest || backend->gateway() != payers->id()) {
        backend = std::make_shared<Backend>(*payer.forward, payers->id(), clock_, ids_, observers_(payer.id));
      }
      fresh.emplace(payer.id, std::move(backend));
    }
  }
  const std::scoped_lock lock(mutex_);
  backends_.swap(fresh);
}

std::shared_ptr<Backend> Backends::of(std::string_view payer) const {
  const std::scoped_lock lock(mutex_);
  const auto found = backends_.find(payer);
  return found == backends_.end() ? nullptr : found->second;
}

std::map<std::string, std::shared_ptr<Backend>, std::less<>> Backends::all() const {
  const std::scoped_lock lock(mutex_);
  return backends_;
}

}  // namespace pas::gateway
