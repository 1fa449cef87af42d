// Every input source of the policy page, §1, by the cases of tests/cases/inputs.

#include "mappings/inputs/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/mappings/inputs/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using testing::HasSubstr;

std::vector<std::string> sources_of(json::Node list) {
  std::vector<std::string> texts;
  for (const json::Node node : list) texts.emplace_back(node.text());
  return texts;
}

void expect_input(const inputs::Input& input, json::Node expected) {
  if (!expected.is_object()) {
    EXPECT_EQ(to_string(input.state), "known") << input.name << ": " << input.note;
    EXPECT_EQ(input.value, expected.to_json()) << input.name;
    return;
  }
  const json::Node state = expected["state"];
  EXPECT_EQ(to_string(input.state), state ? state.text() : "known") << input.name << ": " << input.note;
  if (expected["value"]) {
    EXPECT_EQ(input.value, expected["value"].to_json()) << input.name;
  }
  if (expected["sources"]) {
    EXPECT_EQ(input.sources, sources_of(expected["sources"])) << input.name;
  }
  if (expected["note"]) {
    EXPECT_THAT(input.note, HasSubstr(std::string(expected["note"].text()))) << input.name;
  }
  if (input.state != inputs::State::kKnown) {
    EXPECT_EQ(input.value, "") << input.name;
  }
}

void expect_outcome(const cases::Outcome& outcome, json::Node variant) {
  for (const json::Node expected : variant["expect"]) {
    const inputs::Input* input = outcome.find(expected.key());
    ASSERT_NE(input, nullptr) << expected.key();
    expect_input(*input, expected);
  }
  ASSERT_EQ(outcome.damaged.size(), variant["damaged"].size()) << testing::PrintToString(outcome.damaged);
  for (std::size_t i = 0; i < outcome.damaged.size(); ++i) {
    EXPECT_THAT(outcome.damaged[i], HasSubstr(std::string(variant["damaged"].at(i).text())));
  }
  if (variant["decoded"]) {
    EXPECT_EQ(std::to_string(outcome.decoded), variant["decoded"].text());
  }
  if (variant["json"]) {
    EXPECT_EQ(outcome.json, variant["json"].to_json());
  }
}

// Sources found by scanning the bundle may change places; all else must not.
void expect_same(const cases::Outcome& one, cases::Outcome other) {
  ASSERT_EQ(one.inputs.size(), other.inputs.size());
  for (std::size_t i = 0; i < one.inputs.size(); ++i) {
    EXPECT_EQ(one.inputs[i].state, other.inputs[i].state) << one.inputs[i].name;
    EXPECT_EQ(one.inputs[i].value, other.inputs[i].value) << one.inputs[i].name;
    EXPECT_EQ(one.inputs[i].note, other.inputs[i].note) << one.inputs[i].name;
    EXPECT_THAT(other.inputs[i].sources, testing::UnorderedElementsAreArray(one.inputs[i].sources));
  }
  EXPECT_EQ(one.damaged, other.damaged);
}

class InputCase : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(InputCase, GivesTheInputs) {
  const auto document = json::Document::parse(support::read_file(GetParam()));
  ASSERT_TRUE(document) << document.error().message << " at byte " << document.error().offset;
  const json::Node test_case = document->root();
  ASSERT_GT(test_case["variants"].size(), 0U);
  for (const json::Node variant : test_case["variants"]) {
    SCOPED_TRACE(std::string(variant["about"].text()));
    ASSERT_TRUE(variant["expect"]);
    const cases::Outcome outcome = cases::run(test_case, variant, false);
    expect_outcome(outcome, variant);
    expect_same(outcome, cases::run(test_case, variant, true));
  }
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Inputs, InputCase,
                         testing::ValuesIn(support::files_below(support::repo_path("tests/cases/inputs/extract"),
                                                                ".json")),
                         name_of);

