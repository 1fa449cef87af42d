#include "mappings/pas/translated_request.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "mappings/pas/fhir_writer.h"

namespace pas::pas {
namespace {

constexpr std::string_view kUsCoreBase = "http://hl7.org/fhir/us/core/StructureDefinition/";
constexpr std::string_view kMemberNumber = "MB";
constexpr std::string_view kIdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";
// Of an earlier answer; on the Claim since 2.2.1, on its items in both.
constexpr std::array<std::string_view, 2> kNumbers = {"extension-authorizationNumber",
                                                      "extension-administrationReferenceNumber"};

// What an item of a 2.2.1 request must tell, and the code for one that does not.
struct AskedFor {
  std::string_view extension;
  std::string_view system;
  std::string_view code;
};
constexpr AskedFor kRequestType = {"extension-serviceItemRequestType", "https://codesystem.x12.org/005010/1525", "HS"};
constexpr AskedFor kCertificationType = {"extension-certificationType", "https://codesystem.x12.org/005010/1322", "I"};
constexpr AskedFor kReportType = {"extension-documentInformation", "https://codesystem.x12.org/005010/755", "77"};

class Translator {
 public:
  Translator(json::Node bundle, const Version& to) : bundle_(bundle), to_(to) {}

  std::string write() && {
    out_.begin_object();
    copy(bundle_, {"meta", "entry"});
    meta(bundle_);
    out_.key("entry").begin_array();
    for (const json::Node entry : bundle_["entry"]) {
      out_.begin_object();
      copy(entry, {"resource"});
      out_.key("resource");
      resource(entry["resource"]);
      out_.end_object();
    }
    out_.end_array().end_object();
    return std::move(out_).take();
  }

 private:
  // The members but for these, as they are.
  void copy(json::Node object, std::initializer_list<std::string_view> left_out) {
    for (const json::Node member : object) {
      if (std::ranges::find(left_out, member.key()) == left_out.end()) out_.member(member.key(), member);
    }
  }

  void resource(json::Node resource) {
    const std::string_view type = resource["resourceType"].text();
    out_.begin_object();
    if (type == "Claim") {
      claim(resource);
    } else if (type == "Coverage") {
      copy(resource, {"meta", "identifier"});
      member_identifiers(resource);
    } else {
      copy(resource, {"meta"});
    }
    meta(resource);
    out_.end_object();
  }

  void meta(json::Node resource) {
    const json::Node meta = resource["meta"];
    if (!meta) return;
    out_.key("meta").begin_object();
    copy(meta, {"profile"});
    FhirWriter::List profiles(out_, "profile");
    for (const json::Node profile : meta["profile"]) profiles.next().string(profile_of(profile.text(), resource));
    profiles.close();
    out_.end_object();
  }

  // Without a version of it, which would be that of the guide it was sent by.
  std::string profile_of(std::string_view canonical, json::Node resource) const {
    if (!canonical.starts_with(kExtensionBase) && !canonical.starts_with(kUsCoreBase)) return std::string(canonical);
    canonical = canonical.substr(0, canonical.find('|'));
    const std::string_view name = canonical.substr(canonical.rfind('/') + 1);
    if (name == "profile-documentreference" && !to_.has_request_details) {
      return std::string(kUsCoreBase) + "us-core-documentreference";
    }
    if (to_.has_request_details && (name == "profile-claim" || name == "profile-claim-update")) {
      return std::string(kExtensionBase) + (resource["related"] ? "profile-claim-update" : "profile-claim");
    }
    return std::string(canonical);
  }

  void claim(json::Node claim) {
    copy(claim, {"meta", "extension", "identifier", "supportingInfo", "item"});
    {
      FhirWriter::List extensions(out_, "extension");
      for (const json::Node extension : claim["extension"]) {
        if (to_.has_request_details || !is_new_on_claim(extension)) extensions.next().node(extension);
      }
    }
    {
      FhirWriter::List identifiers(out_, "identifier");
      for (const json::Node identifier : claim["identifier"]) {
        identifiers.next().node(identifier);
        if (!to_.has_request_details) break;  // one at most
      }
    }
    {
      FhirWriter::List infos(out_, "supportingInfo");
      for (const json::Node info : claim["supportingInfo"]) supporting_info(info, infos.next());
    }
    FhirWriter::List items(out_, "item");
    for (const json::Node each : claim["item"]) item(each, claim, items.next());
  }

