#include "adapter/http/address_use.h"

namespace pas::http {

bool AddressUse::take_connection(const std::string& client) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.try_emplace(client).first;
  const bool fits = limits_.connections == 0 || use->second.connections < limits_.connections;
  if (fits) ++use->second.connections;
  forget_unused(use);
  return fits;
}

bool AddressUse::take_bytes(const std::string& client, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.try_emplace(client).first;
  const bool fits = limits_.body_bytes == 0 || use->second.bytes + bytes <= limits_.body_bytes;
  if (fits) use->second.bytes += bytes;
  forget_unused(use);
  return fits;
}

void AddressUse::give_connection(const std::string& client) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.find(client);
  --use->second.connections;
  forget_unused(use);
}

void AddressUse::give_bytes(const std::string& client, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.find(client);
  if (use == uses_.end()) return;  // nothing was taken
  use->second.bytes -= bytes;
  forget_unused(use);
}

void AddressUse::forget_unused(std::unordered_map<std::string, Use>::iterator use) {
  if (use->second.connections == 0 && use->second.bytes == 0) uses_.erase(use);
}

std::size_t AddressUse::addresses() const {
  const std::lock_guard lock(mutex_);
  return uses_.size();
}

}  // namespace pas::http
