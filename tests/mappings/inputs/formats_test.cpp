// What inputs know of the formats of documents: PDFs, their text, C-CDA medications, signatures of Provenances.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/base/base64.h"
#include "fhir/json/writer.h"
#include "mappings/inputs/canonical_json.h"
#include "mappings/inputs/extract.h"
#include "tests/mappings/inputs/pdf_samples.h"
#include "tests/mappings/inputs/signing.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using inputs::Catalog;
using testing::HasSubstr;

constexpr const char* kHead = R"x({
  "variables": {"supporting": "%claim.supportingInfo.value.resolve()"},
  "people": {"npiSystem": "NPI", "signatureTypes": "signature-type", "types": {"physician": "physician-credential"}},
  "documentKinds": {"paper": )x";
constexpr const char* kInputs = R"x(},
  "inputs": [
    {"name": "drug", "title": "the drug", "type": "codes", "rule": "all", "systems": ["RxNorm"],
     "sources": [{"path": "%supporting.ofType(DocumentReference)", "c-cda": "medications"}]},
    {"name": "paper", "title": "the paper", "type": "documents", "rule": "all",
     "sources": [{"path": "%supporting", "document": "paper"}], "fields": )x";

Catalog catalog(const std::string& kind, const std::string& fields) {
  const std::string inputs = kHead + kind + kInputs + fields + "}]}";
  std::string sets = support::read_file(support::repo_path("mappings/policies/husky/value-sets.json"));
  const std::string rxnorm = "\"http://www.nlm.nih.gov/research/umls/rxnorm\"";
  sets.insert(sets.find(rxnorm) + rxnorm.size(), ", \"urn:oid:2.16.840.1.113883.6.88\"");
  auto loaded = Catalog::load({inputs, "inputs.json", sets, "value-sets.json"});
  if (!loaded) {
    for (const auto& error : loaded.error()) ADD_FAILURE() << to_string(error);
  }
  return std::move(loaded).value();
}

// Answers with what it is given, and counts.
class FakeExtractor final : public inputs::TextExtractor {
 public:
  explicit FakeExtractor(base::Result<std::string> answer) : answer_(std::move(answer)) {}
  base::Result<std::string> extract(std::string_view) const override {
    ++calls;
    return answer_;
  }
  mutable int calls = 0;

 private:
  base::Result<std::string> answer_;
};

struct Attachment {
  std::string content_type;
  std::string bytes;
};

std::string bundle(const std::vector<Attachment>& attachments, const std::string& more_entries = "") {
  json::Writer writer;
  writer.begin_array();
  for (const Attachment& each : attachments) {
    writer.begin_object().key("attachment").begin_object();
    writer.member("contentType", each.content_type).member("data", base::encode_base64(each.bytes));
    writer.end_object().end_object();
  }
  writer.end_array();
  return R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Claim","id":"c",
    "supportingInfo":[{"valueReference":{"reference":"urn:uuid:d"}}],"item":[{"sequence":1}]}},
    {"fullUrl":"urn:uuid:d","resource":{"resourceType":"DocumentReference","status":"current","content":)" +
         std::string(writer.view()) + "}}" + more_entries + "]}";
}

inputs::InputSet read(const Catalog& catalog, const std::string& text, const inputs::DocumentTools& tools = {}) {
  const auto document = json::Document::parse(text).value();
  const json::BundleIndex index(document.root());
  inputs::Documents documents(index, tools);
  inputs::Environment environment;
  environment.documents = &documents;
  const json::Node claim = index.entries()[0].resource;
  return inputs::extract({index, claim, claim["item"].at(0), {}, {}, base::parse_date("2026-03-10").value()}, catalog,
                         environment);
}

constexpr const char* kPdfFields =
    R"(["date", "readable", "pdf.encrypted", "pdf.damaged", "pdf.pages", "pdf.created", "pdf.modified", "pdf.signed"])";

TEST(Formats, TellWhatAPdfSaysOfItself) {
  const Catalog of_pdf = catalog(R"({"attachments": true, "date": ["pdf-created", "date"]})", kPdfFields);
  const auto input = [&](const std::string& pdf) {
    const auto set = read(of_pdf, bundle({{"application/pdf", pdf}}));
    return set.find("paper")->value + " " + set.find("paper")->note;
  };
  EXPECT_EQ(input(cases::text_pdf("x")),
            R"([{"date":"2026-01-10","readable":true,"pdf":{"encrypted":false,"damaged":false,"pages":1,)"
            R"("created":"2026-01-10","modified":"2026-01-12","signed":false}}] )");
  EXPECT_EQ(input(cases::encrypted(cases::text_pdf("x"), "secret")),
            R"([{"readable":false,"pdf":{"encrypted":true,"damaged":false}}] )"
            "Bundle.entry[1].resource.content[0].attachment.data: the PDF opens only with a password");
  EXPECT_EQ(input("%PDF-1.7 and no more"), R"([{"readable":false,"pdf":{"damaged":true}}] )"
                                           "Bundle.entry[1].resource.content[0].attachment.data: the PDF is damaged");
  EXPECT_EQ(read(of_pdf, bundle({{"text/plain", "x"}})).find("paper")->value, R"([{"readable":true}])")
      << "what is no PDF has nothing of one";
  EXPECT_THAT(read(of_pdf, bundle({{"application/pdf", cases::text_pdf("x")}})).find("paper")->sources,
              testing::Contains("Bundle.entry[1].resource.content[0].attachment.data"));
}

