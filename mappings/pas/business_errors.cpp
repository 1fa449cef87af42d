#include "mappings/pas/business_errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mappings/inputs/roster.h"
#include "mappings/pas/elements.h"
#include "mappings/policy/policy.h"

namespace pas::pas {
namespace {

using Display = std::pair<std::string_view, std::string_view>;

constexpr auto kRejectReasons = std::to_array<Display>({
    {"15", "Required application data missing"},
    {"33", "Input Errors"},
    {"43", "Invalid/Missing Provider Identification"},
    {"57", "Invalid/Missing Date(s) of Service"},
    {"60", "Date of Birth Follows Date(s) of Service"},
    {"61", "Date of Death Precedes Date(s) of Service"},
    {"72", "Invalid/Missing Subscriber/Insured ID"},
    {"75", "Subscriber/Insured Not Found"},
    {"79", "Invalid Participant Identification"},
});
constexpr auto kFollowUps = std::to_array<Display>({
    {"C", "Please Correct and Resubmit"},
    {"N", "Resubmission Not Allowed"},
    {"P", "Please Resubmit Original Transaction"},
    {"R", "Resubmission Allowed"},
});

std::string_view display_in(std::span<const Display> list, std::string_view code) {
  const auto found = std::find_if(list.begin(), list.end(), [code](const Display& row) { return row.first == code; });
  return found == list.end() ? std::string_view{} : found->second;
}

// One is enough to refuse the Claim; those of items are as many as items.
constexpr std::size_t kClaimErrors = 20;
constexpr std::size_t kDayLength = 10;  // YYYY-MM-DD

bool share_an_identifier(json::Node a, json::Node b) {
  const auto of_b = identifiers_of(b);
  for (const Identifier& mine : identifiers_of(a)) {
    for (const Identifier& other : of_b) {
      if (!mine.system.empty() && mine.system == other.system && mine.value == other.value) return true;
    }
  }
  return false;
}

class Finder {
 public:
  Finder(const Request& request, const BusinessRules& rules) : request_(request), rules_(rules) {}

  std::vector<BusinessError> find() && {
    check_created();
    check_payer();
    check_focal();
    check_provider();
    check_member();
    for (const json::Node info : request_.claim["supportingInfo"]) check_period(info["timingPeriod"], "2000E-DTP03", 0);
    for (const Item& item : request_.items) {
      if (item.cancelled) continue;
      check_period(item.node["servicedPeriod"], "2000F-DTP03", item.sequence);
      check_lifetime(item);
    }
    return std::move(errors_);
  }

 private:
  void check_created() {
    if (!request_.created) {
      add("33", "", request_.claim, "created", "The day of the request must be told in full, as YYYY-MM-DD.");
    } else if (*request_.created > base::add_days(rules_.today, 1)) {  // a day for the time zones east of UTC
      add("33", "", request_.claim, "created",
          "The request is dated " + base::to_string(*request_.created) + ", which is in the future.");
    }
  }

  void check_payer() {
    if (rules_.payers.empty()) return;
    const auto is_served = [this](std::string_view name) {
      return std::any_of(rules_.payers.begin(), rules_.payers.end(), [name](const std::string& payer) {
        return policy::folded_name(payer) == policy::folded_name(name);
      });
    };
    const json::Node name = request_.insurer["name"];
    if (name && is_served(name.text())) return;
    for (const Identifier& identifier : identifiers_of(request_.insurer)) {
      if (is_served(identifier.value)) return;
    }
    add("79", "2010A-NM109", request_.insurer, "identifier",
        "The payer is not one that is served here. Check the payer's identifier.");
  }

  void check_focal() {
    if (rules_.may_have_several_payers) return;
    if (auto error = several_payers_error(request_)) errors_.push_back(std::move(*error));
  }

