// tests/cases/workflow/*.json: chains of requests to the routes of one adapter with an empty store and a clock of its
// own. Each chain is run below the base path of every PAS version and on every store, unless it names a "version"; over
// the project's policies unless it names a folder of "policies", and for the "payers" that it names.
//
//   do: "POST /Claim/$submit", below the version's base path; /admin, /gateway, /test and /pas paths are taken as they
//     are
//   at: "/harbor": below that payer's path
//   body (JSON or text) | sample (a file of samples/bundles) with patch | base with patch; headers: whole lines
//   client: who asks ("anonymous")
//   status (200)
//   items: by sequence the action of the answer's ClaimResponse ("" for none), all of them
//   expect: by FHIRPath over the answer, the value (of several: joined by a comma); "" for nothing
//   keep: by name the FHIRPath of a value, which later steps write as ${name}; also in their bodies
//   payers (of the chain): the text of payers.toml; ${payer} is the URL of a payer's server, an adapter of its own,
//     that speaks PAS ${version}; the file "secret" has forty times "s"
//   payer: what that server answers from this step on: a status or a body; null: what it decides
//   on: "payer": the step is for that server, past its faults
//   sent: what reached that server since the last step that asks: paths
//   exchanges: by case the records of its exchanges after the step
//   translated (of the chain): true for one that is run again with a payer of the other version
//   advance: so many seconds pass before the step; late: true for one whose deadline has passed
//
// PAS_WORKFLOW=NAME runs the chain of that name only and prints its answers.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "fhir/base/text.h"
#include "fhir/fhirpath/fhirpath.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/endpoints/payer_server.h"
#include "tests/adapter/endpoints/routes.h"
#include "tests/adapter/store/postgres_server.h"
#include "tests/adapter/store/samples.h"
#include "tests/mappings/pas/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

namespace fs = std::filesystem;

using Kept = std::map<std::string, std::string, std::less<>>;

std::string filled_in(std::string text, const Kept& kept) {
  for (const auto& [name, value] : kept) {
    const std::string hole = "${" + name + "}";
    for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at + value.size())) {
      text.replace(at, hole.size(), value);
    }
  }
  return text;
}

std::string step_body(json::Node step) {
  if (step["sample"] || step["base"]) return cases::text_of(step);
  const json::Node body = step["body"];
  return body.is_string() ? std::string(body.text()) : body ? body.to_json() : "";
}

http::Request step_request(json::Node step, const std::string& base, const Kept& kept) {
  http::Request request;
  const std::string line = filled_in(std::string(step["do"].text()), kept);
  const auto space = line.find(' ');
  request.method_text = line.substr(0, space);
  request.method = http::method_of(request.method_text);
  std::string target = line.substr(space + 1);
  const bool is_whole = target.starts_with("/admin") || target.starts_with("/gateway") || target.starts_with("/test") ||
                        target.starts_with("/pas");
  if (!is_whole) target = std::string(step["at"].text()) + base + target;
  request.target = target;
  const auto query = target.find('?');
  request.path = target.substr(0, query);
  while (query != std::string::npos && !target.empty()) {
    target = target.substr(target.find_first_of("?&") + 1);
    const std::string pair = target.substr(0, target.find('&'));
    const auto equals = pair.find('=');
    request.query.push_back({pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1)});
    if (target.find('&') == std::string::npos) break;
  }
  request.body = filled_in(step_body(step), kept);
  if (!request.body.empty()) request.headers.add("Content-Type", "application/fhir+json");
  for (const json::Node header : step["headers"]) {
    const std::string text(header.text());
    const auto colon = text.find(": ");
    request.headers.add(text.substr(0, colon), text.substr(colon + 2));
  }
  request.deadline = step["late"].is_true() ? service::Deadline::min() : service::kNoDeadline;
  return request;
}

std::string text_of(const fhirpath::Item& item) {
  if (const auto boolean = item.boolean()) return *boolean ? "true" : "false";
  if (const auto integer = item.integer()) return std::to_string(*integer);
  if (const auto string = item.string()) return std::string(*string);
  return item.is_node() ? item.node().to_json() : "?";
}

std::string value_of(const json::Document& answer, std::string_view expression) {
  const auto program = fhirpath::Program::compile(expression, {});
  if (!program) return "the expression is wrong: " + program.error().message;
  const json::BundleIndex index(answer.root());
  fhirpath::Environment environment;
  environment.index = &index;
  fhirpath::Evaluation evaluation(environment);
  const auto items = evaluation.run(*program, answer.root());
  if (!items) return "the expression fails: " + items.error().message;
  std::string values;
  for (const fhirpath::Item& item : *items) values.append(values.empty() ? "" : ",").append(text_of(item));
  return values;
}

