#include "adapter/conformance/kit.h"

#include <algorithm>
#include <optional>

#include "adapter/conformance/embedded.h"
#include "adapter/conformance/run.h"
#include "fhir/base/calendar.h"
#include "fhir/base/text.h"
#include "fhir/definitions/builtin.h"
#include "fhir/json/bundle_index.h"

namespace pas::conformance {
namespace {

constexpr std::string_view kProfiles = "profiles";
constexpr std::string_view kMustSupport = "must-support";

// The checks of the version, each with the document that holds it.
struct Checks {
  std::vector<json::Document> documents;
  std::vector<json::Node> nodes;
};

Checks checks_of(std::string_view version) {
  Checks checks;
  for (const Embedded& file : embedded_checks()) {
    checks.documents.push_back(json::Document::parse(std::string(file.text)).value());
    for (const json::Node check : checks.documents.back().root()["checks"]) {
      if (!check["version"] || check["version"].text() == version) checks.nodes.push_back(check);
    }
  }
  return checks;
}

// The first of `only` that no check has.
std::optional<std::string> unknown_of(const std::vector<std::string>& only, const Checks& checks) {
  for (const std::string& id : only) {
    const auto is_it = [&id](json::Node check) { return check["id"].text() == id; };
    if (id != kProfiles && id != kMustSupport && std::ranges::none_of(checks.nodes, is_it)) return id;
  }
  return std::nullopt;
}

// What kit.h says of the names. kInvalid when the bundle is no request.
base::Result<Holes> holes_of(const Settings& settings, const Listener& listener, base::IdSource& ids) {
  const auto document = json::Document::parse(settings.bundles.front().text);
  const json::BundleIndex index(document ? document->root() : json::Node());
  if (index.entries().empty() || index.entries().front().type != "Claim") {
    return base::invalid("the bundle " + settings.bundles.front().name + " is no PAS request");
  }
  const json::Node claim = index.entries().front().resource;
  const json::Node organization = index.resolve(claim["provider"])["identifier"].at(0);
  const auto entry_of = [&](json::Node reference) {
    const json::Node resource = index.resolve(reference);
    return resource ? std::to_string(resource.parent().index_in_parent()) : std::string();
  };
  Holes holes;
  holes["run"] = ids.uuid().substr(0, 8);
  holes["organization"] = std::string(organization["system"].text()) + "|" + std::string(organization["value"].text());
  holes["patient"] = entry_of(claim["patient"]);
  holes["coverage"] = entry_of(claim["insurance"].at(0)["coverage"]);
  holes["provider"] = entry_of(claim["provider"]);
  holes["hook"] = listener.url();
  holes["script"] = settings.script;
  return holes;
}

// What a server can return shows only where an answer calls for it: the rest is named, and no fault.
CheckResult coverage(const MustSupport& must_support) {
  CheckResult done{std::string(kMustSupport), "Answers have the must-support elements that they call for", {"conf-6"}};
  const auto wanting = must_support.wanting();
  const auto missing = must_support.missing();
  if (must_support.seen() == 0) {
    done.result = Result::kSkipped;
    done.reason = "no answer held a response";
    return done;
  }
  if (!wanting.empty()) {
    done.result = Result::kFailed;
    done.reason = "called for by an answer without them: " + base::joined(wanting) + "; ";
  }
  done.reason += "seen " + std::to_string(must_support.seen()) + " of " + std::to_string(must_support.total());
  if (!missing.empty()) done.reason += ", never " + base::joined(missing);
  return done;
}

}  // namespace

std::span<const Embedded> embedded_checks() {
  return kChecks;
}
std::span<const Embedded> embedded_bundles() {
  return kBundles;
}

std::size_t Report::count(Result result) const {
  return static_cast<std::size_t>(std::ranges::count(checks, result, &CheckResult::result));
}

base::Result<Report> run(const Settings& settings, const service::ValidationService& validation,
                         const base::Clock& clock, base::IdSource& ids) {
  const Checks all = checks_of(settings.version->name);
  if (const auto unknown = unknown_of(settings.only, all)) {
    return base::invalid("no check of PAS " + std::string(settings.version->name) + " is named " + *unknown);
  }
  const auto is_wanted = [&settings](std::string_view id) {
    return settings.only.empty() || std::ranges::find(settings.only, id) != settings.only.end();
  };
  const auto listener = Listener::open(settings.listen);
  if (!listener) return listener.error();
  const auto holes = holes_of(settings, **listener, ids);
  if (!holes) return holes.error();
  const std::string package = "hl7.fhir.us.davinci-pas#" + std::string(settings.version->name);
  const auto definitions = definitions::builtin_definitions({package});
  if (!definitions) return definitions.error();
  MustSupport must_support(**definitions, settings.version->name);
  Run run(settings, validation, clock, *holes, **listener, must_support, all.documents.front().root());
  Report report{settings.base_url, std::string(settings.version->name), base::to_instant(clock.now())};
  for (const json::Node check : all.nodes) {
    if (!is_wanted(check["id"].text())) continue;
    const bool is_any = check["any"].is_true();
    const std::size_t times = is_any || check["each"].is_true() ? settings.bundles.size() : 1;
    for (std::size_t i = 0; i < times; ++i) {
      CheckResult result = run.check(check, settings.bundles[i]);
      const bool is_last = i + 1 == times || result.result != Result::kSkipped;
      if (!is_any || is_last) report.checks.push_back(std::move(result));
      if (is_any && is_last) break;
    }
  }
  if (is_wanted(kProfiles)) report.checks.push_back(run.profiles());
  if (is_wanted(kMustSupport)) report.checks.push_back(coverage(must_support));
  report.must_support_seen = must_support.seen();
  report.must_support_total = must_support.total();
  report.must_support_missing = must_support.missing();
  return report;
}

std::vector<std::string> proved_by_kit(std::string_view version) {
  std::vector<std::string> ids = {"conf-15", "conf-6", "spec-23"};  // of all answers together
  const Checks checks = checks_of(version);
  for (const json::Node check : checks.nodes) {
    for (const json::Node id : check["proves"]) ids.emplace_back(id.text());
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::string_view requirement(std::string_view id) {
  const std::string_view narrative = kTable.substr(0, kTable.find("\n## Capabilities"));
  const std::string start = "\n| " + std::string(id) + " | ";
  const auto at = narrative.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = narrative.substr(at + start.size());
  return rest.substr(0, rest.find(" | "));
}

}  // namespace pas::conformance
