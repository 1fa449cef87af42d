// What a reload leaves of the backends.

#include "adapter/gateway/backends.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class Reloaded : public testing::Test {
 protected:
  // Of a payer a with these settings of forward, and of b with its own.
  std::shared_ptr<const gateway::Payers> payers(const std::string& forward, const std::string& id = "gw") {
    const auto payer = [](const std::string& name, const std::string& settings) {
      return "[[payer]]\nid = \"" + name + "\"\nname = \"" + name + "\"\nbackend = \"forward\"\n[payer.forward]\n" +
             settings + "\n";
    };
    std::ofstream(folder_.file("payers.toml")) << "id = \"" << id << "\"\n"
                                               << payer("a", forward) << payer("b", "url = \"https://b.example/fhir\"");
    return gateway::Payers::load(folder_.file("payers.toml"), *policies_).value();
  }

  const support::TemporaryFolder folder_;
  const std::shared_ptr<const policy::PolicySet> policies_ =
      policy::PolicySet::load(support::repo_path("mappings/policies")).value();
  base::SystemClock clock_;
  base::RandomIds ids_;
};

TEST_F(Reloaded, ABackendStaysUnlessItsSettingsChange) {
  const std::string url = "url = \"https://a.example/fhir\"\n";
  gateway::Backends backends(payers(url), clock_, ids_);
  const auto a = backends.of("a");
  const auto b = backends.of("b");
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  backends.replace(payers(url));
  EXPECT_EQ(backends.of("a"), a);

  backends.replace(payers(url + "timeout_ms = 5000"));
  EXPECT_NE(backends.of("a"), a);
  EXPECT_EQ(backends.of("a")->to().timeout_ms, 5000);
  EXPECT_EQ(a->to().timeout_ms, 10'000) << "what is under way there goes on";
  EXPECT_EQ(backends.of("b"), b);

  backends.replace(payers(url, "another"));
  EXPECT_NE(backends.of("b"), b) << "it tells another name in Via";
  EXPECT_EQ(backends.all().size(), 2U);
  EXPECT_EQ(backends.all().at("b"), backends.of("b"));
  backends.replace(nullptr);
  EXPECT_EQ(backends.of("a"), nullptr);
}

TEST_F(Reloaded, AFileThatIsNamedIsOneOfItsSettings) {
  const std::string settings = "url = \"https://a.example/fhir\"\ncertificates = \"ca.pem\"\n";
  std::ofstream(folder_.file("ca.pem")) << "one";
  gateway::Backends backends(payers(settings), clock_, ids_);
  const auto a = backends.of("a");
  std::ofstream(folder_.file("ca.pem")) << "two";
  backends.replace(payers(settings));
  EXPECT_NE(backends.of("a"), a);
}

}  // namespace
}  // namespace pas
