#include "tests/mappings/decision/shipped.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "mappings/inputs/catalog.h"
#include "mappings/policy/written_inputs.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas::support {
namespace {

std::filesystem::path folder_of(std::string_view payer) {
  return repo_path("tests/cases/policies/" + std::string(payer));
}

std::string all_of(const inputs::LoadErrors& errors) {
  std::string text;
  for (const inputs::LoadError& error : errors) text += to_string(error) + '\n';
  return text;
}

}  // namespace

const decision::CasePolicies& shipped_policies() {
  static const decision::CasePolicies policies = [] {
    auto loaded = decision::CasePolicies::load(repo_path("mappings/policies"));
    if (!loaded) throw std::runtime_error(all_of(loaded.error()));
    return std::move(*loaded);
  }();
  return policies;
}

const std::vector<decision::Case>& cases_of(std::string_view payer) {
  static std::map<std::string, std::vector<decision::Case>, std::less<>> known;
  const auto found = known.find(payer);
  if (found != known.end()) return found->second;
  auto loaded = decision::load_cases(files_below(folder_of(payer), ".json"), shipped_policies());
  if (!loaded) ADD_FAILURE() << all_of(loaded.error());
  return known.emplace(payer, loaded ? std::move(*loaded) : std::vector<decision::Case>()).first->second;
}

const policy::Payer& payer(std::string_view id, std::optional<policy::AdverseDeterminations> adverse) {
  return *shipped_policies().set(adverse).find_payer_by_id(id);
}

const policy::Policy& husky_policy(std::optional<policy::AdverseDeterminations> adverse) {
  return *payer(kHusky, adverse).policies.front();
}

inputs::InputSet situation(std::string_view payer_id, std::string_view name, const std::string& changes) {
  const json::Document situations = read_json(folder_of(payer_id) / "situations.json");
  EXPECT_TRUE(situations.root()[name].is_object()) << "no situation is named " << name;
  const json::Document over = json::Document::parse(changes).value();
  return policy::read_inputs(*payer(payer_id).catalog, situations.root()[name], over.root());
}

}  // namespace pas::support
