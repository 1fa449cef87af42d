#pragma once
// The backends of the payers that forward. Any thread.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "adapter/gateway/payers.h"

namespace pas::gateway {

class Backends {
 public:
  // For the backend of that payer.
  using Observers = std::function<TryObserver(std::string payer)>;

  // `payers` may be null. References outlive the backends.
  Backends(
      const std::shared_ptr<const Payers>& payers, const base::Clock& clock, base::IdSource& ids,
      Observers observers = [](const std::string&) { return [](const Try&) {}; })
      : clock_(clock), ids_(ids), observers_(std::move(observers)) {
    replace(payers);
  }

  // Of a payer whose settings have not changed, the backend stays, with its connections, token and circuit. What is
  // under way at another goes on.
  void replace(const std::shared_ptr<const Payers>& payers);

  // Null for a payer that does not forward.
  std::shared_ptr<Backend> of(std::string_view payer) const;
  // By payer, as they are now.
  std::map<std::string, std::shared_ptr<Backend>, std::less<>> all() const;

 private:
  const base::Clock& clock_;
  base::IdSource& ids_;
  const Observers observers_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Backend>, std::less<>> backends_;  // by payer
};

}  // namespace pas::gateway