TEST(Formats, TakeADateFromAPdf) {
  const Catalog modified = catalog(R"({"attachments": true, "date": ["pdf-modified", "pdf-created"]})", R"(["date"])");
  EXPECT_EQ(read(modified, bundle({{"application/pdf", cases::text_pdf("x")}})).find("paper")->value,
            R"([{"date":"2026-01-12"}])");
  EXPECT_EQ(read(modified, bundle({{"text/plain", "x"}})).find("paper")->value, "[{}]");
}

constexpr const char* kAsking = R"x({"attachments": true, "date": [],
    "text": {"names-the-pump": "lower().contains('infusion pump')", "is-dated": "matches('[0-9]{4}-[0-9]{2}')"}})x";
constexpr const char* kTextFields = R"(["text.names-the-pump", "text.is-dated"])";

TEST(Formats, AnswerQuestionsToTheText) {
  const Catalog asking = catalog(kAsking, kTextFields);
  const auto answer = [&](const std::vector<Attachment>& attachments, const inputs::DocumentTools& tools = {}) {
    return read(asking, bundle(attachments), tools).find("paper")->value;
  };
  EXPECT_EQ(answer({{"text/plain", "An Infusion\n  Pump, 2026-01"}}),
            R"([{"text":{"names-the-pump":true,"is-dated":true}}])")
      << "wherever lines are broken";
  EXPECT_EQ(answer({{"text/plain", "A wheelchair"}}), R"([{"text":{"names-the-pump":false,"is-dated":false}}])");
  EXPECT_EQ(answer({{"text/plain", "infusion"}, {"text/plain", "pump"}}),
            R"([{"text":{"names-the-pump":true,"is-dated":false}}])")
      << "of all attachments";
  const FakeExtractor extractor(std::string("Infusion pump\n"));
  EXPECT_EQ(answer({{"application/pdf", cases::text_pdf("x")}}, {.text = &extractor}),
            R"([{"text":{"names-the-pump":true,"is-dated":false}}])");
  EXPECT_EQ(extractor.calls, 1);
}

TEST(Formats, DoNotKnowTheAnswerWhereTheTextCannotBeHad) {
  const Catalog asking = catalog(kAsking, kTextFields);
  const auto note = [&](const Attachment& attachment, const inputs::TextExtractor* extractor = nullptr) {
    const auto set = read(asking, bundle({{"text/plain", "infusion pump"}, attachment}), {.text = extractor});
    EXPECT_EQ(set.find("paper")->value, "[{}]");
    return set.find("paper")->note;
  };
  const std::string pdf = cases::text_pdf("x");
  EXPECT_EQ(note({"application/pdf", pdf}), "a PDF's text cannot be read: no pdftotext is configured");
  const FakeExtractor slow(base::Error{base::ErrorCode::kTimeout, "pdftotext took more than 5000 ms"});
  EXPECT_EQ(note({"application/pdf", pdf}, &slow), "a PDF's text cannot be read: pdftotext took more than 5000 ms");
  const FakeExtractor odd(std::string("\xFF"));
  EXPECT_EQ(note({"application/pdf", pdf}, &odd), "a PDF's text cannot be read: it is not UTF-8");
  EXPECT_EQ(note({"text/plain", "\xFF"}), "the text is not UTF-8");
  EXPECT_EQ(note({"image/gif", "GIF89a"}), "text is read of plain text and PDFs only");
}

TEST(Formats, ReadNoTextThatNobodyAsksFor) {
  const FakeExtractor extractor(std::string("Infusion pump"));
  const Catalog silent = catalog(kAsking, R"(["date"])");
  EXPECT_EQ(
      read(silent, bundle({{"application/pdf", cases::text_pdf("x")}}), {.text = &extractor}).find("paper")->value,
      "[{}]");
  EXPECT_EQ(extractor.calls, 0);
}

TEST(Formats, GiveTheMedicationsOfACcda) {
  const Catalog any = catalog(R"({"attachments": true, "date": []})", R"(["date"])");
  const auto drug = [&](const std::string& status) {
    return read(any, bundle({{"application/hl7-cda+xml",
                              "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><substanceAdministration>"
                              "<templateId root=\"2.16.840.1.113883.10.20.22.4.16\"/><statusCode code=\"" +
                                  status +
                                  "\"/><consumable><manufacturedProduct><manufacturedMaterial><code code=\"3131\" "
                                  "codeSystem=\"2.16.840.1.113883.6.88\"/></manufacturedMaterial></manufacturedProduct>"
                                  "</consumable></substanceAdministration></ClinicalDocument>"}}))
        .find("drug")
        ->value;
  };
  EXPECT_EQ(drug("active"), R"([{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"3131"}])");
  EXPECT_EQ(drug("completed"), "");
}

