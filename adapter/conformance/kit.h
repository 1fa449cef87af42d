#pragma once
// The conformance kit: checks of any PAS server over HTTP, each a short chain of requests that proves some of the
// requirements that PAS puts on a payer.
//
// Checks are data (checks/*.json), in the order of the files' names:
//
//   patches   by name, lists of JSON Patch operations that steps use
//   calls_for of an answer for which `when` (FHIRPath) is true, the must-support elements that it calls for
//   checks    in their order:
//     id, title, proves (ids of docs/conformance.md)
//     version: of this PAS version only; each: once for every bundle; any: for the bundles in turn until one of them
//       is not skipped; else the first one serves
//     needs: words: "listener" that the server can reach, "script", "other" client (Settings); without one of them the
//       check is skipped
//     steps:
//       do: "POST /Claim/$submit" below the base URL, or a whole URL; nothing for a step that only hears
//       bundle: "NAME" names the Claim, a new one at each step: ${NAME} is its id, ${claim} this step's
//       patch: names of patches, and operations; wrap: true inside Parameters
//       body: JSON, or text as it is, in place of a bundle; type: its media type
//       with: words as of `needs`, without one of which the step is left out; as: "other", by the other client
//       hear: by FHIRPath that is true, the notification to wait for, whose body is what is expected of
//       status ("2xx"); refused: true for 400, 412, 413, 415 or 422 with one OperationOutcome
//       skip_if: by FHIRPath that is true, the reason
//       expect: by FHIRPath over the answer the value, several joined by a comma; %request is what was sent
//       keep: by name the FHIRPath of a value, which later steps write as ${name}
//       always: true for a step that cleans up, whatever came before and comes of it
//
// ${run} is 8 hexadecimal digits of the run, ${hook} the listener's URL, ${script} the script's; of the first bundle
// ${organization} is the provider's first identifier as SYSTEM|VALUE, ${patient}, ${coverage} and ${provider} are the
// numbers of their entries.

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/conformance/client.h"
#include "adapter/service/validation_service.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "mappings/pas/version.h"

namespace pas::conformance {

struct Embedded {
  std::string_view name;
  std::string_view text;
};
// In the order of their names.
std::span<const Embedded> embedded_checks();
std::span<const Embedded> embedded_bundles();

struct NamedBundle {
  std::string name;
  std::string text;
};

struct Settings {
  std::string base_url;  // without a slash at its end
  const pas::Version* version = nullptr;
  std::vector<NamedBundle> bundles;             // requests that the server can decide; not empty
  std::vector<std::string> headers = {};        // of every request to the server
  std::vector<std::string> other_headers = {};  // the same of another client; empty: there is none
  std::string listen = "127.0.0.1:0";           // where notifications arrive
  std::string script = {};                      // URL of a test mode's script; empty: none
  std::chrono::milliseconds patience{10'000};   // for a notification
  ClientOptions client = {};
  std::vector<std::string> only = {};  // ids of checks; empty: all
};

enum class Result { kPassed, kFailed, kSkipped };
std::string_view to_string(Result result);

struct CheckResult {
  std::string id;
  std::string title;
  std::vector<std::string> proves;
  Result result = Result::kPassed;
  std::string reason = {};    // of what did not pass
  std::string asked = {};     // when it failed: the steps before by a line each, and the request, at most 64 KB of it
  std::string answered = {};  // and the status and body
};

struct Report {
  std::string base_url;
  std::string version;
  std::string at;  // an instant
  std::vector<CheckResult> checks = {};
  std::size_t must_support_seen = 0;
  std::size_t must_support_total = 0;
  std::vector<std::string> must_support_missing = {};

  std::size_t count(Result result) const;
};

// Blocks until every check is done; what a server that does not answer costs is bounded by its timeouts. kInvalid when
// the first bundle is none or no check has an id of `only`, kUnavailable when the listener's address cannot be had.
base::Result<Report> run(const Settings& settings, const service::ValidationService& validation,
                         const base::Clock& clock, base::IdSource& ids);

// The requirement ids that the checks of the version name, each once.
std::vector<std::string> proved_by_kit(std::string_view version);

// What docs/conformance.md says of the requirement in a few words; empty for a capability.
std::string_view requirement(std::string_view id);

std::string to_text(const Report& report);
std::string to_json(const Report& report);
std::string to_html(const Report& report);

}  // namespace pas::conformance
