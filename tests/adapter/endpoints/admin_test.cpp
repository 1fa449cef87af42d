// GET /admin/openapi.json against the route table, both ways, and against what the routes answer.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/adapter/endpoints/routes.h"
#include "tests/support/files.h"

namespace pas {
namespace {

http::Response ask(endpoints_test::Routes& routes, http::Method method, const std::string& path,
                   std::string body = "") {
  http::Request request;
  request.method = method;
  request.path = path;
  request.body = std::move(body);
  request.headers.add("Content-Type", path.starts_with("/admin") ? "application/json" : "application/fhir+json");
  request.deadline = std::chrono::steady_clock::time_point::max();
  return routes.ask(std::move(request));
}

class AdminApi : public testing::Test {
 protected:
  void SetUp() override {
    auto answer = ask(routes_, http::Method::kGet, "/admin/openapi.json");
    ASSERT_EQ(answer.status, 200);
    auto parsed = json::Document::parse(std::move(answer.body));
    ASSERT_TRUE(parsed);
    document_ = std::move(*parsed);
  }
  json::Node api() const { return document_.root(); }

  // What `node` refers to, or itself.
  json::Node resolved(json::Node node) const {
    std::string_view reference = node["$ref"].text();
    if (reference.empty()) return node;
    json::Node at = api();
    for (reference.remove_prefix(1); !reference.empty() && at;) {
      const auto end = reference.find('/', 1);
      at = at[reference.substr(1, end == std::string_view::npos ? end : end - 1)];
      reference = end == std::string_view::npos ? std::string_view() : reference.substr(end);
    }
    EXPECT_TRUE(at) << "nothing is at " << node["$ref"].text();
    return at;
  }

  // Members that are required are there, members that are there are described, and types agree.
  void expect_described(json::Node value, json::Node schema) const {  // NOLINT(misc-no-recursion)
    schema = resolved(schema);
    const std::string_view type = schema["type"].text();
    const bool is_right = type.empty() || (type == "object" && value.is_object()) ||
                          (type == "array" && value.is_array()) || (type == "string" && value.is_string()) ||
                          ((type == "integer" || type == "number") && value.is_number()) ||
                          (type == "boolean" && value.is_boolean());
    EXPECT_TRUE(is_right) << value.path() << " is no " << type;
    for (const json::Node required : schema["required"]) {
      EXPECT_TRUE(value[required.text()]) << value.path() << " lacks " << required.text();
    }
    if (value.is_array()) {
      for (const json::Node element : value) expect_described(element, schema["items"]);
    } else if (value.is_object() && schema["properties"]) {
      for (const json::Node member : value) {
        const json::Node described = schema["properties"][member.key()];
        EXPECT_TRUE(described) << value.path() << "." << member.key() << " is not described";
        if (described) expect_described(member, described);
      }
    }
  }

  // Asks, expects that status, and that the answer is as described there.
  json::Document expect_answer(int status, http::Method method, const std::string& pattern, const std::string& id,
                               std::string body = "", const std::string& query = "") {
    SCOPED_TRACE(pattern);
    std::string path = pattern;
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, id);
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    request.deadline = std::chrono::steady_clock::time_point::max();
    if (!query.empty()) request.query.push_back({query.substr(0, query.find('=')), query.substr(query.find('=') + 1)});
    auto answer = routes_.ask(std::move(request));
    EXPECT_EQ(answer.status, status) << answer.content();
    EXPECT_EQ(answer.content_type, status < 400 ? "application/json" : "application/problem+json");
    const json::Node operation = api()["paths"][pattern][method == http::Method::kGet ? "get" : "post"];
    const json::Node content = resolved(operation["responses"][std::to_string(status)])["content"];
    EXPECT_TRUE(content[answer.content_type]) << "no such answer is described";
    auto parsed = json::Document::parse(std::string(answer.content()));
    EXPECT_TRUE(parsed) << answer.content();
    if (!parsed) return json::Document::parse("{}").value();
    expect_described(parsed->root(), content[answer.content_type]["schema"]);
    return std::move(*parsed);
  }

