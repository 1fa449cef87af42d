#include "fhir/json/bundle_index.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

constexpr const char* kBundle = R"({
  "resourceType": "Bundle",
  "link": [{"relation": "self"}],
  "entry": [
    {"fullUrl": "https://ehr.example/fhir/Claim/1", "resource": {"resourceType": "Claim", "id": "1",
      "patient": {"reference": "Patient/1"}, "insurer": {"reference": "urn:uuid:aa"},
      "provider": {"reference": "https://ehr.example/fhir/Organization/2/_history/7"},
      "enterer": {"reference": "#p"}, "payee": {"party": {"reference": "Organization/none"}},
      "contained": [{"resourceType": "Practitioner", "id": "p", "link": {"reference": "#"},
                     "org": {"reference": "Organization/2"}}]}},
    {"fullUrl": "https://other.example/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1", "n": 1}},
    {"fullUrl": "https://ehr.example/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1", "n": 2}},
    {"fullUrl": "urn:uuid:aa", "resource": {"resourceType": "Organization", "id": "9",
      "see": {"reference": "Patient/1"}}},
    {"fullUrl": "https://ehr.example/fhir/Organization/2", "resource": {"resourceType": "Organization", "id": "2"}},
    {"fullUrl": "urn:uuid:bb"}
  ]})";

class BundleIndexTest : public testing::Test {
 protected:
  json::Document document_ = json::Document::parse(kBundle).value();
  json::BundleIndex index_{document_.root()};
  json::Node claim_ = index_.entries().at(0).resource;
};

TEST_F(BundleIndexTest, ResolvesEveryFormOfReference) {
  EXPECT_EQ(index_.resolve(claim_["patient"])["n"].text(), "2") << "relative: the referring entry's base first";
  EXPECT_EQ(index_.resolve(claim_["insurer"])["id"].text(), "9") << "urn:uuid";
  EXPECT_EQ(index_.resolve(claim_["provider"])["id"].text(), "2") << "absolute, with a version";
  EXPECT_EQ(index_.resolve(claim_["enterer"])["resourceType"].text(), "Practitioner") << "fragment";
  EXPECT_EQ(index_.resolve(claim_["contained"].at(0)["link"]), claim_) << "the container";
  EXPECT_EQ(index_.resolve(claim_["contained"].at(0)["org"])["id"].text(), "2") << "from a contained resource";
  EXPECT_EQ(index_.resolve(index_.entries()[3].resource["see"])["n"].text(), "1") << "no base: the first of that name";
}

TEST_F(BundleIndexTest, AnswersAbsentForTheRest) {
  EXPECT_FALSE(index_.resolve(claim_["payee"]["party"]));
  EXPECT_FALSE(index_.resolve("https://elsewhere.example/Patient/1", claim_));
  EXPECT_FALSE(index_.resolve("urn:uuid:cc", claim_));
  EXPECT_FALSE(index_.resolve("#nobody", claim_));
  EXPECT_FALSE(index_.resolve("", claim_));
  EXPECT_FALSE(index_.resolve(json::Node{}));
}

TEST_F(BundleIndexTest, KnowsTheEntryOfANode) {
  EXPECT_EQ(index_.entry_of(claim_["patient"]["reference"]), index_.entries().data());
  EXPECT_EQ(index_.entry_of(document_.root()["link"].at(0)), nullptr);
  EXPECT_EQ(index_.entry_of(document_.root()), nullptr);
  EXPECT_EQ(json::BundleIndex::resource_of(claim_["contained"].at(0)["link"])["id"].text(), "p");
}

TEST(BundleIndex, TakesASingleResource) {
  const auto document = json::Document::parse(R"({"resourceType":"Patient","id":"1"})").value();
  const json::BundleIndex index(document.root());
  EXPECT_EQ(index.resolve("Patient/1", document.root()), document.root());
}

}  // namespace
}  // namespace pas
