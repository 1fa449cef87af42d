// tests/cases/auth/scopes.json: what scopes allow, and what they do not.

#include <gtest/gtest.h>

#include "adapter/auth/principal.h"
#include "fhir/json/document.h"
#include "tests/support/files.h"

namespace pas {
namespace {

TEST(Scopes, AllowWhatIsWritten) {
  const auto cases = json::Document::parse(support::read_file(support::repo_path("tests/cases/auth/scopes.json")));
  ASSERT_TRUE(cases) << cases.error().message << " at " << cases.error().offset;
  ASSERT_GT(cases->root().size(), 0U);
  for (const json::Node each : cases->root()) {
    const auth::Scopes scopes = auth::Scopes::parse(each["scopes"].text());
    for (const json::Node wanted : each["allow"]) {
      EXPECT_TRUE(scopes.allow(wanted.text())) << each["scopes"].text() << " for " << wanted.text();
    }
    for (const json::Node wanted : each["refuse"]) {
      EXPECT_FALSE(scopes.allow(wanted.text())) << each["scopes"].text() << " for " << wanted.text();
    }
  }
}

TEST(Scopes, BothTheTokenAndTheRegistrationMustAllow) {
  auth::Principal principal;
  principal.granted = auth::Scopes::parse("system/Claim.cr");
  principal.registered = auth::Scopes::parse("system/Claim.rs");
  EXPECT_TRUE(principal.may("system/Claim.r"));
  EXPECT_FALSE(principal.may("system/Claim.c"));
  EXPECT_FALSE(principal.may("system/Claim.s"));
  EXPECT_TRUE(auth::anonymous().may("pas/admin"));
}

}  // namespace
}  // namespace pas
