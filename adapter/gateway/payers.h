#pragma once
// The payers that one adapter answers for, from a TOML file that is refused whole on any mistake, with its line:
//
//   [[payer]]
//   id = "tidewater"
//   name = "Tidewater Community Health Plan"
//   identifiers = ["http://hl7.org/fhir/sid/us-npi|1234567893", "TCHP"]     # SYSTEM|VALUE, or VALUE of any system
//   names = ["Tidewater"]                # other names of its Organization
//   lines = ["MEDICARE"]                 # Coverage.type codes or Coverage.class values; without it every one
//   backend = ["policy", "forward"]      # decided here, and what the policy leaves open by another server; or alone
//                                        # "policy", "forward", or "review": by a person
//   path = "/tidewater"                  # what comes in below /tidewater/fhir, /tidewater/pas/2.0.1/fhir … is for it
//   policies = "tidewater"               # the folder of --policies; by default the id
//   roster = "tidewater-providers.csv"   # in place of --providers
//   contact = "Utilization management, 203-555-0100"                        # told in each answer
//   notes = ["Answers are not a promise of payment."]                       # likewise
//   [payer.forward]
//   url = "https://pas.tidewater.example/fhir"
//   version = "2.2.1"                    # or 2.0.1
//   timeout_ms = 10000                   # of one try; connect_timeout_ms = 2000
//   most_at_once = 8                     # requests; what is more waits
//   follow_every_s = 300                 # how often a pended case is asked after
//   token_url = "https://pas.tidewater.example/auth/token"                  # with client_id, key (PEM), scope
//   certificate = "gateway.pem"          # for mutual TLS, with certificate_key; certificates = "ca.pem" to trust
//
//   [[rule]]                             # tried in order where neither payor nor insurer is known
//   when = "entry.resource.where(resourceType = 'Coverage').class.value = 'TIDE-3'"
//   payer = "tidewater"
//
// With `split = "item"` at its beginning, a request with several focal insurances is taken apart (routing/split.h).
// Where one forwards, the file begins with `id = "elm-gateway"`: by it a request that comes round again is known.
// Files are relative to the file's folder. Immutable; any thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/gateway/backend.h"
#include "fhir/base/result.h"
#include "mappings/inputs/roster.h"
#include "mappings/policy/policy.h"
#include "mappings/routing/table.h"

namespace pas::gateway {

struct Payer {
  std::string id;
  std::string name;
  std::string path;                              // "/tidewater", before the base paths; empty: none of its own
  bool by_policy = true;                         // false, and nothing to forward to: every item goes to a person
  std::optional<ForwardTo> forward;              // who decides what no policy does
  std::string policies;                          // policy::Payer::id
  std::shared_ptr<const inputs::Roster> roster;  // null: that of all
  std::vector<std::string> notes;                // of each answer, the contact among them
};

class Payers {
 public:
  // kInvalid with every mistake, a line each: "payers.toml:3: …". The policies that are named must be in the set.
  static base::Result<std::shared_ptr<const Payers>> load(const std::string& file, const policy::PolicySet& policies);

  const routing::Table& table() const { return table_; }
  const std::string& id() const { return id_; }  // of this adapter; empty: nothing is forwarded
  bool splits_items() const { return splits_items_; }
  const std::vector<Payer>& all() const { return payers_; }
  // Null for an id that is none of them.
  const Payer* find(std::string_view id) const;
  // Null for a path that is none's.
  const Payer* find_by_path(std::string_view path) const;

 private:
  Payers(std::string id, bool splits_items, std::vector<Payer> payers, routing::Table table)
      : id_(std::move(id)), splits_items_(splits_items), payers_(std::move(payers)), table_(std::move(table)) {}

  std::string id_;
  bool splits_items_;
  std::vector<Payer> payers_;
  routing::Table table_;
};

}  // namespace pas::gateway