  std::string submit(const std::string& sample) {
    const auto answer = ask(routes_, http::Method::kPost, "/fhir/Claim/$submit",
                            support::read_file(support::repo_path("samples/bundles/" + sample + ".json")));
    const auto document = json::Document::parse(std::string(answer.content()));
    EXPECT_TRUE(document) << answer.status;
    return document ? std::string(document->root()["entry"].at(0)["resource"]["id"].text()) : "";
  }

  endpoints_test::Routes routes_{"memory"};
  json::Document document_ = json::Document::parse("{}").value();
};

TEST_F(AdminApi, DescribesEveryRouteAndNoOther) {
  std::set<std::string> served;
  for (const endpoints::Route& route : routes_.routers().back()->routes()) {
    if (!route.path.starts_with("/admin/")) continue;
    const std::string method = route.method == http::Method::kGet ? "get" : "post";
    served.insert(method + " " + std::string(route.path));
    SCOPED_TRACE(method + " " + std::string(route.path));
    const json::Node operation = api()["paths"][route.path][method];
    ASSERT_TRUE(operation) << "not described";
    const json::Node scopes = operation["security"].at(0)["bearer"];
    EXPECT_EQ(scopes.at(0).text(), route.scope == endpoints::kAnyClient ? std::string_view() : route.scope);
    bool has_id = false;
    for (const json::Node parameter : operation["parameters"]) {
      const json::Node described = resolved(parameter);
      has_id = has_id || described["in"].text() == "path";
      EXPECT_TRUE(described["schema"]["type"]) << described["name"].text();
    }
    EXPECT_EQ(has_id, route.path.find("{id}") != std::string_view::npos);
    for (const char* refused : {"401", "403", "503"}) {
      EXPECT_TRUE(resolved(operation["responses"][refused])["content"]["application/problem+json"]) << refused;
    }
  }
  std::set<std::string> described;
  for (const json::Node path : api()["paths"]) {
    for (const json::Node operation : path)
      described.insert(std::string(operation.key()) + " " + std::string(path.key()));
  }
  EXPECT_EQ(described, served);
}

TEST_F(AdminApi, AnswersAsItIsDescribed) {
  const std::string id = submit("row-13-not-met-adult");
  const json::Document queue = expect_answer(200, http::Method::kGet, "/admin/queue", "");
  EXPECT_EQ(queue.root()["cases"].at(0)["id"].text(), id);
  EXPECT_EQ(queue.root()["cases"].at(0)["policy"].text(), "husky-ambulatory-infusion-pumps");
  EXPECT_FALSE(queue.root()["cases"].at(0)["member"]["initials"].text().empty());
  EXPECT_TRUE(queue.root()["cases"].at(0)["member"]["age"].is_number());
  expect_answer(400, http::Method::kGet, "/admin/queue", "", "", "limit=0");
  expect_answer(200, http::Method::kGet, "/admin/cases/{id}", id);
  expect_answer(404, http::Method::kGet, "/admin/cases/{id}", "nobody");
  const json::Document material = expect_answer(200, http::Method::kGet, "/admin/cases/{id}/request", id);
  EXPECT_EQ(material.root()["bundle"]["resourceType"].text(), "Bundle");
  EXPECT_GT(material.root()["texts"].size(), 0U);
  expect_answer(404, http::Method::kGet, "/admin/cases/{id}/request", "nobody");
  expect_answer(200, http::Method::kGet, "/admin/statistics", "");
  expect_answer(400, http::Method::kGet, "/admin/statistics", "", "", "days=91");
  const json::Document policies = expect_answer(200, http::Method::kGet, "/admin/policies", "");
  EXPECT_EQ(policies.root()["payers"].at(0).to_json(), R"({"id":"husky","backend":["policy"]})") << "without a file";
  expect_answer(200, http::Method::kPost, "/admin/policies/reload", "");
  expect_answer(200, http::Method::kGet, "/admin/deliveries", "", "", "subscription=s");
  expect_answer(400, http::Method::kGet, "/admin/deliveries", "");
  expect_answer(404, http::Method::kPost, "/admin/outbox/{id}/replay", "7");
  const json::Document trace = expect_answer(200, http::Method::kGet, "/admin/trace", "");
  EXPECT_EQ(trace.root()["exchanges"].size(), 1U);
}

TEST_F(AdminApi, TheQueueTellsWhatChangedACaseLast) {
  const std::string id = submit("row-13-not-met-adult");
  EXPECT_FALSE(expect_answer(200, http::Method::kGet, "/admin/queue", "").root()["cases"].at(0)["lastChange"]);
  expect_answer(200, http::Method::kPost, "/admin/cases/{id}/decision", id,
                R"({"revision": 1, "reviewer": {"name": "R"}, "items": [{"sequence": 1, "action": "A4", "documents":
                    [{"loinc": "34117-2", "title": "History and physical note"}]}]})");
  const json::Document queue = expect_answer(200, http::Method::kGet, "/admin/queue", "");
  const json::Node waiting = queue.root()["cases"].at(0);
  EXPECT_EQ(waiting["lastChange"]["action"].text(), "review");
  EXPECT_EQ(waiting["policy"].text(), "husky-ambulatory-infusion-pumps") << "whose queue it stays in";
  EXPECT_FALSE(waiting["member"]["initials"].text().empty());
}

