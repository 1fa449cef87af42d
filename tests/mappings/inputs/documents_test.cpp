#include "mappings/inputs/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/base/base64.h"
#include "mappings/inputs/attachment.h"
#include "tests/mappings/inputs/tree.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using testing::HasSubstr;

json::Document read_cases(const std::string& name) {
  return json::Document::parse(support::read_file(support::repo_path("tests/cases/inputs/files/" + name))).value();
}

// "urn:oid:1.2|X urn:oid:3.4|Y: current"
std::vector<std::string> texts_of(const std::vector<inputs::CcdaEntry>& entries) {
  std::vector<std::string> texts;
  for (const inputs::CcdaEntry& entry : entries) {
    std::string text;
    for (const inputs::CcdaCode& code : entry.codes) text += (text.empty() ? "" : " ") + code.system + "|" + code.code;
    const bool current = inputs::is_current(entry, base::parse_date("2026-03-10").value());
    texts.push_back(text + (current ? ": current" : ": over"));
  }
  return texts;
}

std::vector<std::string> texts_of(json::Node list) {
  std::vector<std::string> texts;
  for (const json::Node node : list) texts.emplace_back(node.text());
  return texts;
}

TEST(Ccda, ReadsTheHeaderAndTheCodedEntries) {
  const auto document = read_cases("ccda.json");
  for (const json::Node variant : document.root()["documents"]) {
    SCOPED_TRACE(std::string(variant["about"].text()));
    const auto read = inputs::read_ccda(variant["xml"].text());
    if (variant["error"]) {
      ASSERT_FALSE(read);
      EXPECT_THAT(read.error().message, HasSubstr(std::string(variant["error"].text())));
      continue;
    }
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->has_value(), !variant["other"].is_true());
    if (!read->has_value()) continue;
    const inputs::Ccda& ccda = **read;
    EXPECT_EQ(ccda.effective ? base::to_string(*ccda.effective) : "", variant["effective"].text());
    EXPECT_EQ(ccda.signed_, variant["signed"].is_true());
    EXPECT_EQ(ccda.authenticator_npi, variant["authenticator"].text());
    EXPECT_EQ(ccda.author_npi, variant["author"].text());
    EXPECT_EQ(texts_of(ccda.problems), texts_of(variant["problems"]));
    EXPECT_EQ(texts_of(ccda.medications), texts_of(variant["medications"]));
  }
}

TEST(Ccda, RefusesWhatIsOverALimit) {
  const std::string xml = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><a/><a/></ClinicalDocument>";
  EXPECT_TRUE(inputs::read_ccda(xml, {.bytes = xml.size(), .marks = 5}));
  EXPECT_EQ(inputs::read_ccda(xml, {.bytes = xml.size() - 1, .marks = 5}).error().code, base::ErrorCode::kTooLarge);
  EXPECT_EQ(inputs::read_ccda(xml, {.bytes = xml.size(), .marks = 4}).error().code, base::ErrorCode::kTooLarge);
}

TEST(Ccda, ReadsElementsHoweverDeepTheyStand) {
  constexpr std::size_t kDepth = 300'000;
  std::string xml = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">";
  for (std::size_t i = 0; i < kDepth; ++i) xml += "<a>";
  xml += "<observation><templateId root=\"2.16.840.1.113883.10.20.22.4.4\"/><value code=\"1\" codeSystem=\"2\"/>";
  xml += "</observation>";
  for (std::size_t i = 0; i < kDepth; ++i) xml += "</a>";
  const auto read = inputs::read_ccda(xml + "</ClinicalDocument>");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->problems.size(), 1U);
}

TEST(Attachment, IsComparedWithWhatIsSaidOfIt) {
  const auto document = read_cases("attachments.json");
  for (const json::Node variant : document.root()["attachments"]) {
    SCOPED_TRACE(std::string(variant["about"].text()));
    cases::Tree tree(variant["attachment"]);
    tree.expand();
    const auto attachment = json::Document::parse(tree.to_json()).value();
    const std::string bytes =
        variant["bytes"] ? base::decode_base64(variant["bytes"].text()).value() : std::string(variant["text"].text());
    const auto found = inputs::find_disagreement(attachment.root(), bytes);
    ASSERT_EQ(found.has_value(), static_cast<bool>(variant["member"])) << (found ? found->message : "");
    if (!found) continue;
    EXPECT_EQ(found->member, variant["member"].text());
    EXPECT_THAT(found->message, HasSubstr(std::string(variant["message"].text())));
  }
}

TEST(Documents, AreDecodedOnceAndOnlyWhenAsked) {
  const auto document = json::Document::parse(R"({"resourceType":"DocumentReference","content":[
      {"attachment":{"data":"VGV4dA=="}},{"attachment":{"data":"TW9yZQ=="}}]})")
                            .value();
  const json::BundleIndex index(document.root());
  inputs::Documents documents(index);
  EXPECT_EQ(documents.decoded(), 0U);
  EXPECT_FALSE(documents.read(document.root()).damage);
  EXPECT_FALSE(documents.read(document.root()).damage);
  EXPECT_EQ(documents.decoded(), 2U);
}

}  // namespace
}  // namespace pas
