#include "mappings/pas/request.h"

#include <unordered_map>
#include <unordered_set>

#include "mappings/inputs/extract.h"
#include "mappings/pas/bundle_checks.h"
#include "mappings/pas/elements.h"
#include "mappings/pas/shapes.h"

namespace pas::pas {
namespace {

using validation::IssueType;
using validation::Severity;

// X12 1322.
constexpr std::string_view kCancelCode = "3";
constexpr std::string_view kRenewalCode = "R";
constexpr std::string_view kRevisedCode = "S";
constexpr std::string_view kExtensionCode = "4";

// The first there is of: Coverage.identifier of type MB, Coverage.subscriberId, Patient.identifier of type MB, any
// Patient.identifier.
std::string_view member_id_of(json::Node patient, json::Node coverage) {
  const auto of_type_mb = [](json::Node resource) -> std::string_view {
    for (const json::Node identifier : resource["identifier"]) {
      if (has_code(identifier["type"], "MB") && !identifier["value"].text().empty()) return identifier["value"].text();
    }
    return {};
  };
  if (const auto id = of_type_mb(coverage); !id.empty()) return id;
  if (const auto id = coverage["subscriberId"].text(); !id.empty()) return id;
  if (const auto id = of_type_mb(patient); !id.empty()) return id;
  const auto all = identifiers_of(patient);
  return all.empty() ? std::string_view{} : all.front().value;
}

struct Target {
  std::string_view what;                    // "the payer"
  std::span<const std::string_view> types;  // that the reference may lead to
};

constexpr std::string_view kPatientTypes[] = {"Patient"};
constexpr std::string_view kInsurerTypes[] = {"Organization"};
constexpr std::string_view kProviderTypes[] = {"Organization", "Practitioner", "PractitionerRole"};
constexpr std::string_view kCoverageTypes[] = {"Coverage"};
constexpr std::string_view kClaimTypes[] = {"Claim"};
constexpr std::string_view kServiceTypes[] = {"MedicationRequest", "ServiceRequest", "DeviceRequest", "NutritionOrder"};

class Reader {
 public:
  Reader(const json::BundleIndex& index, const RequestLimits& limits, Purpose purpose)
      : index_(index), limits_(limits), purpose_(purpose), report_(index.bundle()) {
    request_.index = &index;
  }

  ReadOutcome read() && {
    if (is_within_limits() && check_bundle(index_, report_)) {
      check_shapes();
      read_claim();
      check_references_and_modifiers(index_, told_, report_);
    }
    return {std::move(request_), std::move(report_)};
  }

 private:
  using Sequences = std::unordered_map<int, std::size_t>;  // to the index of the first that has it

  bool is_within_limits() {
    const json::Node entries = index_.bundle()["entry"];
    const json::Node items = index_.entries().empty() ? json::Node() : index_.entries().front().resource["item"];
    const auto check = [this](json::Node list, std::size_t limit) {
      if (list.size() <= limit) return true;
      error(IssueType::kTooCostly, "Limit", list,
            std::to_string(list.size()) + " elements; at most " + std::to_string(limit) + " are taken.");
      return false;
    };
    const bool are_entries = check(entries, limits_.entries);
    return check(items, limits_.items) && are_entries;
  }

  void check_shapes() {
    for (const json::Entry& entry : index_.entries()) {
      const Shape shape = shape_of(entry.type);
      if (shape != Shape::kString) check_shape(entry.resource, shape, report_);
    }
  }

  void read_claim() {
    const json::Entry& first = index_.entries().front();
    if (first.type != "Claim") {
      error(IssueType::kStructure, "PAS spec-12", first.resource ? first.resource : first.node,
            "The first entry must be the Claim that asks for authorization; found " +
                (first.type.empty() ? "none" : quoted(first.type)) + ".");
      return;
    }
    const json::Node claim = first.resource;
    request_.claim = claim;
    request_.claim_full_url = first.full_url;
    check_use(claim);
    request_.claim_identifiers = identifiers_of(claim);
    request_.created = base::parse_date(claim["created"].text());
    if (!is_inquiry()) read_kind(claim);
    request_.patient = resolve(claim["patient"], {"the patient", kPatientTypes});
    request_.insurer = resolve(claim["insurer"], {"the payer", kInsurerTypes});
    request_.provider = resolve(claim["provider"], {"the provider", kProviderTypes});
    request_.coverage = read_focal_coverage(claim["insurance"]);
    request_.patient_identifiers = identifiers_of(request_.patient);
    request_.member_id = member_id_of(request_.patient, request_.coverage);
    const auto payer_ids = identifiers_of(request_.insurer);
    if (!payer_ids.empty()) request_.payer = payer_ids.front().value;
    read_items(claim);
    if (request_.kind == Kind::kUpdate) check_kept_sequences();
  }