// A console that asks every few seconds costs no reading of records, and no line of the audit names its cases.
TEST_F(AdminApi, WhatHasNotChangedIsNotToldAgain) {
  const std::string id = submit("row-13-not-met-adult");
  const auto asked = [&](const std::string& path, const std::string& tag) {
    http::Request request;
    request.method = http::Method::kGet;
    request.path = path;
    if (!tag.empty()) request.headers.add("If-None-Match", tag);
    return routes_.ask(std::move(request));
  };
  const auto tag_of = [&](const std::string& path) {
    return std::string(asked(path, "").headers.find("ETag").value_or(""));
  };
  const std::string one = "/admin/cases/" + id;
  const std::string queue_tag = tag_of("/admin/queue");
  const std::string case_tag = tag_of(one);
  routes_.advance(std::chrono::minutes(5));
  for (const auto& [path, tag] : {std::pair(std::string("/admin/queue"), queue_tag), std::pair(one, case_tag)}) {
    const http::Response same = asked(path, tag);
    EXPECT_EQ(same.status, 304) << path << ": its age alone has changed";
    EXPECT_TRUE(same.content().empty());
    EXPECT_EQ(same.headers.find("ETag"), tag);
  }
  submit("row-02-insulin-pump");
  EXPECT_EQ(asked("/admin/queue", queue_tag).status, 200) << "another came";
  EXPECT_EQ(asked(one, case_tag).status, 304) << "which is not this one";
  ask(routes_, http::Method::kPost, one + "/decision",
      R"({"revision": 1, "reviewer": {"name": "R"}, "items": [{"sequence": 1, "action": "A1"}]})");
  EXPECT_EQ(asked(one, case_tag).status, 200);
  const std::string late_tag = tag_of("/admin/queue");
  routes_.advance(std::chrono::hours(24 * 8));
  EXPECT_EQ(asked("/admin/queue", late_tag).status, 200) << "what waits is late by now";
}

