#include "adapter/service/attachment.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::service {
namespace {

using validation::IssueType;
using validation::Report;
using validation::Severity;

constexpr std::string_view kRule = "CDex $submit-attachment";
constexpr std::size_t kIdLength = 36;  // of a case, a UUID
constexpr std::size_t kMostAttachments = 100;

struct Parcel {
  json::Node tracking;                // Identifier
  json::Node organization, provider;  // likewise
  std::string_view member_id;
  std::vector<json::Node> lines;     // LineItem
  std::vector<json::Node> contents;  // resources
  bool is_final = true;
};

class Reader {
 public:
  Reader(json::Node body, Report& report) : body_(body), report_(report) {}

  Parcel read() {
    if (body_["resourceType"].text() != "Parameters") {
      error(body_, "Parameters with TrackingId, MemberId and Attachment are wanted.");
      return parcel_;
    }
    for (const json::Node parameter : body_["parameter"]) read_parameter(parameter);
    if (parcel_.tracking["value"].text().empty()) {
      error(body_, "TrackingId (valueIdentifier) is missing: the identifier of the request for information.");
    }
    if (parcel_.member_id.empty()) error(body_, "MemberId (valueIdentifier) is missing.");
    if (parcel_.contents.empty()) error(body_, "Attachment with a part Content (resource) is missing.");
    if (parcel_.contents.size() > kMostAttachments) error(body_, "At most 100 attachments are taken at once.");
    return parcel_;
  }

 private:
  void read_parameter(json::Node parameter) {
    const std::string_view name = parameter["name"].text();
    if (name == "TrackingId") parcel_.tracking = parameter["valueIdentifier"];
    if (name == "OrganizationId") parcel_.organization = parameter["valueIdentifier"];
    if (name == "ProviderId") parcel_.provider = parameter["valueIdentifier"];
    if (name == "MemberId") parcel_.member_id = parameter["valueIdentifier"]["value"].text();
    if (name == "Final") parcel_.is_final = parameter["valueBoolean"].to_json() != "false";
    if (name == "AttachTo" && parameter["valueCode"].text() != "preauth") {
      error(parameter, "AttachTo must be preauth: claims are not taken here.");
    }
    if (name != "Attachment") return;
    const std::size_t before = parcel_.contents.size();
    for (const json::Node part : parameter["part"]) {
      if (part["name"].text() == "LineItem") parcel_.lines.push_back(part["valueString"]);
      if (part["name"].text() == "Content" && part["resource"].is_object())
        parcel_.contents.push_back(part["resource"]);
    }
    if (parcel_.contents.size() == before) error(parameter, "An Attachment needs a part Content with a resource.");
  }

  void error(json::Node place, std::string message) {
    report_.add(Severity::kError, IssueType::kRequired, kRule, place, std::move(message));
  }

  json::Node body_;
  Report& report_;
  Parcel parcel_;
};

store::Identifier identifier_of(json::Node identifier) {
  return {std::string(identifier["system"].text()), std::string(identifier["value"].text())};
}

bool is_of(const store::Case& record, std::string_view member_id) {
  return record.member_id == member_id ||
         std::ranges::any_of(record.patient_identifiers, [member_id](const store::Identifier& identifier) {
           return identifier.value == member_id;
         });
}

bool has_line(const store::Case& record, std::string_view line) {
  return std::ranges::any_of(record.items,
                             [line](const store::Item& item) { return std::to_string(item.sequence) == line; });
}

// What a Bundle holds, or the resource itself. Each gets an id of ours: two senders may use the same.
std::vector<store::Supplement> supplements_of(const Parcel& parcel, std::int64_t at_ms, base::IdSource& ids) {
  std::vector<store::Supplement> supplements;
  const auto add = [&](json::Node resource) {
    json::Writer out;
    const std::string id = ids.uuid();
    out.begin_object().member("fullUrl", "urn:uuid:" + id).key("resource").raw(pas::write_with_id(resource, id));
    out.end_object();
    supplements.push_back({id, at_ms, std::move(out).take()});
  };
  for (const json::Node content : parcel.contents) {
    if (content["resourceType"].text() != "Bundle") {
      add(content);
      continue;
    }
    for (const json::Node entry : content["entry"]) {
      if (entry["resource"].is_object()) add(entry["resource"]);
    }
  }
  return supplements;
}

}  // namespace

AttachmentOutcome submit_attachment(std::string body, std::string_view client, std::string_view payer,
                                    Deadline deadline, const store::Origin& origin, const CaseService& cases,
                                    store::Store& store, const base::Clock& clock, base::IdSource& ids) {
  const std::string source = body;  // parsing unescapes in place
  Report report;
  const auto requested = clock.now();
  Parties parties;
  std::string case_id;
  const auto refuse = [&]() -> AttachmentOutcome {
    report.locate(source);
    store::Exchange refused = refused_exchange(kSubsequentExchange, report, parties, requested, clock.now());
    refused.case_id = case_id;
    (void)store.note_exchanges({std::move(refused)});  // the answer does not depend on it
    return Refused{std::move(report)};
  };
  const auto document = json::Document::parse(std::move(body));
  if (!document) {
    report.add(validation::issue_of(document.error(), source));
    return refuse();
  }
  const Parcel parcel = Reader(document->root(), report).read();
  parties = {identifier_of(parcel.provider), identifier_of(parcel.organization), {}};
  if (report.has_errors()) return refuse();

  const std::string_view tracking = parcel.tracking["value"].text();
  auto found = store.find_case(tracking.substr(0, kIdLength));
  if (!found) return found.error();
  if (*found) {
    auto current = current_case(store, std::move(**found));
    if (!current) return current.error();
    *found = std::move(*current);
  }
  const auto is_theirs = [&](const store::Case& record) {
    return record.client == client && is_of(record, parcel.member_id) && (payer.empty() || record.payer == payer);
  };
  if (!*found || !is_theirs(**found)) {
    report.add(Severity::kError, IssueType::kNotFound, kRule, parcel.tracking,
               "No request for information with this tracking id is open for that member. Send the identifier of the "
               "CommunicationRequest or Task of the answer, and the member's id.");
    return refuse();
  }
  case_id = (*found)->id;
  for (const json::Node line : parcel.lines) {
    if (has_line(**found, line.text())) continue;
    report.add(Severity::kError, IssueType::kNotFound, kRule, line,
               "LineItem must be the sequence number of one of the request's items.");
  }
  if (report.has_errors()) return refuse();
  const auto at_ms = base::to_ms(clock.now());
  auto outcome = cases.arrive((*found)->id, {.actor = std::string(client),
                                             .supplements = supplements_of(parcel, at_ms, ids),
                                             .is_final = parcel.is_final,
                                             .deadline = deadline,
                                             .origin = origin});
  if (auto* error = std::get_if<base::Error>(&outcome)) return std::move(*error);
  const store::Case& record = std::get<Revised>(outcome).record;
  AttachmentAnswer answer{.case_id = record.id, .is_final = parcel.is_final};
  answer.waiting = static_cast<int>(std::ranges::count(record.items, kPendedAction, &store::Item::action));
  return answer;
}

}  // namespace pas::service