  void check_use(json::Node claim) {
    const std::string_view use = claim["use"].text();
    if (use == "claim" || use == "predetermination") {
      error(IssueType::kValue, "PAS Claim.use", claim["use"],
            "Claim.use must be 'preauthorization'; found '" + std::string(use) + "'.");
    }
    const std::string_view status = claim["status"].text();
    if (status == "cancelled" || status == "draft" || status == "entered-in-error") {
      error(IssueType::kValue, "PAS Claim.status", claim["status"],
            "Claim.status must be 'active', also for a cancellation, which certificationType 3 tells; found '" +
                std::string(status) + "'.");
    }
    if (is_inquiry()) return;
    for (const json::Node profile : claim["meta"]["profile"]) {
      if (profile.text().starts_with(std::string(kExtensionBase) + "profile-claim-inquiry")) {
        error(IssueType::kNotSupported, "PAS Claim/$submit", profile,
              "The Claim is an inquiry by its profile. Send inquiries to Claim/$inquire.");
      }
    }
  }

  bool is_inquiry() const { return purpose_ == Purpose::kInquire; }

  // The prior Claim, and what becomes of it.
  void read_kind(json::Node claim) {
    const json::Node certification = find_extension(claim, "extension-certificationType")["valueCodeableConcept"];
    const bool is_renewal = has_code(certification, kRenewalCode);
    const bool is_cancel = has_code(certification, kCancelCode);
    for (const json::Node related : claim["related"]) {
      if (!has_code(related["relationship"], "prior")) continue;
      if (request_.prior_claim || request_.kind != Kind::kInitial) {
        error(IssueType::kStructure, "PAS spec-65", related, "A Claim updates one prior Claim. Name only one.");
        continue;
      }
      if (!is_renewal) request_.kind = is_cancel ? Kind::kCancel : Kind::kUpdate;
      read_prior(related["claim"]);
    }
    if (is_cancel && request_.kind == Kind::kInitial) {
      error(IssueType::kRequired, "PAS spec-65", claim,
            "certificationType 3 cancels an earlier Claim, but none is named. Add `related` with that Claim and the "
            "relationship 'prior'.",
            "related");
    }
  }

  void read_prior(json::Node reference) {
    request_.prior_reference = reference["reference"].text();
    if (request_.prior_reference.empty()) {
      const json::Node identifier = reference["identifier"];
      if (!identifier["value"].text().empty()) {
        request_.prior_identifiers.push_back({identifier["system"].text(), identifier["value"].text()});
        return;
      }
    }
    const json::Node prior = resolve(reference, {"the prior Claim", kClaimTypes});
    if (!prior) return;
    if (prior == request_.claim) {
      error(IssueType::kInvalid, "PAS spec-65", reference,
            "The Claim names itself as its prior. Name the Claim that it updates.");
      return;
    }
    request_.prior_claim = prior;
    request_.prior_identifiers = identifiers_of(prior);
    if (const json::Entry* entry = index_.entry_of(prior)) request_.prior_reference = entry->full_url;
    // The Claim before the prior one must not be sent (spec-66).
    for (const json::Node related : prior["related"]) told_.insert(related["claim"].id());
  }

  json::Node read_focal_coverage(json::Node insurances) {
    for (const json::Node insurance : insurances) {
      if (insurance["focal"].is_true()) request_.focal.push_back(insurance);
    }
    if (request_.focal.empty() && insurances.size() > 1) {
      error(IssueType::kInvalid, "Claim.insurance.focal", insurances,
            "None of the insurances is focal. Set `focal` to true on the one that is asked for authorization.");
      return {};
    }
    if (request_.focal.size() > 1 && is_inquiry()) {
      error(IssueType::kInvalid, "Claim.insurance.focal", request_.focal[1]["focal"],
            "Only one insurance may be focal: the one whose authorizations are asked for.");
    }
    if (request_.focal.empty()) return resolve(insurances.at(0)["coverage"], {"the coverage", kCoverageTypes});
    const json::Node coverage = resolve(request_.focal.front()["coverage"], {"the coverage", kCoverageTypes});
    for (std::size_t i = 1; i < request_.focal.size(); ++i) {
      (void)resolve(request_.focal[i]["coverage"], {"the coverage", kCoverageTypes});
    }
    return coverage;
  }