TEST_F(AdminApi, PreviewsWhatADecisionWillSend) {
  const std::string id = submit("row-13-not-met-adult");
  const std::string path = "/admin/cases/{id}/preview";
  expect_answer(400, http::Method::kPost, path, id, "[]");
  expect_answer(422, http::Method::kPost, path, id, R"({"revision": 1, "items": [{"sequence": 1, "action": "A3"}]})");
  expect_answer(409, http::Method::kPost, path, id, R"({"revision": 2, "items": [{"sequence": 1, "action": "A1"}]})");
  expect_answer(404, http::Method::kPost, path, "nobody", R"({"revision": 1, "items": []})");
  const std::string decision =
      R"({"revision": 1, "items": [{"sequence": 1, "action": "A1", "note": "Certified after a peer review."}]})";
  const json::Document preview = expect_answer(200, http::Method::kPost, path, id, decision);
  const std::string told = preview.root().to_json();
  EXPECT_NE(told.find("Certified after a peer review."), std::string::npos) << told;
  EXPECT_NE(told.find(service::kNumberToCome), std::string::npos) << told;
  const json::Document after = expect_answer(200, http::Method::kGet, "/admin/cases/{id}", id);
  EXPECT_EQ(after.root()["revision"].text(), "1") << "nothing was stored";
  expect_answer(200, http::Method::kPost, "/admin/cases/{id}/decision", id, decision);
  const json::Document decided = expect_answer(200, http::Method::kGet, "/admin/cases/{id}", id);
  EXPECT_EQ(decided.root()["items"].at(0)["authorizationNumber"].text(), "A0000000001") << "the preview took none";
  const json::Document counted = expect_answer(200, http::Method::kGet, "/admin/statistics", "");
  EXPECT_EQ(counted.root()["days"].at(13)["items"]["A1"].text(), "1");
  EXPECT_EQ(counted.root()["waiting"].size(), 0U);
}

TEST_F(AdminApi, RefusesAsAProblem) {
  EXPECT_EQ(ask(routes_, http::Method::kGet, "/admin/nothing").content_type, "application/problem+json");
  EXPECT_EQ(ask(routes_, http::Method::kDelete, "/admin/queue").status, 405);
  http::Request request;
  request.method = http::Method::kGet;
  request.path = "/admin/queue";
  const http::Response stranger = routes_.routers().back()->handle(request, {});
  EXPECT_EQ(stranger.status, 401);
  EXPECT_EQ(stranger.content_type, "application/problem+json");
  EXPECT_NE(stranger.body.find(R"("title":"Unauthorized")"), std::string::npos) << stranger.body;
}

TEST_F(AdminApi, ServesTheConsoleOpenStrictAndKept) {
  http::Request request;
  request.method = http::Method::kGet;
  request.path = "/console";
  const endpoints::Router& admin = *routes_.routers().back();
  const http::Response page = admin.handle(request, {});
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.headers.find("Content-Security-Policy")->starts_with("default-src 'none'; script-src 'self';"));
  EXPECT_EQ(page.body.find("@EDITION@"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos) << "inline scripts are forbidden";
  request.headers.add("If-None-Match", std::string(*page.headers.find("ETag")));
  EXPECT_EQ(admin.handle(request, {}).status, 304);
  const auto at = page.body.find("/console/");
  request.path = page.body.substr(at, page.body.find('"', at) - at);
  const http::Response asset = admin.handle(request, {});
  EXPECT_EQ(asset.status, 200) << request.path;
  EXPECT_EQ(asset.headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  request.path.replace(request.path.find('/', 1) + 1, 16, "0123456789abcdef");
  EXPECT_EQ(admin.handle(request, {}).status, 404) << "not of another edition";
}

TEST(TestListener, KeepsWhatIsNotifiedByItsId) {
  endpoints_test::Routes routes("memory");
  EXPECT_EQ(ask(routes, http::Method::kPost, "/test/notifications/box-1", R"({"first": 1})").status, 200);
  for (int i = 2; i <= 21; ++i) {
    EXPECT_EQ(ask(routes, http::Method::kPost, "/test/notifications/box-" + std::to_string(i)).status,
              i > 20 ? 503 : 200);
  }
  const auto arrivals = [&routes](const std::string& box) {
    auto answer = ask(routes, http::Method::kGet, "/test/notifications/" + box);
    return json::Document::parse(std::string(answer.content())).value();
  };
  const json::Document first = arrivals("box-1");
  ASSERT_EQ(first.root()["arrivals"].size(), 1U);
  EXPECT_EQ(first.root()["arrivals"].at(0)["body"].text(), R"({"first": 1})");
  EXPECT_EQ(arrivals("nobody").root()["arrivals"].size(), 0U);
  EXPECT_EQ(ask(routes, http::Method::kGet, "/test/trace").status, 200);
}

}  // namespace
}  // namespace pas
