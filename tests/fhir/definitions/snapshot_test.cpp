#include "fhir/definitions/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/definitions/builtin.h"
#include "fhir/json/writer.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using definitions::ElementDraft;
using definitions::StructureDraft;

json::Document parse(std::string text) {
  return json::Document::parse(std::move(text)).value();
}

definitions::Package package_of(std::vector<std::string> texts) {
  std::vector<json::Document> documents;
  for (std::string& text : texts) documents.push_back(parse(std::move(text)));
  return definitions::loose_package({"test", "1.0.0"}, std::move(documents));
}

// Without their snapshots, so that it is made anew.
json::Document without_snapshot(json::Node definition) {
  json::Writer writer;
  writer.begin_object();
  for (const json::Node member : definition) {
    if (member.key() != "snapshot") writer.member(member.key(), member);
  }
  writer.end_object();
  return parse(std::move(writer).take());
}

const ElementDraft* find(const StructureDraft& draft, std::string_view id) {
  const auto found = std::ranges::find(draft.elements, id, &ElementDraft::id);
  return found == draft.elements.end() ? nullptr : &*found;
}

// The value set without its version and address: the publisher moves those of HL7's own to newer editions.
std::string binding_of(const ElementDraft& element) {
  if (!element.binding || element.binding->strength == definitions::BindingStrength::kExample) return {};
  const std::string& url = element.binding->value_set;
  const std::string bare = url.substr(0, url.find('|'));
  return bare.substr(bare.rfind('/') + 1) + std::to_string(static_cast<int>(element.binding->strength));
}

// The guides' own snapshots, made by HL7's publisher, are what ours must say: the same elements with the same facts.
void expect_same(const StructureDraft& ours, const StructureDraft& theirs) {
  for (const ElementDraft& wanted : theirs.elements) {
    const ElementDraft* made = find(ours, wanted.id);
    if (made == nullptr || made->id == made->path.substr(0, made->path.find('.'))) continue;  // not unfolded; the root
    EXPECT_EQ(made->min, wanted.min) << theirs.url << " " << wanted.id;
    EXPECT_EQ(made->max, wanted.max) << theirs.url << " " << wanted.id;
    EXPECT_EQ(made->repeats, wanted.repeats) << theirs.url << " " << wanted.id;
    // The url in an extension that a package defines which is not here cannot be known.
    const bool is_foreign = wanted.fixed && wanted.fixed->json.find("hl7.org/fhir/5.0/") != std::string::npos;
    EXPECT_TRUE(is_foreign || made->fixed.has_value() == wanted.fixed.has_value()) << theirs.url << " " << wanted.id;
    EXPECT_EQ(made->pattern.has_value(), wanted.pattern.has_value()) << theirs.url << " " << wanted.id;
    EXPECT_TRUE(made->slicing || !wanted.slicing) << theirs.url << " " << wanted.id;
    EXPECT_EQ(binding_of(*made), binding_of(wanted)) << theirs.url << " " << wanted.id;
  }
}

TEST(Snapshot, AgreesWithTheGuidesOwn) {
  PAS_SHARED_OR_SKIP(file, "conformance/packages/hl7.fhir.us.davinci-pas-2.2.1.tgz");
  const auto known = definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value();
  const auto package = definitions::read_package(file).value();
  std::size_t compared = 0;
  for (const json::Document& document : package.structures) {
    const json::Document bare = without_snapshot(document.root());
    const definitions::Package nothing;
    definitions::SnapshotMaker maker(nothing, known.get());
    const auto ours = maker.complete(bare.root());
    const std::string url(document.root()["url"].text());
    if (url.ends_with("/profile-subscription")) {  // its base is in subscriptions-backport, which is not here
      EXPECT_FALSE(ours);
      continue;
    }
    ASSERT_TRUE(ours) << ours.error().message;
    expect_same(*ours, definitions::read_structure(document.root()));
    ++compared;
  }
  EXPECT_GT(compared, 70U);
}

TEST(Snapshot, TakesAChoiceByTheNameOfItsType) {
  const auto known = definitions::builtin_definitions({}).value();
  const auto package = package_of({R"({"resourceType":"StructureDefinition","url":"http://example.org/p",
    "kind":"resource","type":"Observation","derivation":"constraint",
    "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
      {"id":"Observation","path":"Observation"},
      {"id":"Observation.valueQuantity","path":"Observation.valueQuantity","min":1},
      {"id":"Observation.valueQuantity.code","path":"Observation.valueQuantity.code","min":1}]}})"});
  definitions::SnapshotMaker maker(package, known.get());
  const auto made = maker.complete(package.structures[0].root());
  ASSERT_TRUE(made) << made.error().message;
  const ElementDraft* slice = find(*made, "Observation.value[x]:valueQuantity");
  ASSERT_NE(slice, nullptr);
  EXPECT_EQ(slice->min, 1U);
  ASSERT_EQ(slice->types->size(), 1U);
  EXPECT_EQ(slice->types->front().code, "Quantity");
  const ElementDraft* code = find(*made, "Observation.value[x]:valueQuantity.code");
  ASSERT_NE(code, nullptr);
  EXPECT_EQ(code->min, 1U);
}

TEST(Snapshot, RefusesAProfileBuiltOnItselfOrOnNothing) {
  const std::string start =
      R"({"resourceType":"StructureDefinition","kind":"resource","type":"Patient",)"
      R"("derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"}]},)";
  const auto package =
      package_of({start + R"("url":"http://example.org/a","baseDefinition":"http://example.org/b"})",
                  start + R"("url":"http://example.org/b","baseDefinition":"http://example.org/a"})",
                  start + R"("url":"http://example.org/c","baseDefinition":"http://example.org/no"})"});
  definitions::SnapshotMaker maker(package, nullptr);
  for (const json::Document& document : package.structures) EXPECT_FALSE(maker.complete(document.root()));
}

}  // namespace
}  // namespace pas
