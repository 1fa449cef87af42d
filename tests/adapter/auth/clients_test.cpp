// tests/cases/auth/clients.json: a file of clients beside keys.json, and how many it has or what is said of its faults.

#include "adapter/auth/clients.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/adapter/auth/tokens.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

TEST(Clients, AreReadOrRefusedWhole) {
  const auto cases = json::Document::parse(support::read_file(support::repo_path("tests/cases/auth/clients.json")));
  ASSERT_TRUE(cases) << cases.error().message << " at " << cases.error().offset;
  ASSERT_GT(cases->root().size(), 0U);
  const support::TemporaryFolder folder;
  const auth_test::MovedClock clock;
  std::ofstream(folder.file("keys.json")) << auth_test::jwk_set({{"k", "p384"}});
  for (const json::Node each : cases->root()) {
    SCOPED_TRACE(std::string(each["name"].text()));
    std::ofstream(folder.file("clients.toml")) << each["toml"].text();
    const auto clients = auth::Clients::load(folder.file("clients.toml"), {}, clock);
    if (each["clients"]) {
      ASSERT_TRUE(clients) << clients.error().message;
      EXPECT_EQ(std::to_string((*clients)->size()), each["clients"].text());
      continue;
    }
    ASSERT_FALSE(clients);
    for (const json::Node fault : each["faults"]) {
      EXPECT_NE(clients.error().message.find(fault.text()), std::string::npos) << clients.error().message;
    }
  }
}

TEST(Clients, HaveTheirRightsAndKeys) {
  const support::TemporaryFolder folder;
  const auth_test::MovedClock clock;
  std::ofstream(folder.file("keys.json")) << auth_test::jwk_set({{"k", "p384"}});
  std::ofstream(folder.file("clients.toml"))
      << "[[client]]\nid = \"ehr\"\nkeys = \"keys.json\"\nscopes = \"system/Claim.crus\"\nroles = [\"reviewer\"]\n";
  const auto clients = auth::Clients::load(folder.file("clients.toml"), {}, clock);
  ASSERT_TRUE(clients) << clients.error().message;
  const auth::Client* ehr = (*clients)->find("ehr");
  ASSERT_NE(ehr, nullptr);
  EXPECT_EQ((*clients)->find("eh"), nullptr);
  EXPECT_TRUE(ehr->scopes.allow("system/Claim.u"));
  EXPECT_TRUE(ehr->scopes.allow("pas/review"));
  EXPECT_FALSE(ehr->scopes.allow("pas/admin"));
  EXPECT_TRUE((*clients)->all_have_keys());
  EXPECT_TRUE((*ehr->keys->keys_for("k"))->knows("k"));
}

TEST(Clients, ActForTheirOrganizations) {
  const auth::Client client{"ehr", {}, {"urn:npi|1234567893", "2222222222"}, nullptr};
  EXPECT_TRUE(client.acts_for("urn:npi|1234567893"));
  EXPECT_TRUE(client.acts_for("1234567893"));
  EXPECT_TRUE(client.acts_for("2222222222"));
  EXPECT_TRUE(client.acts_for("urn:any|2222222222"));
  EXPECT_FALSE(client.acts_for("urn:other|1234567893"));
  EXPECT_FALSE(client.acts_for("123456789"));
  EXPECT_FALSE(client.acts_for(""));
}

}  // namespace
}  // namespace pas
