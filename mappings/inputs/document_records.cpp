#include "mappings/inputs/document_records.h"

#include <algorithm>

#include "fhir/json/writer.h"
#include "mappings/inputs/findings.h"

namespace pas::inputs {
namespace {

bool has_field(const std::vector<std::string>& fields, std::string_view name) {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

void write_pdf(const Pdf& pdf, const std::vector<std::string>& fields, json::Writer& writer) {
  const auto date = [&](const char* name, const char* field, std::optional<base::Date> day) {
    if (day && has_field(fields, field)) writer.member(name, base::to_string(*day));
  };
  writer.key("pdf").begin_object();
  if (has_field(fields, "pdf.encrypted") && (!pdf.damaged || pdf.encrypted)) writer.member("encrypted", pdf.encrypted);
  if (has_field(fields, "pdf.damaged")) writer.member("damaged", pdf.damaged);
  if (has_field(fields, "pdf.pages") && pdf.pages) writer.member("pages", static_cast<std::int64_t>(*pdf.pages));
  date("created", "pdf.created", pdf.created);
  date("modified", "pdf.modified", pdf.modified);
  if (has_field(fields, "pdf.signed") && pdf.is_signed) writer.member("signed", *pdf.is_signed);
  writer.end_object();
}

}  // namespace

DocumentRecord DocumentRecords::read(json::Node resource, const DocumentKind& kind, const InputDefinition& definition) {
  const auto wants = [&](std::string_view field) {
    return std::any_of(definition.fields.begin(), definition.fields.end(),
                       [field](std::string_view name) { return name.substr(0, name.find('.')) == field; });
  };
  const DocumentFacts* facts = kind.has_attachments ? &documents_.read(resource, catalog_.compiled().wants) : nullptr;
  DocumentRecord record;
  record.sources.push_back(resource.path());
  json::Writer writer;
  writer.begin_object();
  const auto date = read_date(resource, kind, facts, record);
  if (date && wants("date")) writer.member("date", base::to_string(*date));
  if (const json::Node type = type_of(resource); type && wants("type")) writer.member("type", type.text());
  if (wants("signed")) {
    if (const auto is_signed = read_signed(resource, kind, facts, record)) writer.member("signed", *is_signed);
  }
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
  if (wants("readable") && facts != nullptr) {
    writer.member("readable", facts->unreadable.empty());
    add_note(record.note, facts->unreadable);
  }
  if (wants("pdf") && facts != nullptr && facts->pdf) {
    write_pdf(*facts->pdf, definition.fields, writer);
    record.sources.push_back(facts->pdf_data.path());
  }
  if (wants("signature")) {
    const Signatures signatures = read_signatures(resource);
    if (signatures.verified || signatures.any_refused) {
      writer.key("signature").begin_object().member("verified", static_cast<bool>(signatures.verified)).end_object();
    }
    if (signatures.verified) {
      record.sources.push_back(signatures.verified.path());
    } else {
      add_note(record.note, signatures.problem);
    }
  }
  if (wants("text") && facts != nullptr) write_texts(definition.fields, kind, *facts, record, writer);
  writer.end_object();
  record.value = std::move(writer).take();
  return record;
}

std::optional<base::Date> DocumentRecords::read_date(json::Node resource, const DocumentKind& kind,
                                                     const DocumentFacts* facts, DocumentRecord& record) {
  for (const Way& way : kind.dates) {
    if (way.kind == WayKind::kPath) {
      const auto found = evaluation_.run(*way.program, resource);
      if (!found) continue;
      for (const fhirpath::Item& item : *found) {
        if (const auto date = base::parse_date(item.node().text())) {
          record.sources.push_back(item.node().path());
          return date;
        }
        if (item.is_node()) add_note(record.note, item.node().path() + " is not a full date");
      }
      continue;
    }
    const bool of_ccda = way.kind == WayKind::kCcda;
    std::optional<base::Date> date;
    if (of_ccda && facts != nullptr && facts->ccda) date = facts->ccda->effective;
    if (!of_ccda && facts != nullptr && facts->pdf) {
      date = way.kind == WayKind::kPdfCreated ? facts->pdf->created : facts->pdf->modified;
    }
    if (!date) continue;
    record.sources.push_back((of_ccda ? facts->ccda_data : facts->pdf_data).path());
    return date;
  }
  return std::nullopt;
}

DocumentRecords::Signatures DocumentRecords::read_signatures(json::Node resource) {
  Signatures found;
  for (const json::Node provenance : documents_.provenances_of(resource)) {
    for (const json::Node signature : provenance["signature"]) {
      const json::Node types = signature["type"];
      const bool counts = std::any_of(types.begin(), types.end(), [&](json::Node type) {
        return catalog_.value_sets().member_of(type["system"].text(), type["code"].text(),
                                               catalog_.compiled().signature_types);
      });
      if (!counts) continue;
      const SignatureCheck check = documents_.check(signature, resource);
      if (check.result != Verification::kRefused) found.counted.push_back(signature);
      if (check.result == Verification::kVerified && !found.verified) found.verified = signature;
      found.any_refused = found.any_refused || check.result == Verification::kRefused;
      if (!check.reason.empty()) add_note(found.problem, signature.path() + " is not verified: " + check.reason);
    }
  }
  return found;
}

std::optional<bool> DocumentRecords::read_signed(json::Node resource, const DocumentKind& kind,
                                                 const DocumentFacts* facts, DocumentRecord& record) {
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
  if (!kind.signed_by_provenance && !kind.signed_by_verified_provenance) return false;
  const Signatures signatures = read_signatures(resource);
  if (kind.signed_by_provenance && !signatures.counted.empty()) {
    record.sources.push_back(signatures.counted.front().path());
    return true;
  }
  if (kind.signed_by_verified_provenance && signatures.verified) {
    record.sources.push_back(signatures.verified.path());
    return true;
  }
  add_note(record.note, signatures.problem);
  if (kind.signed_by_verified_provenance && !signatures.counted.empty()) return std::nullopt;
  return false;
}

std::optional<bool> DocumentRecords::ask_text(const TextQuestion& question, const DocumentFacts& facts,
                                              DocumentRecord& record) {
  const auto answer = evaluation_.test(question.program, fhirpath::Item::string(*facts.text));
  if (answer) return *answer;
  add_note(record.note, "the question \"" + question.name + "\" to the text failed: " + answer.error().message);
  return std::nullopt;
}

void DocumentRecords::write_texts(const std::vector<std::string>& fields, const DocumentKind& kind,
                                  const DocumentFacts& facts, DocumentRecord& record, json::Writer& writer) {
  add_note(record.note, facts.text_problem);
  if (!facts.text) return;
  writer.key("text").begin_object();
  for (const TextQuestion& question : kind.texts) {
    if (!has_field(fields, "text." + question.name)) continue;
    if (const auto answer = ask_text(question, facts, record)) writer.member(question.name, *answer);
  }
  writer.end_object();
}

std::optional<Person> DocumentRecords::read_prescriber(json::Node resource, const DocumentKind& kind,
                                                       const DocumentFacts* facts, std::optional<base::Date> date) {
  for (const Way& way : kind.prescribers) {
    if (way.kind == WayKind::kCcda) {
      if (facts == nullptr || !facts->ccda) continue;
      const Ccda& ccda = *facts->ccda;
      const std::string& npi = ccda.authenticator_npi.empty() ? ccda.author_npi : ccda.authenticator_npi;
      if (!npi.empty()) return people_.by_npi(npi, facts->ccda_data.path(), date);
      continue;
    }
    const auto found = evaluation_.run(*way.program, resource);
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