  static bool is_new_on_claim(json::Node extension) {
    const std::string_view name = extension_name(extension);
    return name == "extension-TransmissionIdentifiers" || std::ranges::find(kNumbers, name) != kNumbers.end();
  }

  void supporting_info(json::Node info, json::Writer& out) {
    const bool is_period = to_.has_request_details && has_code(info["category"], "dischargeDates") &&
                           info["timingPeriod"];  // a date since 2.2.1
    out.begin_object();
    copy(info, {"extension", is_period ? "timingPeriod" : ""});
    if (is_period) {
      const std::string_view end = info["timingPeriod"]["end"].text();
      out.member("timingDate", (end.empty() ? info["timingPeriod"]["start"].text() : end).substr(0, 10));
    }
    {
      FhirWriter::List extensions(out, "extension");
      for (const json::Node extension : info["extension"]) {
        if (to_.has_request_details || extension_name(extension) != kReportType.extension)
          extensions.next().node(extension);
      }
      if (to_.has_request_details && has_code(info["category"], "additionalInformation") &&
          !find_extension(info, kReportType.extension)) {
        begin_extension(kReportType.extension, extensions.next()).key("extension").begin_array();
        out.begin_object().member("url", "reportTypeCode");
        code(kReportType);
        out.end_object().end_array().end_object();
      }
    }
    out.end_object();
  }

  void item(json::Node item, json::Node claim, json::Writer& out) {
    out.begin_object();
    copy(item, {"extension"});
    {
      FhirWriter::List extensions(out, "extension");
      for (const json::Node extension : item["extension"]) extensions.next().node(extension);
      if (to_.has_request_details) {
        ask_for(kRequestType, item, extensions);
        if (!claim["related"]) ask_for(kCertificationType, item, extensions);
      } else {
        for (const std::string_view number : kNumbers) {
          const json::Node told = find_extension(claim, number);
          if (told && !find_extension(item, number)) extensions.next().node(told);
        }
      }
    }
    out.end_object();
  }

  void ask_for(const AskedFor& asked, json::Node item, FhirWriter::List& extensions) {
    if (find_extension(item, asked.extension)) return;
    begin_extension(asked.extension, extensions.next());
    code(asked);
    out_.end_object();
  }

  static json::Writer& begin_extension(std::string_view name, json::Writer& out) {
    return out.begin_object().member("url", std::string(kExtensionBase).append(name));
  }

  void code(const AskedFor& asked) {
    out_.key("valueCodeableConcept").begin_object().key("coding").begin_array().begin_object();
    out_.member("system", asked.system).member("code", asked.code).end_object().end_array().end_object();
  }

  // 2.2.1 wants the member's number as one of them.
  void member_identifiers(json::Node coverage) {
    FhirWriter::List identifiers(out_, "identifier");
    bool is_told = false;
    for (const json::Node identifier : coverage["identifier"]) {
      identifiers.next().node(identifier);
      is_told = is_told || has_code(identifier["type"], kMemberNumber);
    }
    const std::string_view number = coverage["subscriberId"].text();
    if (is_told || number.empty() || !to_.has_request_details) return;
    json::Writer& out = identifiers.next();
    out.begin_object().key("type").begin_object().key("coding").begin_array().begin_object();
    out.member("system", kIdentifierTypes).member("code", kMemberNumber).end_object().end_array().end_object();
    out.member("value", number).end_object();
  }

  json::Node bundle_;
  const Version& to_;
  json::Writer out_;
};

}  // namespace

std::string translated_request(json::Node bundle, const Version& to) {
  return Translator(bundle, to).write();
}

}  // namespace pas::pas