// That of the step's own path, if it names one.
const pas::Version& version_of(json::Node step, const pas::Version& version) {
  for (const pas::Version* each : {&v2_2_1::kVersion, &v2_0_1::kVersion}) {
    if (step["do"].text().find("/pas/" + std::string(each->name) + "/") != std::string_view::npos) return *each;
  }
  return version;
}

constexpr const char* kResponse = "(Bundle.entry[0].resource | Parameters.parameter[0].resource.entry[0].resource)";

void check_items(const json::Document& answer, json::Node wanted) {
  std::size_t count = 0;
  for (const json::Node item : wanted) {
    ++count;
    const std::string path = std::string(kResponse) + ".item.where(itemSequence = " + std::string(item.key()) +
                             ").adjudication.extension.extension.where(url.endsWith('reviewActionCode'))"
                             ".value.coding.code";
    EXPECT_EQ(value_of(answer, path), item.text()) << "item " << item.key();
  }
  EXPECT_EQ(value_of(answer, std::string(kResponse) + ".item.count()"), std::to_string(count));
}

// The faults of a Bundle by the profiles it claims, in what is ours: what the sender gave comes back as it was.
void expect_valid(json::Node bundle, const service::ValidationService& validation, const pas::Version& version) {
  const json::BundleIndex index(bundle);
  service::ValidationService::Question question;
  question.version = &version;
  question.least = validation::Severity::kError;
  const validation::Report report = validation.validate(index, question);
  for (const validation::Issue& issue : report.issues()) {
    // Its own context in 2.0.1 leaves out ClaimResponse.item, where the profile has it.
    if (issue.rule == "AdministrationReferenceNumber" && version.name == "2.0.1") continue;
    const bool is_echoed = std::ranges::any_of(index.entries(), [&](const json::Entry& entry) {
      return !entry.full_url.starts_with("https://payer.example") &&
             issue.expression.starts_with(entry.node.path(bundle) + ".");
    });
    EXPECT_TRUE(is_echoed) << issue.expression << ": " << issue.rule << ": " << issue.message;
  }
}

void expect_valid_bundles(json::Node answer, const service::ValidationService& validation,
                          const pas::Version& version) {
  if (answer["resourceType"].text() == "Bundle") expect_valid(answer, validation, version);
  for (const json::Node parameter : answer["parameter"]) {
    if (parameter["resource"]["resourceType"].text() == "Bundle") {
      expect_valid(parameter["resource"], validation, version);
    }
  }
}

// "initial payer 503, initial provider 200"
std::string exchanges_of(const store::Store& store, const std::string& case_id) {
  std::vector<std::string> all;
  const auto exchanges = store.exchanges(case_id);
  for (const store::Exchange& each : exchanges.value()) {
    all.push_back(each.type + " " + each.other + " " + std::to_string(each.http_status));
  }
  return base::joined(all);
}

class Workflow : public testing::TestWithParam<std::tuple<fs::path, const pas::Version*, const char*>> {
 protected:
  // Of payers.toml, with who is forwarded to; null for a chain without.
  static std::shared_ptr<const gateway::Payers> payers_of(json::Node chain, const endpoints_test::PayerServer* payer,
                                                          std::string_view version) {
    if (payer == nullptr) return nullptr;
    const support::TemporaryFolder folder;
    const std::string file = folder.file("payers.toml");
    std::ofstream(file) << filled_in(std::string(chain["payers"].text()),
                                     {{"payer", payer->url()}, {"version", std::string(version)}});
    std::ofstream(folder.file("secret")) << std::string(40, 's') << "\n";
    const auto payers = gateway::Payers::load(file, payer->policies());
    EXPECT_TRUE(payers) << payers.error().message;
    return payers ? *payers : nullptr;
  }

  static std::string base_of(const pas::Version& version) { return "/pas/" + std::string(version.name) + "/fhir"; }

