// tests/cases/routing/payers.json: a file of payers, and who they are or what is said of its faults.

#include "adapter/gateway/payers.h"

#include <gtest/gtest.h>

#include <fstream>

#include "fhir/json/document.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

TEST(Payers, AreReadOrRefusedWhole) {
  const auto cases = json::Document::parse(support::read_file(support::repo_path("tests/cases/routing/payers.json")));
  ASSERT_TRUE(cases) << cases.error().message << " at " << cases.error().offset;
  ASSERT_GT(cases->root().size(), 0U);
  const auto policies = policy::PolicySet::load(support::repo_path("mappings/policies"));
  ASSERT_TRUE(policies);
  const support::TemporaryFolder folder;
  for (const json::Node each : cases->root()) {
    SCOPED_TRACE(std::string(each["name"].text()));
    std::ofstream(folder.file("payers.toml")) << each["toml"].text();
    const auto payers = gateway::Payers::load(folder.file("payers.toml"), **policies);
    if (each["payers"]) {
      ASSERT_TRUE(payers) << payers.error().message;
      for (const json::Node id : each["payers"]) EXPECT_NE((*payers)->find(id.text()), nullptr) << id.text();
      continue;
    }
    ASSERT_FALSE(payers);
    for (const json::Node fault : each["faults"]) {
      EXPECT_NE(payers.error().message.find(fault.text()), std::string::npos) << payers.error().message;
    }
  }
}

TEST(Payers, HaveTheirDefaultsAndRoster) {
  const auto policies = policy::PolicySet::load(support::repo_path("mappings/policies"));
  const support::TemporaryFolder folder;
  std::ofstream(folder.file("people.csv")) << support::read_file(support::repo_path("samples/providers.csv"));
  std::ofstream(folder.file("payers.toml"))
      << "[[payer]]\nid = \"tidewater\"\nname = \"T\"\nbackend = \"policy\"\nroster = \"people.csv\"\n"
      << "contact = \"555\"\nnotes = [\"n\"]\n[[payer]]\nid = \"hand\"\nname = \"H\"\nbackend = \"review\"\n";
  const auto payers = gateway::Payers::load(folder.file("payers.toml"), **policies);
  ASSERT_TRUE(payers) << payers.error().message;
  const gateway::Payer& tidewater = *(*payers)->find("tidewater");
  EXPECT_TRUE(tidewater.by_policy);
  EXPECT_EQ(tidewater.policies, "tidewater");
  ASSERT_NE(tidewater.roster, nullptr);
  EXPECT_GT(tidewater.roster->size(), 0U);
  EXPECT_EQ(tidewater.notes, (std::vector<std::string>{"Contact: 555", "n"}));
  EXPECT_FALSE((*payers)->find("hand")->by_policy);
  EXPECT_EQ((*payers)->find("nobody"), nullptr);
}

}  // namespace
}  // namespace pas