  // The requestor's own number, and those of the people and organizations behind a role.
  void check_provider() {
    bool is_identified = false;
    for (const json::Node party : {request_.provider, request_.index->resolve(request_.provider["practitioner"]),
                                   request_.index->resolve(request_.provider["organization"])}) {
      check_npi(party);
      is_identified = is_identified || !identifiers_of(party).empty();
    }
    if (is_identified) return;
    add("43", "2010B-NM109", request_.provider, "identifier",
        "The requesting provider has no identifier. Send its NPI.");
  }

  void check_npi(json::Node resource) {
    for (const json::Node identifier : resource["identifier"]) {
      if (identifier["system"].text() != kNpiSystem || inputs::is_valid_npi(identifier["value"].text())) continue;
      add("43", "2010B-NM109", identifier, "value",
          "The requesting provider's NPI is not valid: ten digits are expected, the last of which is the check digit.");
    }
  }

  void check_member() {
    if (request_.member_id.empty()) {
      add("72", "2010C-NM109", request_.patient, "identifier",
          "The member has no id. Send it as Coverage.identifier of type MB, Coverage.subscriberId, or "
          "Patient.identifier.");
    }
    const json::Node reference = request_.coverage["beneficiary"];
    const json::Node beneficiary = request_.index->resolve(reference);
    // One that does not resolve is told as a warning, and says nothing against the patient.
    if (!beneficiary || beneficiary == request_.patient || share_an_identifier(beneficiary, request_.patient)) return;
    add("75", "2010C-NM109", reference, "reference",
        "The coverage is for another person than the patient. Send the patient's own coverage.");
  }

  void check_period(json::Node period, std::string_view element, int sequence) {
    const auto start = base::parse_date(period["start"].text());
    const auto end = base::parse_date(period["end"].text());
    if (!start || !end || *start <= *end) return;
    add("57", element, period, "end", "The service ends before it begins.", sequence);
  }

  // Nobody is served before birth or after death.
  void check_lifetime(const Item& item) {
    const bool is_day = static_cast<bool>(item.node["servicedDate"]);
    const json::Node place = is_day ? item.node : item.node["servicedPeriod"];
    const std::string_view member = is_day ? "servicedDate" : "start";
    const auto served = base::parse_date(place[member].text());
    if (!served) return;
    const auto born = base::parse_date(request_.patient["birthDate"].text());
    const auto died = base::parse_date(request_.patient["deceasedDateTime"].text().substr(0, kDayLength));
    if (born && *served < *born) {
      add("60", "2000F-DTP03", place, member, "The service begins before the patient was born.", item.sequence);
    }
    if (died && *died < *served) {
      add("61", "2000F-DTP03", place, member, "The service begins after the patient's death.", item.sequence);
    }
  }

  void add(std::string_view code, std::string_view element, json::Node place, std::string_view member,
           std::string message, int sequence = 0) {
    if (sequence == 0 && errors_.size() == kClaimErrors) return;
    std::string path = place.path(request_.bundle());
    path.append(".").append(member);
    errors_.push_back({code, "C", element, std::move(path), std::move(message), sequence});
  }

  const Request& request_;
  const BusinessRules& rules_;
  std::vector<BusinessError> errors_;
};

}  // namespace

std::vector<BusinessError> find_business_errors(const Request& request, const BusinessRules& rules) {
  return Finder(request, rules).find();
}

BusinessError payer_error(const Request& request, json::Node place, std::string message) {
  return {"79", "C", "2010A-NM109", place.path(request.bundle()), std::move(message), 0};
}

std::optional<BusinessError> several_payers_error(const Request& request) {
  if (request.focal.size() < 2) return std::nullopt;
  return payer_error(
      request, request.focal[1]["focal"],
      "Several insurances are focal, but one payer alone can be asked for authorization. Send one request to each.");
}

std::string_view reject_reason_display(std::string_view code) {
  return display_in(kRejectReasons, code);
}

std::string_view follow_up_display(std::string_view code) {
  return display_in(kFollowUps, code);
}

}  // namespace pas::pas
