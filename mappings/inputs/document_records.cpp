#include "mappings/inputs/document_records.h"

#include <algorithm>

#include "fhir/json/writer.h"
#include "mappings/inputs/findings.h"

namespace pas::inputs {
DocumentRecord DocumentRecords::read(json::Node resource, const DocumentKind& kind, const InputDefinition& definition) {
  const auto wants = [&](std::string_view field) {
    return std::any_of(definition.fields.begin(), definition.fields.end(),
                       [field](std::string_view name) { return name.substr(0, name.find('.')) == field; });
  };
  const DocumentFacts* facts = kind.has_attachments ? &documents_.read(resource) : nullptr;
  DocumentRecord record;
  record.sources.push_back(resource.path());
  json::Writer writer;
  writer.begin_object();
  const auto date = read_date(resource, kind, facts, record);
  if (date && wants("date")) writer.member("date", base::to_string(*date));
  if (const json::Node type = type_of(resource); type && wants("type")) writer.member("type", type.text());
  if (wants("signed")) writer.member("signed", read_signed(resource, kind, facts, record));
  if (wants("prescriber")) {
    if (const auto person = read_prescriber(resource, kind, facts, date)) {
      writer.key("prescriber").begin_object();
      if (!person->npi.empty()) writer.member("npi", person->npi);
      if (!person->type.empty()) writer.member("type", person->type);
      if (person->enrolled) writer.member("enrolled", *person->enrolled);
      writer.end_object();
      record.sources.insert(record.sources.end(), person->sources.begin(), person->sources.end());
      add_note(record.note, person->note);
    }
  }
  if (wants("source")) writer.member("source", record.sources.front());
  writer.end_object();
  record.value = std::move(writer).take();
  return record;
}

std::optional<base::Date> DocumentRecords::read_date(json::Node resource, const DocumentKind& kind,
                                                     const DocumentFacts* facts, DocumentRecord& record) {
  for (const auto& way : kind.dates) {
    if (!way) {
      if (facts == nullptr || !facts->ccda || !facts->ccda->effective) continue;
      record.sources.push_back(facts->ccda_data.path());
      return facts->ccda->effective;
    }
    const auto found = evaluation_.run(*way, resource);
    if (!found) continue;
    for (const fhirpath::Item& item : *found) {
      if (const auto date = base::parse_date(item.node().text())) {
        record.sources.push_back(item.node().path());
        return date;
      }
      if (item.is_node()) add_note(record.note, item.node().path() + " is not a full date");
    }
  }
  return std::nullopt;
}

bool DocumentRecords::read_signed(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                  DocumentRecord& record) {
  const json::Node status = resource["docStatus"];
  if (status.text() == "preliminary") {
    record.sources.push_back(status.path());
    return false;
  }
  if (kind.signed_by_authenticator && resource["authenticator"]) {
    const bool counts = !status || std::find(kind.signed_status.begin(), kind.signed_status.end(), status.text()) !=
                                       kind.signed_status.end();
    if (counts) {
      record.sources.push_back(resource["authenticator"].path());
      return true;
    }
  }
  if (kind.signed_by_ccda && facts != nullptr && facts->ccda && facts->ccda->signed_) {
    record.sources.push_back(facts->ccda_data.path());
    return true;
  }
  if (!kind.signed_by_provenance) return false;
  for (const json::Node provenance : documents_.provenances_of(resource)) {
    for (const json::Node signature : provenance["signature"]) {
      for (const json::Node type : signature["type"]) {
        if (catalog_.value_sets().member_of(type["system"].text(), type["code"].text(),
                                            catalog_.compiled().signature_types)) {
          record.sources.push_back(signature.path());
          return true;
        }
      }
    }
  }
  return false;
}

std::optional<Person> DocumentRecords::read_prescriber(json::Node resource, const DocumentKind& kind,
                                                       const DocumentFacts* facts, std::optional<base::Date> date) {
  for (const auto& way : kind.prescribers) {
    if (!way) {
      if (facts == nullptr || !facts->ccda) continue;
      const Ccda& ccda = *facts->ccda;
      const std::string& npi = ccda.authenticator_npi.empty() ? ccda.author_npi : ccda.authenticator_npi;
      if (!npi.empty()) return people_.by_npi(npi, facts->ccda_data.path(), date);
      continue;
    }
    const auto found = evaluation_.run(*way, resource);
    if (!found) continue;
    for (const fhirpath::Item& item : *found) {
      if (auto person = people_.find(item.node(), date)) return person;
    }
  }
  return std::nullopt;
}

// The first LOINC code of the document's type, else of its category.
json::Node DocumentRecords::type_of(json::Node resource) const {
  const auto loinc = [&](json::Node type) {
    for (const json::Node coding : type["coding"]) {
      if (catalog_.value_sets().system_name(coding["system"].text()) == "LOINC") return coding["code"];
    }
    return json::Node{};
  };
  if (const json::Node code = loinc(resource["type"])) return code;
  for (const json::Node category : resource["category"]) {
    if (const json::Node code = loinc(category)) return code;
  }
  return {};
}

}  // namespace pas::inputs
