#pragma once
// One access or change as a FHIR R4 AuditEvent, in the shape of IHE's Basic Audit Log Patterns (BALP): who (client and
// address), what (type and interaction), on which cases, with which outcome.
//
// It never tells of a patient but by the id of a case of ours: no name, no identifier that a sender gave, no query. The
// store says whose case it is. Plain values; any thread.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace pas::audit {

// What kind of thing happened: AuditEvent.type, .subtype and .action.
struct Kind {
  std::string_view type_system;
  std::string_view type;
  std::string_view subtype_system;
  std::string_view subtype;
  std::string_view action;  // C R U D E
};

inline constexpr std::string_view kRest = "http://terminology.hl7.org/CodeSystem/audit-event-type";
inline constexpr std::string_view kInteraction = "http://hl7.org/fhir/restful-interaction";
inline constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";

inline constexpr Kind kCreated{kRest, "rest", kInteraction, "create", "C"};
inline constexpr Kind kRead{kRest, "rest", kInteraction, "read", "R"};
inline constexpr Kind kUpdated{kRest, "rest", kInteraction, "update", "U"};
inline constexpr Kind kDeleted{kRest, "rest", kInteraction, "delete", "D"};
inline constexpr Kind kSearched{kRest, "rest", kInteraction, "search-type", "E"};
inline constexpr Kind kOperated{kRest, "rest", kInteraction, "operation", "E"};
inline constexpr Kind kLogin{kDicom, "110114", kDicom, "110122", "E"};       // user authentication: login
inline constexpr Kind kStarted{kDicom, "110100", kDicom, "110120", "E"};     // application activity: start
inline constexpr Kind kStopped{kDicom, "110100", kDicom, "110121", "E"};     // application activity: stop
inline constexpr Kind kConfigured{kDicom, "110113", kDicom, "110131", "U"};  // security alert: software configuration
inline constexpr Kind kGap{kDicom, "110101", kDicom, "110101", "E"};         // audit log used: it could not be, before

struct Event {
  const Kind* kind = &kOperated;
  std::string what = {};  // "POST /fhir/Claim/$submit": the route's pattern, never a path as sent
  int status = 200;       // of HTTP
  std::string client = {};
  std::string address = {};
  std::string request_id = {};
  std::vector<std::string> entities = {};  // "ClaimResponse/" or "Subscription/" with an id of ours
  std::string description = {};            // AuditEvent.outcomeDesc
};

// A line without its end. It begins with the hash of the line before (chain.h).
std::string to_json(const Event& event, std::chrono::system_clock::time_point at, std::string_view previous);

}  // namespace pas::audit