// "inputs[0].sources[1]" of every source, and the lists of the document kinds in the same way.
std::vector<std::string> removable_sources(std::string_view payer) {
  const auto file = support::repo_path("mappings/policies/" + std::string(payer) + "/inputs.json");
  const auto document = json::Document::parse(support::read_file(file)).value();
  std::vector<std::string> paths;
  const auto add_elements = [&paths](const std::string& path, json::Node list) {
    for (std::size_t i = 0; i < list.size(); ++i) paths.push_back(path + "[" + std::to_string(i) + "]");
  };
  std::size_t number = 0;
  for (const json::Node input : document.root()["inputs"]) {
    add_elements("inputs[" + std::to_string(number++) + "].sources", input["sources"]);
  }
  for (const json::Node kind : document.root()["documentKinds"]) {
    for (const json::Node list : kind) {
      add_elements("documentKinds." + std::string(kind.key()) + "." + std::string(list.key()), list);
    }
  }
  return paths;
}

// Whether any case gives other inputs with `catalog` than with the whole one.
bool cases_tell_apart(std::string_view payer, const inputs::Catalog& catalog) {
  for (const auto& file : support::files_below(support::repo_path("tests/cases/inputs/extract"), ".json")) {
    const auto document = json::Document::parse(support::read_file(file)).value();
    if (cases::payer_of(document.root()) != payer) continue;
    for (const json::Node variant : document.root()["variants"]) {
      const auto whole = cases::run(document.root(), variant, false);
      const auto lacking = cases::run(document.root(), variant, false, catalog);
      for (std::size_t i = 0; i < whole.inputs.size(); ++i) {
        if (whole.inputs[i].value != lacking.inputs[i].value || whole.inputs[i].state != lacking.inputs[i].state ||
            whole.inputs[i].sources != lacking.inputs[i].sources) {
          return true;
        }
      }
    }
  }
  return false;
}

class InputCases : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Shipped, InputCases, testing::Values(cases::kHusky, "tidewater"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(InputCases, SeeEverySourceOfTheCatalog) {
  std::size_t left_out = 0;
  for (const std::string& path : removable_sources(GetParam())) {
    const auto catalog = cases::catalog_without(GetParam(), path);
    if (!catalog) continue;  // an input's only source
    ++left_out;
    EXPECT_TRUE(cases_tell_apart(GetParam(), *catalog)) << "no case needs " << path;
  }
  EXPECT_GT(left_out, 10U);
}

TEST(Extract, AnAbsentSubjectMakesEveryInputUnknownOrEmpty) {
  const json::BundleIndex index{json::Node{}};
  const inputs::Subject subject{index, {}, {}, {}, {}, base::parse_date("2026-03-10").value()};
  const inputs::InputSet set = inputs::extract(subject, cases::catalog_of(cases::kHusky), {});
  EXPECT_EQ(set.to_json(), R"({"device":{"rental":{"firstMonth":1}},"prescription":[],"clinicalDocument":[]})");
}

TEST(Extract, DecodesSharedDocumentsOnce) {
  const auto document = json::Document::parse(R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":
      {"resourceType":"Claim","id":"c","supportingInfo":[{"valueReference":{"reference":"urn:uuid:2"}}],
       "item":[{"sequence":1},{"sequence":2}]}},{"fullUrl":"urn:uuid:2","resource":{"resourceType":"DocumentReference",
       "status":"current","type":{"coding":[{"system":"http://loinc.org","code":"11506-3"}]},
       "content":[{"attachment":{"contentType":"text/plain","data":"VGV4dA=="}}]}}]})")
                            .value();
  const json::BundleIndex index(document.root());
  inputs::Documents documents(index);
  inputs::Environment environment;
  environment.documents = &documents;
  const json::Node claim = index.entries()[0].resource;
  for (const json::Node item : claim["item"]) {
    const inputs::Subject subject{index, claim, item, {}, {}, base::parse_date("2026-03-10").value()};
    const inputs::InputSet set = inputs::extract(subject, cases::catalog_of(cases::kHusky), environment);
    EXPECT_EQ(set.find("clinicalDocument")->value, R"([{"type":"11506-3","source":"Bundle.entry[1].resource"}])");
    EXPECT_THAT(set.find("clinicalDocument")->sources, testing::ElementsAre("Bundle.entry[1].resource"));
  }
  EXPECT_EQ(documents.decoded(), 1U);
}

}  // namespace
}  // namespace pas