  // `spoken`: by the payer's server.
  void run(json::Node chain, const pas::Version& version, const pas::Version& spoken, const std::string& store) {
    const std::string base = base_of(version);
    const json::Node policies = chain["policies"];
    std::optional<endpoints_test::PayerServer> payer;
    if (chain["payers"]) payer.emplace(base_of(spoken));
    endpoints_test::Routes routes(store, chain["denyAtDeadline"].is_true(),
                                  policies ? std::string(policies.text()) : "mappings/policies", nullptr,
                                  payers_of(chain, payer ? &*payer : nullptr, spoken.name));
    Kept kept;
    std::size_t number = 0;
    for (const json::Node step : chain["steps"]) {
      SCOPED_TRACE("step " + std::to_string(++number) + ": " + std::string(step["do"].text()));
      if (step["payer"]) {
        const bool is_mended = step["payer"].is_null();
        payer->answer_with(is_mended ? std::nullopt : std::optional(std::string(step["payer"].text())));
      }
      if (step["advance"]) routes.advance(std::chrono::seconds(std::stol(std::string(step["advance"].text()))));
      const std::string client(step["client"] ? step["client"].text() : "anonymous");
      const http::Response response = step["on"] ? payer->ask(step_request(step, base_of(spoken), kept))
                                                 : routes.ask(step_request(step, base, kept), client);
      if (step["sent"]) {
        std::vector<std::string> wanted;
        for (const json::Node path : step["sent"]) wanted.emplace_back(path.text());
        EXPECT_EQ(payer->take_sent(), wanted);
      }
      if (std::getenv("PAS_WORKFLOW") != nullptr) std::cout << number << ": " << response.body << "\n";
      ASSERT_EQ(std::to_string(response.status), step["status"] ? step["status"].text() : "200")
          << response.body.substr(0, 1500);
      if (response.body.empty()) continue;
      const auto answer = json::Document::parse(std::string(response.content()));
      ASSERT_TRUE(answer) << response.body;
      expect_valid_bundles(answer->root(), routes.validation(), version_of(step, version));
      if (step["items"]) check_items(*answer, step["items"]);
      for (const json::Node wanted : step["expect"]) {
        EXPECT_EQ(value_of(*answer, wanted.key()), filled_in(std::string(wanted.text()), kept)) << wanted.key();
      }
      for (const json::Node keep : step["keep"]) {
        kept[std::string(keep.key())] = value_of(*answer, keep.text());
      }
      for (const json::Node wanted : step["exchanges"]) {
        EXPECT_EQ(exchanges_of(routes.store(), filled_in(std::string(wanted.key()), kept)), wanted.text());
      }
    }
    const auto faults = routes.store().verify();
    EXPECT_TRUE(faults && faults->empty()) << (faults ? faults->front() : faults.error().message);
  }
};

TEST_P(Workflow, GoesAsWritten) {
  const auto& [file, version, kind] = GetParam();
  const auto chains = json::Document::parse(support::read_file(file));
  ASSERT_TRUE(chains) << chains.error().message << " at " << chains.error().offset;
  const char* const only = std::getenv("PAS_WORKFLOW");
  for (const json::Node chain : chains->root()) {
    if (only != nullptr && chain["name"].text() != only) continue;
    if (chain["version"] && chain["version"].text() != version->name) continue;
    SCOPED_TRACE(std::string(chain["name"].text()));
    std::vector<const pas::Version*> spoken = {version};
    if (chain["translated"].is_true()) {
      spoken.push_back(version == &v2_2_1::kVersion ? &v2_0_1::kVersion : &v2_2_1::kVersion);
    }
    for (const pas::Version* each : spoken) {
      SCOPED_TRACE("the payer speaks " + std::string(each->name));
      const fs::path database = fs::path(testing::TempDir()) / ("workflow-" + std::to_string(getpid()) + ".db");
      std::optional<std::string> store = kind;
      if (store == "sqlite") *store += ":" + database.string();
      if (store == "postgres") store = support::postgres_specification();
      if (!store) GTEST_SKIP() << "PostgreSQL is not installed here";
      run(chain, *version, *each, *store);
      for (const char* suffix : {"", "-wal", "-shm", ".lock"}) fs::remove(database.string() + suffix);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Workflow,
    testing::Combine(testing::ValuesIn(support::files_below(support::repo_path("tests/cases/workflow"), ".json")),
                     testing::Values(&v2_2_1::kVersion, &v2_0_1::kVersion),
                     testing::Values("memory", "sqlite", "postgres")),
    [](const auto& tested) {
      std::string name = std::get<0>(tested.param).stem().string() + "_" +
                         std::string(std::get<1>(tested.param)->name) + "_" + std::get<2>(tested.param);
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

}  // namespace
}  // namespace pas
