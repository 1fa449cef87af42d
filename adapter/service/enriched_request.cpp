#include "adapter/service/enriched_request.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "fhir/json/document.h"
#include "fhir/json/writer.h"
#include "mappings/pas/elements.h"
#include "mappings/pas/request.h"

namespace pas::service {
namespace {

constexpr std::string_view kTempCodes = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";

class Enricher {
 public:
  Enricher(json::Node bundle, std::span<const json::Document> entries) : bundle_(bundle), entries_(entries) {}

  std::string write() && {
    out_.begin_object();
    for (const json::Node member : bundle_) {
      if (member.key() == "entry") {
        write_entries(member);
      } else {
        out_.member(member.key(), member);
      }
    }
    out_.end_object();
    return std::move(out_).take();
  }

 private:
  void write_entries(json::Node entries) {
    out_.key("entry").begin_array();
    bool is_first = true;
    for (const json::Node entry : entries) {
      if (is_first) {
        write_claim_entry(entry);
      } else {
        out_.node(entry);
      }
      is_first = false;
    }
    for (const json::Document& entry : entries_) out_.node(entry.root());
    out_.end_array();
  }

  void write_claim_entry(json::Node entry) {
    out_.begin_object();
    for (const json::Node member : entry) {
      if (member.key() == "resource") {
        write_claim(member);
      } else {
        out_.member(member.key(), member);
      }
    }
    out_.end_object();
  }

  void write_claim(json::Node claim) {
    out_.key("resource").begin_object();
    for (const json::Node member : claim) {
      if (member.key() != "supportingInfo") out_.member(member.key(), member);
    }
    out_.key("supportingInfo").begin_array();
    int highest = 0;
    for (const json::Node info : claim["supportingInfo"]) {
      out_.node(info);
      highest = std::max(highest, pas::sequence_of(info["sequence"]));
    }
    for (const json::Document& entry : entries_) {
      out_.begin_object().member("sequence", ++highest).key("category").begin_object().key("coding").begin_array();
      out_.begin_object().member("system", kTempCodes).member("code", "additionalInformation").end_object();
      out_.end_array().end_object();
      out_.key("valueReference").begin_object().member("reference", entry.root()["fullUrl"].text()).end_object();
      out_.end_object();
    }
    out_.end_array().end_object();
  }

  json::Node bundle_;
  std::span<const json::Document> entries_;
  json::Writer out_;
};

}  // namespace

base::Result<std::string> enriched_request(std::string request, std::span<const std::string> entries) {
  const auto limits = json::limits_of_stored(request);
  const auto document = json::Document::parse(std::move(request), limits);
  if (!document) return base::Error{base::ErrorCode::kInvalid, "the request is not JSON"};
  std::vector<json::Document> parsed;
  parsed.reserve(entries.size());
  for (const std::string& entry : entries) {
    auto one = json::Document::parse(entry, json::limits_of_stored(entry));
    if (!one || one->root()["fullUrl"].text().empty() || !one->root()["resource"].is_object()) {
      return base::Error{base::ErrorCode::kInvalid, "what came later is no entry of a Bundle"};
    }
    parsed.push_back(std::move(*one));
  }
  return Enricher(pas::submitted_bundle(document->root()), parsed).write();
}

}  // namespace pas::service
