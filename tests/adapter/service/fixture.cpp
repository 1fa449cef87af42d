#include "tests/adapter/service/fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>

#include "mappings/pas/v2_2_1/version.h"
#include "tests/support/files.h"

namespace pas::service_test {
namespace {

// Once for all adapters: many tests, and each input of a fuzzer, make one.
std::shared_ptr<const policy::PolicySet> load(const std::string& folder) {
  static std::map<std::string, std::shared_ptr<const policy::PolicySet>> loaded;
  auto& policies = loaded[folder];
  if (policies != nullptr) return policies;
  auto fresh = policy::PolicySet::load(support::repo_path(folder));
  if (fresh) return policies = *fresh;
  for (const policy::LoadError& error : fresh.error()) ADD_FAILURE() << to_string(error);
  return nullptr;
}

}  // namespace

std::string CountedIds::uuid() {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012d", ++count_);
  return text.data();
}

Adapter::Adapter(const std::string& specification, const std::string& folder,
                 std::shared_ptr<const gateway::Payers> payers)
    : store(store::open_store(specification).value()) {
  const std::shared_ptr<const policy::PolicySet> policies = load(folder);
  if (policies == nullptr) return;
  static const auto roster = std::make_shared<const inputs::Roster>(
      *inputs::Roster::load(support::read_file(support::repo_path("samples/providers.csv")), "providers.csv"));
  static const auto shared = service::ValidationService::load({}).value();
  validation = shared;
  adjudicator = std::make_unique<service::Adjudicator>(
      service::Basis{.policies = policies, .payers = std::move(payers), .roster = roster}, validation);
  const auto ask_payer = [this](const auto&... arguments) { return forward && forward(arguments...); };
  service = std::make_unique<service::SubmitService>(
      *adjudicator, *store, clock, ids, service::SubmitService::Options{.test_mode = &test_mode, .forward = ask_payer});
}

service::SubmitOutcome Adapter::submit(const std::string& body, const std::string& client,
                                       const pas::Version* version) {
  return service->submit({.body = body,
                          .client = client,
                          .version = version == nullptr ? &v2_2_1::kVersion : version,
                          .base_url = "http://127.0.0.1:8080/fhir"});
}

std::size_t Adapter::stored() const {
  const auto page = store->list_cases({}, {}, 100);
  return page->cases.size();
}

std::string sample(const std::string& name) {
  return support::read_file(support::repo_path("samples/bundles/" + name));
}

}  // namespace pas::service_test