// A DocumentReference with a Provenance: signed truly, falsely, by a picture, or not at all.
class Signing : public testing::Test {
 protected:
  Signing() {
    certificate_ = cases::certify({.name = "Ada", .is_authority = true}, key_.get(), nullptr, nullptr);
    const std::vector<inputs::TrustStore::PemFile> files{{"ada.pem", cases::to_pem(certificate_.get())}};
    store_.emplace(inputs::TrustStore::load(files).value());
  }

  static std::string provenance(const std::string& format, const std::string& data,
                                const std::string& type = "1.2.840.10065.1.12.1.1") {
    return R"(,{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Provenance","target":[{"reference":"urn:uuid:d"}],
      "signature":[{"type":[{"system":"urn:iso-astm:E1762-95:2013","code":")" +
           type + R"("}],"when":"2026-03-01T10:00:00Z","sigFormat":")" + format + "\"" +
           (data.empty() ? "" : ",\"data\":\"" + base::encode_base64(data) + "\"") + "}]}}";
  }

  // Of the resource of `bundle()`, or of another.
  std::string jws(const std::string& resource = "") const {
    const auto document = json::Document::parse(bundle({{"text/plain", "x"}})).value();
    const auto other = json::Document::parse(resource.empty() ? "{}" : resource).value();
    const json::Node target = resource.empty() ? document.root()["entry"].at(1)["resource"] : other.root();
    const std::string head =
        cases::base64url("{\"alg\":\"ES256\",\"x5c\":[\"" + cases::to_der_base64(certificate_.get()) + "\"]}");
    const std::string payload =
        cases::base64url(inputs::canonical_json(target, inputs::Canonicalization::kWhole, inputs::Numbers::kAsWritten));
    return head + ".." + cases::sign(head + "." + payload, key_.get(), "SHA256");
  }

  inputs::Input paper(const std::string& signed_ways, const std::string& provenances, bool with_store = true) const {
    const Catalog asking = catalog(R"({"attachments": true, "date": [], "signed": )" + signed_ways + "}",
                                   R"(["signed", "signature.verified"])");
    return *read(asking, bundle({{"text/plain", "x"}}, provenances), {.trust = with_store ? &*store_ : nullptr})
                .find("paper");
  }

  cases::Key key_ = cases::make_key("P-256");
  cases::Certificate certificate_;
  std::optional<inputs::TrustStore> store_;
};

TEST_F(Signing, ThatIsVerifiedCountsAndIsTold) {
  const std::string truly = provenance("application/jose", jws());
  for (const char* ways : {R"(["provenance"])", R"(["verified-provenance"])"}) {
    const inputs::Input input = paper(ways, truly);
    EXPECT_EQ(input.value, R"([{"signed":true,"signature":{"verified":true}}])") << input.note;
    EXPECT_THAT(input.sources, testing::Contains("Bundle.entry[2].resource.signature[0]"));
    EXPECT_EQ(input.note, "");
  }
}

TEST_F(Signing, ThatIsFalseDoesNotCount) {
  const std::string falsely = provenance("application/jose", jws("{\"resourceType\":\"DocumentReference\"}"));
  for (const char* ways : {R"(["provenance"])", R"(["verified-provenance"])"}) {
    const inputs::Input input = paper(ways, falsely);
    EXPECT_EQ(input.value, R"([{"signed":false,"signature":{"verified":false}}])");
    EXPECT_EQ(input.note,
              "Bundle.entry[2].resource.signature[0] is not verified: the signature does not fit the resource");
  }
  const inputs::Input both = paper(R"(["verified-provenance"])", falsely + provenance("application/jose", jws()));
  EXPECT_EQ(both.value, R"([{"signed":true,"signature":{"verified":true}}])") << "one that is true is enough";
}

TEST_F(Signing, ThatCannotBeVerifiedCountsOnlyWhereNoProofIsAskedFor) {
  const std::string picture = provenance("image/png", "a picture");
  EXPECT_EQ(paper(R"(["provenance"])", picture).value, R"([{"signed":true}])");
  const inputs::Input asked = paper(R"(["verified-provenance"])", picture);
  EXPECT_EQ(asked.value, "[{}]") << "not known";
  EXPECT_THAT(asked.note, HasSubstr("it is not a JWS"));
  EXPECT_EQ(paper(R"(["verified-provenance"])", "").value, R"([{"signed":false}])") << "nobody says it is signed";
  EXPECT_EQ(paper(R"(["provenance"])", provenance("application/jose", jws(), "1.2.840.10065.1.12.1.14")).value,
            R"([{"signed":false}])")
      << "a type of signature that does not count";
}

TEST_F(Signing, WithoutATrustStoreIsAsItIsSaid) {
  const std::string falsely = provenance("application/jose", jws("{}"));
  EXPECT_EQ(paper(R"(["provenance"])", falsely, false).value, R"([{"signed":true}])");
  const inputs::Input asked = paper(R"(["verified-provenance"])", falsely, false);
  EXPECT_EQ(asked.value, "[{}]");
  EXPECT_THAT(asked.note, HasSubstr("no trust store is configured"));
}

}  // namespace
}  // namespace pas
