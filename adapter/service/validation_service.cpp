#include "adapter/service/validation_service.h"

#include <algorithm>
#include <unordered_map>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"
#include "mappings/pas/business_errors.h"

namespace pas::service {
namespace {

using validation::Issue;
using validation::Report;
using validation::Severity;

constexpr std::string_view kPasPackage = "hl7.fhir.us.davinci-pas#";
constexpr std::string_view kInquiryBundle =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-inquiry-request-bundle";
constexpr std::string_view kRequestBundle =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-request-bundle";

// Where an issue is, alike for both checkers: choices by their JSON name (servicedDate for serviced.ofType(date)), and
// a Reference for what it says in `reference`.
std::string place_of(const Issue& issue) {
  constexpr std::string_view kOfType = ".ofType(";
  constexpr std::string_view kReference = ".reference";
  std::string place = issue.expression;
  for (std::size_t at = place.find(kOfType); at != std::string::npos; at = place.find(kOfType, at)) {
    const std::size_t end = place.find(')', at);
    if (end == std::string::npos) break;
    std::string type = place.substr(at + kOfType.size(), end - at - kOfType.size());
    if (!type.empty() && type[0] >= 'a' && type[0] <= 'z') type[0] = static_cast<char>(type[0] - 'a' + 'A');
    place.replace(at, end + 1 - at, type);
  }
  if (place.ends_with(kReference)) place.resize(place.size() - kReference.size());
  return place;
}

bool is_rule_of_pas(const Issue& issue) {
  return issue.rule.starts_with("PAS ") || issue.rule.starts_with("FHIR ");
}

// Rules about the whole Bundle that PAS's own rules tell at the element that breaks them.
bool is_told_elsewhere(const Issue& issue, const Report& of_pas) {
  constexpr std::pair<std::string_view, std::string_view> kSameRules[] = {{"ClaimFirst", "PAS spec-12"},
                                                                          {"Bundle.entry:Claim", "PAS spec-12"},
                                                                          {"bdl-7", "FHIR bdl-7"},
                                                                          {"bdl-8", "FHIR bdl-8"}};
  return std::ranges::any_of(kSameRules, [&](const auto& rules) {
    return issue.rule == rules.first && std::ranges::any_of(of_pas.issues(), [&](const Issue& other) {
             return other.rule == rules.second && other.severity <= issue.severity;
           });
  });
}

// What a profile asks for and the guide's workflow does not: the Claim that an update names is a second one in the
// Bundle (spec-65; 2.0.1 has room for one), and of a Claim that cancels everything the items may be left out.
bool is_excused(const Issue& issue, const pas::Request& request) {
  if (request.kind == pas::Kind::kCancel && issue.rule == "Claim.item" &&
      issue.type == validation::IssueType::kRequired) {
    return true;
  }
  if (issue.rule != "Bundle.entry:Claim" || !request.prior_claim) return false;
  const json::Entry* entry = request.index->entry_of(request.prior_claim);
  return entry != nullptr && issue.expression == entry->node.path(request.bundle());
}

// Faults that a payer answers, not the one who checks the form: an NPI whose check digit is wrong (us-core-16, -17) and
// a service that ends before it begins (per-1) are valid JSON of the right shape, and X12 278 has a code for each.
bool is_business_matter(const Issue& issue, std::span<const pas::BusinessError> errors) {
  if (issue.type != validation::IssueType::kInvariant) return false;
  const std::string place = place_of(issue);
  return std::ranges::any_of(errors, [&](const pas::BusinessError& error) {
    return error.path.starts_with(place) && (error.path.size() == place.size() || error.path[place.size()] == '.');
  });
}

Report without_business_matters(const Report& report, const pas::Request& request) {
  const auto errors = pas::find_business_errors(request, {});
  Report rest(request.bundle());
  for (const Issue& issue : report.issues()) {
    if (!is_business_matter(issue, errors)) rest.add(issue);
  }
  return rest;
}

// One report of two. A fault that both found is told once: by PAS's own rule where there is one, which says what the
// sender has to do, else by the profile, which says what is allowed.
Report merged(const pas::Request& request, const Report& of_pas, const Report& of_profiles) {
  const json::BundleIndex& index = *request.index;
  std::unordered_multimap<std::string, const Issue*> by_place;
  for (const Issue& issue : of_pas.issues()) by_place.emplace(place_of(issue), &issue);
  std::vector<const Issue*> dropped;
  Report profiles(index.bundle());
  for (const Issue& issue : of_profiles.issues()) {
    const auto [first, last] = by_place.equal_range(place_of(issue));
    bool told = false;
    for (auto at = first; at != last; ++at) {
      const Issue& other = *at->second;
      if (!is_rule_of_pas(other) && issue.severity <= other.severity) {
        dropped.push_back(&other);
      } else if (issue.type != validation::IssueType::kInvariant && other.severity <= issue.severity) {
        told = true;
      }
    }
    if (!told && !is_told_elsewhere(issue, of_pas) && !is_excused(issue, request)) profiles.add(issue);
  }
  Report both(index.bundle());
  for (const Issue& issue : of_pas.issues()) {
    if (std::ranges::find(dropped, &issue) == dropped.end()) both.add(issue);
  }
  both.append(std::move(profiles));
  both.sort();
  return both;
}

// Whether the faults that were found leave a Bundle that is worth a look by its profiles.
bool is_readable(const json::BundleIndex& index, const Report& report) {
  return index.bundle()["resourceType"].text() == "Bundle" &&
         std::ranges::none_of(report.issues(),
                              [](const Issue& issue) { return issue.type == validation::IssueType::kTooCostly; });
}

// What PAS lets a receiver pass over.
void be_lenient(validation::Options& options) {
  options.extension_context_fault = Severity::kWarning;
  options.incomplete_value_set_fault = Severity::kWarning;
  options.extensible_value_set_fault = Severity::kInformation;
  options.derived_profile_fault = Severity::kWarning;
}

bool is_request(const json::BundleIndex& index) {
  return index.bundle()["resourceType"].text() == "Bundle" && index.bundle()["type"].text() == "collection" &&
         !index.entries().empty() && index.entries().front().type == "Claim";
}

}  // namespace

base::Result<std::shared_ptr<const ValidationService>> ValidationService::load(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  std::shared_ptr<ValidationService> service(new ValidationService());
  for (const std::string_view package : definitions::builtin_packages()) {
    if (!package.starts_with(kPasPackage)) continue;
    std::vector<std::string_view> wanted(options.guides.begin(), options.guides.end());
    if (std::ranges::find(wanted, package) == wanted.end()) wanted.push_back(package);
    auto set = definitions::builtin_definitions(wanted);
    if (!set) return set.error();
    std::vector<std::string> remarks;
    if (!options.packages.empty()) set = definitions::load_packages(options.packages, *set, remarks);
    if (!set) return set.error();
    service->loading_.remarks = std::move(remarks);  // the same for each version
    for (definitions::PackageId& id : (*set)->missing()) {
      auto& missing = service->loading_.missing;
      if (std::ranges::find(missing, id) == missing.end()) missing.push_back(std::move(id));
    }
    service->releases_.push_back({std::string(package.substr(kPasPackage.size())),
                                  std::make_unique<const validation::Validator>(*std::move(set))});
  }
  service->loading_.time =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  return std::shared_ptr<const ValidationService>(std::move(service));
}

const validation::Validator& ValidationService::validator_of(const pas::Version* version) const {
  const auto found = std::ranges::find_if(
      releases_, [&](const Release& release) { return version != nullptr && release.version == version->name; });
  return found == releases_.end() ? *releases_.back().validator : *found->validator;
}

bool ValidationService::knows(std::string_view canonical, const pas::Version* version) const {
  return static_cast<bool>(validator_of(version).definitions().find_structure(canonical));
}

pas::ReadOutcome ValidationService::read_request(const json::BundleIndex& index, const pas::Version* version,
                                                 std::chrono::system_clock::time_point now,
                                                 pas::Purpose purpose) const {
  pas::ReadOutcome outcome = pas::read_request(index, {}, purpose);
  if (!is_readable(index, outcome.report)) return outcome;
  validation::Options options;
  options.profiles = {std::string(purpose == pas::Purpose::kInquire ? kInquiryBundle : kRequestBundle)};
  options.checks_attachments = false;
  be_lenient(options);
  options.least = Severity::kWarning;
  options.now = now;
  Report profiles = validator_of(version).validate(index, options);
  if (purpose != pas::Purpose::kInquire && profiles.has_errors() && !outcome.report.has_errors()) {
    profiles = without_business_matters(profiles, outcome.request);
  }
  outcome.report = merged(outcome.request, outcome.report, profiles);
  return outcome;
}

Report ValidationService::validate(const json::BundleIndex& index, const Question& question) const {
  validation::Options options;
  options.profiles = question.profiles;
  options.now = question.now;
  options.least = question.least;
  if (question.as_receiver) be_lenient(options);
  const bool as_request =
      is_request(index) && (question.profiles.empty() ||
                            (question.profiles.size() == 1 && question.profiles.front().starts_with(kRequestBundle)));
  if (!as_request) {
    Report report = validator_of(question.version).validate(index, options);
    report.sort();
    return report;
  }
  options.profiles = {std::string(kRequestBundle)};
  const pas::ReadOutcome outcome = pas::read_request(index);
  return merged(outcome.request, outcome.report, validator_of(question.version).validate(index, options));
}

}  // namespace pas::service
