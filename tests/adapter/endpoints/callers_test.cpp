// Every row of the route table asks its caller for what it says, and a few rows ask for nothing.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "adapter/endpoints/auth_endpoints.h"
#include "tests/adapter/endpoints/routes.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

http::Request request_for(const endpoints::Route& route) {
  http::Request request;
  request.method = route.method;
  request.path = (route.place == endpoints::Place::kFhir ? "/fhir" : "") + std::string(route.path);
  if (const auto at = request.path.find("{id}"); at != std::string::npos) request.path.replace(at, 4, "nothing");
  request.deadline = std::chrono::steady_clock::time_point::max();
  return request;
}

auth::Identity caller_with(const std::string& scopes) {
  auth::Principal principal;
  principal.client = "ehr";
  principal.granted = auth::Scopes::parse(scopes);
  principal.registered = auth::Scopes::parse("system/*.cruds pas/review pas/admin");
  return {principal, {}, false};
}

int status_of(const endpoints::Router& router, const endpoints::Route& route, const auth::Identity& caller) {
  http::Request request = request_for(route);
  return router.handle(request, caller).status;
}

// As another path of the adapter would be in doubt.
TEST(Routes, AreNoBasePathOfAPayer) {
  const endpoints_test::Routes routes("memory");
  const auto policies = policy::PolicySet::load(support::repo_path("mappings/policies")).value();
  const support::TemporaryFolder folder;
  std::set<std::string> taken;
  const auto take = [&taken](std::string_view path) { taken.emplace(path.substr(0, path.find('/', 1))); };
  for (const endpoints::Router* router : routes.routers()) {
    for (const endpoints::Route& route : router->routes()) {
      if (route.place == endpoints::Place::kServer) take(route.path);
    }
  }
  take(endpoints::kTokenPath);
  for (const endpoints::VersionBase& version : endpoints::versions()) {
    for (const std::string& base : version.base_paths) take(base);
  }
  ASSERT_GT(taken.size(), 5U);
  for (const std::string& path : taken) {
    const std::string file = folder.file("payers.toml");
    std::ofstream(file) << "[[payer]]\nid = \"a\"\nname = \"A\"\nbackend = \"review\"\npath = \"" << path << "\"\n";
    EXPECT_FALSE(gateway::Payers::load(file, *policies)) << path;
  }
}

TEST(Callers, AreAskedForWhatEachRouteSays) {
  const endpoints_test::Routes routes("memory");
  std::multiset<std::string> open;
  std::size_t asking = 0;
  for (const endpoints::Router* router : routes.routers()) {
    for (const endpoints::Route& route : router->routes()) {
      SCOPED_TRACE(std::string(route.path));
      const std::string scope(route.scope);
      const bool is_allowed = status_of(*router, route, caller_with(scope)) != 403;
      EXPECT_TRUE(is_allowed);
      if (scope == endpoints::kOpen) {
        if (!route.path.starts_with("/console/{id}/")) open.emplace(route.path);
        continue;
      }
      ++asking;
      EXPECT_EQ(status_of(*router, route, {}), 401);
      EXPECT_EQ(status_of(*router, route, {std::nullopt, "the token is refused: it has expired", false}), 401);
      EXPECT_EQ(status_of(*router, route, {std::nullopt, "the keys cannot be had now", true}), 503);
      if (scope == endpoints::kAnyClient) continue;
      EXPECT_TRUE(auth::Scopes::parse(scope).allow(scope)) << "no scope: " << scope;
      EXPECT_EQ(status_of(*router, route, caller_with("")), 403);
      EXPECT_EQ(
          status_of(*router, route, caller_with(route.scope.starts_with("pas/") ? "system/*.cruds" : "pas/admin")),
          403);
    }
  }
  EXPECT_GT(asking, 20U);
  EXPECT_EQ(open, (std::multiset<std::string>{"/console", "/healthz", "/healthz", "/metadata", "/metrics", "/readyz",
                                              "/readyz", "/test/notifications/{id}", "/try"}))
      << "nothing else is for everybody";
}

TEST(Callers, ThatAreRefusedAreToldWhy) {
  const endpoints_test::Routes routes("memory");
  const endpoints::Router& router = *routes.routers().front();
  const auto ask = [&router](const auth::Identity& caller) {
    http::Request request;
    request.method = http::Method::kGet;
    request.path = "/fhir/Claim/a";
    return router.handle(request, caller);
  };
  const http::Response nobody = ask({});
  EXPECT_EQ(nobody.headers.find("WWW-Authenticate"), R"(Bearer realm="pas-adapter")");
  EXPECT_NE(nobody.body.find(R"("code":"login")"), std::string::npos) << nobody.body;
  const http::Response expired = ask({std::nullopt, "the token is refused: it has expired", false});
  EXPECT_EQ(expired.headers.find("WWW-Authenticate"), R"(Bearer realm="pas-adapter", error="invalid_token")");
  EXPECT_NE(expired.body.find("it has expired"), std::string::npos) << expired.body;
  const http::Response narrow = ask(caller_with("system/Claim.c"));
  EXPECT_EQ(narrow.headers.find("WWW-Authenticate"),
            R"(Bearer realm="pas-adapter", error="insufficient_scope", scope="system/Claim.r")");
  EXPECT_NE(narrow.body.find(R"("code":"forbidden")"), std::string::npos) << narrow.body;
  const http::Response away = ask({std::nullopt, "the keys cannot be had now", true});
  EXPECT_TRUE(away.headers.find("Retry-After"));
  EXPECT_EQ(away.body, "");
}

}  // namespace
}  // namespace pas