  void read_items(json::Node claim) {
    const json::Node items = claim["item"];
    if (!items && request_.kind != Kind::kCancel && !is_inquiry()) {
      error(IssueType::kRequired, "PAS Claim.item", claim,
            "The Claim asks for nothing. Add an item for each service; only a cancellation of the whole Claim may "
            "leave them out.",
            "item");
    }
    const Sequences care_team = sequences(claim["careTeam"], Severity::kWarning, "Claim.careTeam.sequence");
    const Sequences diagnoses = sequences(claim["diagnosis"], Severity::kWarning, "Claim.diagnosis.sequence");
    supporting_info_ = sequences(claim["supportingInfo"], Severity::kError, "PAS spec-22");
    item_sequences_ = sequences(items, Severity::kError, "Claim.item.sequence");
    if (!items.is_array()) return;
    request_.items.reserve(items.size());
    for (const json::Node node : items) {
      check_pointers(node, "careTeamSequence", care_team, "careTeam");
      check_pointers(node, "diagnosisSequence", diagnoses, "diagnosis");
      check_pointers(node, "informationSequence", supporting_info_, "supportingInfo");
      request_.items.push_back(read_item(node));
    }
  }

  Item read_item(json::Node node) {
    Item item = read_item_facts(node);
    for (const json::Node extension : node["extension"]) {
      const std::string_view name = extension_name(extension);
      if (name == "extension-requestedService") {
        item.requested_service = resolve(extension["valueReference"], {"the order of the item", kServiceTypes});
      } else if (name == "extension-infoChanged") {
        check_info_changed(extension);
      }
    }
    if (item.has_cancel_code != item.has_cancel_flag) {
      report_.add(Severity::kWarning, IssueType::kInvalid, item.has_cancel_flag ? "PAS spec-70" : "PAS spec-69", node,
                  item.has_cancel_flag
                      ? "The item is cancelled by infoCancelled, but its certificationType is not 3. It is "
                        "taken as cancelled; send both."
                      : "The item is cancelled by certificationType 3, but has no infoCancelled. It is "
                        "taken as cancelled; send both.");
    }
    return item;
  }

  void check_info_changed(json::Node extension) {
    const std::string_view code = extension["valueCode"].text();
    if (code == "changed" || code == "added") return;
    error(IssueType::kCodeInvalid, "PAS spec-71", extension,
          "infoChanged must have the valueCode 'changed' or 'added'.");
  }

  // spec-68: an update has all entries of the Claim that it updates.
  void check_kept_sequences() {
    const auto check = [this](json::Node list, const Sequences& kept, std::string_view member) {
      for (const json::Node entry : list) {
        const int sequence = sequence_of(entry["sequence"]);
        if (sequence == 0 || kept.contains(sequence)) continue;
        report_.add(Severity::kWarning, IssueType::kRequired, "PAS spec-68", request_.claim,
                    "The prior Claim has " + std::string(member) + " " + std::to_string(sequence) +
                        ", this update has not. It is taken as unchanged; an update must have every entry of the "
                        "Claims before it, cancelled ones too.",
                    member);
      }
    };
    check(request_.prior_claim["item"], item_sequences_, "item");
    check(request_.prior_claim["supportingInfo"], supporting_info_, "supportingInfo");
  }

  Sequences sequences(json::Node list, Severity severity, std::string_view rule) {
    Sequences found;
    if (!list.is_array()) return found;
    found.reserve(list.size());
    std::size_t i = 0;
    for (const json::Node element : list) {
      const json::Node node = element["sequence"];
      const int sequence = sequence_of(node);
      if (sequence != 0) {
        const auto [first, is_new] = found.try_emplace(sequence, i);
        if (!is_new) {
          report_.add(severity, IssueType::kDuplicate, rule, node,
                      "Sequence " + std::to_string(sequence) + " is that of " + std::string(list.key()) + "[" +
                          std::to_string(first->second) + "] already. Each needs its own number.");
        }
      }
      ++i;
    }
    return found;
  }

  void check_pointers(json::Node item, std::string_view member, const Sequences& targets, std::string_view list) {
    for (const json::Node pointer : item[member]) {
      const int sequence = sequence_of(pointer);
      if (sequence == 0 || targets.contains(sequence)) continue;
      error(IssueType::kNotFound, "Claim.item." + std::string(member), pointer,
            "The Claim has no " + std::string(list) + " with sequence " + std::to_string(sequence) + ".");
    }
  }

