// The official HL7 FHIRPath suite for R4, case by case, with its type, value and order.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using fhirpath::Item;

json::Document parse(const std::filesystem::path& path) {
  auto document = json::Document::parse(support::read_file(path));
  EXPECT_TRUE(document) << path;
  return std::move(*document);
}

// A System type under the name of the FHIR type that the suite has for it.
std::string type_of(const Item& item, const fhirpath::Model& model) {
  std::string name(item.type_name(&model));
  if (item.kind() != fhirpath::Kind::kNode && name != "Quantity") name[0] = static_cast<char>(std::tolower(name[0]));
  return name;
}

std::string value_of(const Item& item, const fhirpath::Model& model) {
  const std::string type = type_of(item, model);
  if (type == "date" || type == "dateTime" || type == "instant") return "@" + item.to_string();
  if (type == "time") return "@T" + item.to_string();
  return item.to_string();
}

// The suite writes a zero with a sign (-0.0), which is no other value than 0.0.
std::string without_negative_zero(const std::string& text) {
  const bool is_zero = text.starts_with('-') && text.find_first_not_of("0.", 1) == std::string::npos;
  return is_zero ? text.substr(1) : text;
}

class OfficialSuite : public ::testing::Test {
 protected:
  void SetUp() override {
    auto definitions = definitions::builtin_definitions({definitions::kR4Core});
    ASSERT_TRUE(definitions);
    definitions_ = *definitions;
  }

  const fhirpath::Model& model() const { return definitions_->model(); }

  const json::Document& input(const std::filesystem::path& folder, const std::string& name) {
    const auto found = inputs_.find(name);
    if (found != inputs_.end()) return found->second;
    return inputs_.emplace(name, parse(folder / name)).first->second;
  }

  fhirpath::Environment environment() const {
    fhirpath::Environment environment;
    environment.model = &model();
    environment.now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(8);
    environment.conforms_to = [this](const Item& item, std::string_view profile) -> std::optional<bool> {
      constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
      if (!profile.starts_with(kBase)) return std::nullopt;
      return item.type_name(&model()) == profile.substr(kBase.size());
    };
    return environment;
  }

  std::shared_ptr<const definitions::DefinitionSet> definitions_;
  std::map<std::string, json::Document> inputs_;
};

TEST_F(OfficialSuite, EveryCase) {
  PAS_SHARED_OR_SKIP(folder, "conformance/fhirpath");
  const json::Document suite = parse(folder / "tests-fhir-r4.json");
  fhirpath::Evaluation evaluation(environment());
  std::size_t cases = 0;
  for (const json::Node test : suite.root()) {
    ++cases;
    const std::string expression(test["expression"].text());
    SCOPED_TRACE(std::string(test["group"].text()) + "/" + std::string(test["name"].text()) + ": " + expression);
    const json::Node focus =
        test["input"] ? input(folder / "input", std::string(test["input"].text())).root() : json::Node();
    fhirpath::CompileOptions options;
    options.model = &model();
    options.context_type = focus["resourceType"].text();
    options.strict = test["mode"].text() == "strict";
    options.check_order = test["checkOrderedFunctions"].text() == "true";
    const auto program = fhirpath::Program::compile(expression, options);
    const std::string_view invalid = test["invalid"].text();
    if (!program) {
      EXPECT_FALSE(invalid.empty()) << program.error().message << "\n" << program.error().caret(expression);
      const auto phase = program.error().phase;
      EXPECT_TRUE(invalid != "syntax" || phase == fhirpath::Diagnostic::Phase::kSyntax);
      EXPECT_TRUE(invalid != "semantic" || phase == fhirpath::Diagnostic::Phase::kAnalysis);
      continue;
    }
    EXPECT_TRUE(invalid.empty() || invalid == "execution") << "should not compile: " << invalid;
    if (test["predicate"].text() == "true") {
      const auto truth = evaluation.test(*program, focus);
      ASSERT_TRUE(truth) << truth.error().message;
      EXPECT_EQ(truth->value_or(false), test["output"].at(0)["value"].text() == "true");
      continue;
    }
    const auto items = evaluation.run(*program, focus);
    if (!items) {
      EXPECT_EQ(invalid, "execution") << items.error().message << "\n" << items.error().caret(expression);
      continue;
    }
    EXPECT_TRUE(invalid.empty()) << "should fail";
    if (!invalid.empty()) continue;
    std::string expected;
    for (const json::Node output : test["output"]) {
      const std::string type(output["type"].is_null() ? "" : output["type"].text());
      expected += type + " " + without_negative_zero(std::string(output["value"].text())) + "\n";
    }
    std::string actual;
    std::size_t index = 0;
    for (const Item& item : *items) {
      const json::Node output = test["output"].at(index++);
      const bool any_type = output && output["type"].is_null();
      actual += (any_type ? "" : type_of(item, model())) + " " + value_of(item, model()) + "\n";
    }
    EXPECT_EQ(actual, expected);
    evaluation.reset();
  }
  EXPECT_EQ(cases, 935U);
}

}  // namespace
}  // namespace pas
