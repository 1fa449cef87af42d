#pragma once
// Where the keys of an issuer or a client come from, and when they are read again: what rotates must be found, and
// nobody who sends unknown key ids can make the adapter ask for them without end.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "adapter/auth/keys.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace pas::auth {

struct KeyTimes {
  std::chrono::seconds age{600};          // older keys are read again
  std::chrono::seconds most_age{86'400};  // older ones, which could not be read again, are not used any more
  std::chrono::seconds pause{10};         // between two readings; doubled with each that fails
  std::chrono::seconds most_pause{300};
};

// A KeySource is asked by any thread; one thread at a time reads, and the others go on with what there is.
class KeySource {
 public:
  using Read = std::function<base::Result<std::string>()>;  // a JWK Set
  using Report = std::function<void(const std::string& why)>;

  explicit KeySource(KeySet fixed);
  // `report` hears of every reading that fails. `clock` outlives the source.
  KeySource(Read read, const base::Clock& clock, KeyTimes times, Report report = {});

  // The keys in force, after they were read again if none has that id and the last reading is long enough ago.
  // kUnavailable when there are none, and while another thread reads.
  base::Result<std::shared_ptr<const KeySet>> keys_for(std::string_view id);
  // Reads now: whether the keys are there.
  base::Result<void> load();

 private:
  using Instant = std::chrono::system_clock::time_point;
  base::Result<void> read_again();

  const Read read_;  // empty: fixed
  const base::Clock* clock_ = nullptr;
  const KeyTimes times_;
  const Report report_;
  std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  bool is_reading_ = false;
  int failures_ = 0;
  Instant read_at_;
  Instant next_reading_;
};

struct KeyPlaceOptions {
  bool allow_http = false;        // for other hosts than this machine
  std::string certificates = {};  // of servers of keys; empty: the system's (fetch.h)
  KeyTimes times = {};
  std::function<void(const std::string& place, const std::string& why)> report = {};  // of a URL that fails
};
bool is_url(std::string_view place);
// A file, which must hold keys now, or a URL, which is first asked when a key is wanted. kInvalid, with why.
base::Result<std::unique_ptr<KeySource>> open_keys(const std::string& place, const KeyPlaceOptions& options,
                                                   const base::Clock& clock);

}  // namespace pas::auth
