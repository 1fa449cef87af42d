#pragma once
// The registered clients, from a TOML file that is refused whole on any mistake, with its line:
//
//   [[client]]
//   id = "elm-city-ehr"
//   keys = "elm-city.jwks.json"     # or an https URL; wanted where the adapter gives out tokens itself
//   scopes = "system/Claim.crus system/ClaimResponse.rs system/Subscription.cruds"
//   organizations = ["http://hl7.org/fhir/sid/us-npi|2093401281"]    # that it may subscribe for (PAS spec-59)
//   roles = ["reviewer", "admin"]   # pas/review, pas/admin
//
// What is registered bounds every token of the client, also one that was issued before. Files of keys are relative to
// the file's folder. Immutable but for their keys; any thread.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/auth/key_source.h"
#include "adapter/auth/scopes.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace pas::auth {

struct Client {
  std::string id;
  Scopes scopes;                           // at most these, those of its roles included
  std::vector<std::string> organizations;  // "VALUE" or "SYSTEM|VALUE"
  std::shared_ptr<KeySource> keys;         // null without any

  // "VALUE" or "SYSTEM|VALUE" is one of its organizations'; a system counts where both have one.
  bool acts_for(std::string_view organization) const;
};

class Clients {
 public:
  // kInvalid with every mistake, a line each: "clients.toml:3: …". `clock` outlives the clients.
  static base::Result<std::shared_ptr<const Clients>> load(const std::string& file, const KeyPlaceOptions& options,
                                                           const base::Clock& clock);
  explicit Clients(std::vector<Client> clients) : clients_(std::move(clients)) {}

  // Null for one that is not registered.
  const Client* find(std::string_view id) const;
  std::size_t size() const { return clients_.size(); }
  bool all_have_keys() const;

 private:
  std::vector<Client> clients_;
};

// The clients in force, which are swapped while requests run.
class Registry {
 public:
  explicit Registry(std::shared_ptr<const Clients> clients) : clients_(std::move(clients)) {}
  std::shared_ptr<const Clients> clients() const {
    const std::scoped_lock lock(mutex_);
    return clients_;
  }
  void replace(std::shared_ptr<const Clients> clients) {
    const std::scoped_lock lock(mutex_);
    clients_.swap(clients);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Clients> clients_;
};

}  // namespace pas::auth
