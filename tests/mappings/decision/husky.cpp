#include "tests/mappings/decision/husky.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace pas::support {
namespace {

const char* const kCases = "tests/cases/policies/husky";

}  // namespace

Husky::Husky()
    : copy_(repo_path("mappings/policies")),
      clinician_(load_policies(repo_path("mappings/policies"))),
      situations_(read_json(repo_path(kCases) / "situations.json")) {
  copy_.edit("husky/policy.json", R"("adverseDeterminations": "clinician",)",
             R"("adverseDeterminations": "automated",)");
  automated_ = load_policies(copy_.directory());
}

const policy::Policy& Husky::policy(bool automated) const {
  return *(automated ? automated_ : clinician_)->find_policy("husky-ambulatory-infusion-pumps", "2024-12");
}

json::Node Husky::situation(std::string_view name) const {
  const json::Node found = situations_.root()[name];
  EXPECT_TRUE(found.is_object()) << "no situation is named " << name;
  return found;
}

void Husky::each_case(const std::function<void(const std::string& file, json::Node)>& visit) const {
  for (const auto& path : files_below(repo_path(kCases), ".json")) {
    if (path.filename() == "situations.json") continue;
    const json::Document document = read_json(path);
    for (const json::Node node : document.root()["cases"]) visit(path.filename().string(), node);
  }
}

inputs::InputSet Husky::inputs_of_case(json::Node node) const {
  return inputs_of(catalog(), situation(node["situation"].text()), node["inputs"]);
}

Decided decide(const policy::Policy& policy, const inputs::InputSet& inputs, base::Date request_date) {
  Decided decided{policy::evaluate(policy, inputs, request_date), {}};
  decided.decision = decision::decide(policy, decided.evaluation, inputs);
  return decided;
}

base::Date request_date_of(json::Node node) {
  const json::Node date = node["requestDate"];
  return *base::parse_date(date ? date.text() : "2026-03-10");
}

bool is_automated(json::Node node) {
  return node["adverseDeterminations"].text() == "automated";
}

}  // namespace pas::support
