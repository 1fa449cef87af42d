// The published schemas (docs/schema) say what the loader says: what loads conforms, names that it refuses do not, and
// every property that a schema knows is one that loads.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mappings/policy/x12.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/mappings/policy/json_schema.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::JsonSchema;
using support::PolicyCopy;
using support::read_json;
using support::repo_path;
using testing::IsEmpty;

json::Document schema_of(const std::string& kind) {
  return read_json(repo_path("docs/schema/" + kind + ".schema.json"));
}

std::vector<std::filesystem::path> files_of(const std::string& kind) {
  std::vector<std::filesystem::path> found;
  for (const char* folder : {"mappings/policies", "tests/cases/policies/small"}) {
    for (const auto& path : support::files_below(repo_path(folder), ".json")) {
      const std::string name = path.stem().string();
      if (kind == "policy" ? name.starts_with("policy") : name == kind) found.push_back(path);
    }
  }
  return found;
}

// Every form of a condition, each in words too, and what else the shipped files have no use for.
void use_every_form(const PolicyCopy& copy) {
  copy.edit("clinic/policy.json", R"("recommendation": "not certified"})",
            R"("recommendation": "not certified", "notes": [{"text": "?", "when": {"means": "0", "all": [
                {"conflict": "service.code", "means": "1"}, {"unknown": "setting", "means": "2"},
                {"inForce": true, "means": "3"}, {"adverseDeterminations": "clinician", "means": "4"},
                {"always": true, "means": "5"}, {"criterion": "LOW", "is": "unknown", "means": "6"},
                {"not": "answers.smoker", "means": "7"}, {"any": ["answers.smoker"], "means": "8"},
                {"atLeast": 1, "of": ["answers.smoker"], "means": "9"},
                {"some": "report", "means": "10", "all": [
                  {"all": ["signed"], "means": "11"}, {"any": ["signed"], "means": "12"}, {"not": "signed", "means": "13"},
                  {"atLeast": 1, "of": ["signed"], "means": "14"}, {"that": "signed", "means": "15"}]}]}}]})");
  copy.edit("clinic/inputs.json", R"({"date": ["date"]})", R"({"date": ["pdf-created", "date"], "attachments": true,
      "signed": ["verified-provenance"], "text": {"is-long": "length() > 100"}})");
  copy.edit("clinic/inputs.json", R"("fields": ["date", "signed", "prescriber.type"])",
            R"("fields": ["pdf.pages", "date", "readable", "text.is-long", "signature.verified", "signed",
                "prescriber.type", "pdf.damaged"])");
  copy.edit("clinic/value-sets.json", R"({"H1": "heart failure"})", R"({"H1": "heart failure"}, "source": "none")");
}

class Schema : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Published, Schema, testing::Values("policy", "payer", "inputs", "value-sets"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(Schema, AgreesWithEveryFileThatLoads) {
  const json::Document document = schema_of(GetParam());
  JsonSchema schema(document.root());
  for (const auto& path : files_of(GetParam())) {
    EXPECT_EQ(schema.fault(read_json(path).root()), "") << path;
  }
  const PolicyCopy copy(repo_path("tests/cases/policies/small"));
  use_every_form(copy);
  ASSERT_NE(support::load_policies(copy.directory()), nullptr);
  EXPECT_EQ(schema.fault(read_json(copy.directory() / "clinic" / (GetParam() + ".json")).root()), "");
  EXPECT_THAT(schema.unused_properties(), IsEmpty()) << "the schema knows what no file that loads has";
}

TEST(Schemas, RefuseTheNamesAndFormsThatTheLoaderRefuses) {
  const json::Document policy_schema = schema_of("policy");
  JsonSchema schema(policy_schema.root());
  const std::string whole = support::read_file(repo_path("tests/cases/policies/small/clinic/policy.json"));
  std::size_t refused = 0;
  const json::Document broken = read_json(repo_path("tests/cases/policies/broken/structure.json"));
  for (const json::Node each : broken.root()["cases"]) {
    if (each["file"] || !each["find"]) continue;
    const std::string_view message = each["message"].text();
    const auto says = [message](std::string_view part) { return message.find(part) != std::string_view::npos; };
    if (!says("has no member") && !says("is missing") && !says("needs one of") && !says("must not be empty")) continue;
    std::string text = whole;
    const std::string find(each["find"].text());
    text.replace(text.find(find), find.size(), each["replace"].text());
    const auto document = json::Document::parse(text);
    if (!document) continue;
    ++refused;
    EXPECT_NE(schema.fault(document->root()), "") << each["name"].text();
  }
  EXPECT_GE(refused, 10U);
}

TEST(Schemas, NameTheX12CodesThatTheLoaderKnows) {
  const json::Document document = schema_of("policy");
  const json::Node definitions = document.root()["$defs"];
  const auto check = [](json::Node listed, std::span<const policy::x12::Code> known) {
    ASSERT_EQ(listed["enum"].size(), known.size());
    for (std::size_t i = 0; i < known.size(); ++i) EXPECT_EQ(listed["enum"].at(i).text(), known[i].code);
  };
  check(definitions["row"]["properties"]["action"], policy::x12::actions());
  check(definitions["row"]["properties"]["reason"], policy::x12::reasons());
  check(definitions["document"]["properties"]["reportType"], policy::x12::report_types());
}

TEST(Schemas, CasesConform) {
  const json::Document document = schema_of("cases");
  JsonSchema schema(document.root());
  for (const char* payer : {"husky", "tidewater"}) {
    for (const auto& path : support::files_below(repo_path(std::string("tests/cases/policies/") + payer), ".json")) {
      if (path.filename() == "situations.json") continue;
      EXPECT_EQ(schema.fault(read_json(path).root()), "") << path;
    }
  }
  EXPECT_EQ(schema.unused_properties(), std::set<std::string>{"/payer"}) << "the folder names it";
}

}  // namespace
}  // namespace pas