  // The entry's resource that the reference leads to; absent, and reported, when there is none of the right type.
  json::Node resolve(json::Node reference, const Target& target) {
    if (!reference.is_object()) return {};  // missing or of the wrong kind: told by its shape
    told_.insert(reference.id());
    const json::Node text = reference["reference"];
    if (text && !text.is_string()) return {};
    if (text.text().empty()) {
      error(IssueType::kRequired, "PAS spec-13", reference,
            "A reference to " + std::string(target.what) + " in this Bundle is needed here.", "reference");
      return {};
    }
    if (text.text().starts_with('#')) {
      error(IssueType::kStructure, "PAS spec-13", text,
            "Send " + std::string(target.what) + " as an entry of the Bundle, not as a contained resource.");
      return {};
    }
    const json::Node found = index_.resolve(reference);
    if (!found) {
      error(IssueType::kNotFound, "PAS spec-13", text,
            "No entry of the Bundle is what this names as " + std::string(target.what) +
                ". Send the resource as an entry whose fullUrl fits the reference.");
      return {};
    }
    const std::string_view type = found["resourceType"].text();
    if (type.empty()) return {};  // told with its entry
    std::string allowed;
    bool fits = false;
    for (const std::string_view candidate : target.types) {
      fits = fits || candidate == type;
      allowed.append(allowed.empty() ? "" : ", ").append(candidate);
    }
    if (!fits) {
      error(IssueType::kInvalid, "PAS spec-13", text,
            "This names as " + std::string(target.what) + " " + quoted(type) + "; allowed: " + allowed + ".");
      return {};
    }
    return found;
  }

  void error(IssueType type, std::string_view rule, json::Node place, std::string message,
             std::string_view member = {}) {
    report_.add(Severity::kError, type, rule, place, std::move(message), member);
  }

  const json::BundleIndex& index_;
  const RequestLimits& limits_;
  Purpose purpose_;
  validation::Report report_;
  Request request_;
  std::unordered_set<std::uint32_t> told_;  // references whose fault, if any, is reported
  Sequences item_sequences_;
  Sequences supporting_info_;
};

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kInitial:
      return "initial";
    case Kind::kUpdate:
      return "update";
    case Kind::kCancel:
      break;
  }
  return "cancel";
}

json::Node submitted_bundle(json::Node body) {
  if (body["resourceType"].text() != "Parameters") return body;
  for (const json::Node parameter : body["parameter"]) {
    if (parameter["name"].text() == "resource" && parameter["resource"]) return parameter["resource"];
  }
  return body;
}

Item read_item_facts(json::Node claim_item) {
  Item item;
  item.node = claim_item;
  item.sequence = sequence_of(claim_item["sequence"]);
  for (const json::Node extension : claim_item["extension"]) {
    const std::string_view name = extension_name(extension);
    if (name == "extension-itemTraceNumber") {
      const json::Node identifier = extension["valueIdentifier"];
      if (identifier) item.trace_numbers.push_back({identifier["system"].text(), identifier["value"].text()});
    } else if (name == "extension-authorizationNumber") {
      item.authorization_number = extension["valueString"].text();
    } else if (name == "extension-administrationReferenceNumber") {
      item.administration_reference_number = extension["valueString"].text();
    } else if (name == "extension-certificationType") {
      const json::Node type = extension["valueCodeableConcept"];
      item.has_cancel_code = has_code(type, kCancelCode);
      item.changed = item.changed || has_code(type, kRenewalCode) || has_code(type, kRevisedCode) ||
                     has_code(type, kExtensionCode);
    } else if (name == "extension-infoChanged") {
      item.changed = true;
    }
  }
  for (const json::Node extension : claim_item["modifierExtension"]) {
    if (extension["url"].text() == kInfoCancelled) item.has_cancel_flag = extension["valueBoolean"].is_true();
  }
  item.cancelled = item.has_cancel_code || item.has_cancel_flag;
  return item;
}

ReadOutcome read_request(const json::BundleIndex& index, const RequestLimits& limits, Purpose purpose) {
  return Reader(index, limits, purpose).read();
}

inputs::Subject subject_of(const Request& request, const Item& item) {
  return {*request.index,   request.claim,    item.node,
          request.patient,  request.coverage, request.created.value_or(base::Date{}),
          request.member_id};
}

}  // namespace pas::pas
