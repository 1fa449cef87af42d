#include "mappings/pas/fhir_writer.h"

namespace pas::pas {

void FhirWriter::concept_of(std::string_view system, std::string_view code, std::string_view display) {
  out_.begin_object().key("coding").begin_array().begin_object();
  out_.member("system", system).member("code", code);
  if (!display.empty()) out_.member("display", display);
  out_.end_object().end_array().end_object();
}

void FhirWriter::reference_to(const json::BundleIndex& index, json::Node resource) {
  const json::Entry* entry = index.entry_of(resource);
  out_.begin_object();
  if (entry != nullptr) out_.member("reference", entry->full_url);
  out_.end_object();
}

void FhirWriter::period(const DatePeriod& period) {
  out_.begin_object();
  if (period.start) out_.member("start", base::to_string(*period.start));
  if (period.end) out_.member("end", base::to_string(*period.end));
  out_.end_object();
}

void FhirWriter::meta(std::string_view profile) {
  out_.key("meta").begin_object().key("profile").begin_array().string(url_of(profile)).end_array().end_object();
}

}  // namespace pas::pas
