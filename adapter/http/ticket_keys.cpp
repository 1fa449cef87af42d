#include "adapter/http/ticket_keys.h"

#include <openssl/rand.h>

#include <utility>

namespace pas::http {
namespace {

bool fill(auto& bytes) {
  return RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

}  // namespace

std::optional<TicketKey> TicketKeys::sealing(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!current_ || now - current_->since >= kTicketLifetime) {
    Held next{{}, now};
    if (!fill(next.key.name) || !fill(next.key.cipher) || !fill(next.key.mac)) return std::nullopt;
    previous_ = std::exchange(current_, next);
  }
  return current_->key;
}

std::optional<TicketKeys::Opening> TicketKeys::opening(const std::array<unsigned char, 16>& name, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& held : {current_, previous_}) {
    if (!held || held->key.name != name || now - held->since >= 2 * kTicketLifetime) continue;
    return Opening{held->key, now - held->since >= kTicketLifetime};
  }
  return std::nullopt;
}

}  // namespace pas::http
