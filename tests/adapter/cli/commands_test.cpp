// Calls of pas-adapter as tests/cases/cli/*calls.json list them: exit code, and what standard output and error say.
//
// "config" becomes the file FOLDER/adapter.toml; FOLDER in an argument, a variable or the config is a folder of the
// test's own. "sample", after its "patch", is given as standard input. "json lines": standard output is one JSON object
// a line, that many.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "fhir/json/patch.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class Commands : public testing::Test {
 protected:
  std::string filled(std::string_view text) const {
    std::string result(text);
    constexpr std::string_view kPlace = "FOLDER";
    const std::string folder = folder_.file("");
    for (std::size_t at = 0; (at = result.find(kPlace, at)) != std::string::npos;) {
      result.replace(at, kPlace.size(), folder.substr(0, folder.size() - 1));
    }
    return result;
  }
  std::vector<std::string> filled(json::Node texts) const {
    std::vector<std::string> all;
    for (const json::Node text : texts) all.push_back(filled(text.text()));
    return all;
  }

  void check_call(json::Node each) const;

  const support::TemporaryFolder folder_;
};

// Each is there; without any, nothing is.
void check_texts(const std::string& stream, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    EXPECT_NE(stream.find(text), std::string::npos) << "no \"" << text << "\" in:\n" << stream;
  }
  if (texts.empty()) {
    EXPECT_EQ(stream, "");
  }
}

void check_json_lines(const std::string& output, json::Node wanted) {
  std::istringstream lines(output);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto document = json::Document::parse(line);
    ASSERT_TRUE(document) << line;
    EXPECT_TRUE(document->root()["bundle"].is_string());
    EXPECT_TRUE(document->root()["items"] || document->root()["outcome"]);
  }
  EXPECT_EQ(std::to_string(count), wanted.text());
}

void Commands::check_call(json::Node each) const {
  SCOPED_TRACE(each["name"].text());
  std::ofstream(folder_.file("adapter.toml")) << filled(each["config"].text());
  support::Call call{filled(each["arguments"]), filled(each["environment"])};
  if (each["sample"]) {
    auto sample = json::patched(
        support::read_file(support::repo_path("samples/bundles/" + std::string(each["sample"].text()))), each["patch"]);
    ASSERT_TRUE(sample) << sample.error().message;
    call.input = std::move(*sample);
  }
  support::Process process(call);
  EXPECT_EQ(std::to_string(process.wait()), each["exit"].text());
  check_texts(process.errors(), filled(each["errors"]));
  if (each["json lines"]) {
    check_json_lines(process.output(), each["json lines"]);
  } else {
    check_texts(process.output(), filled(each["output"]));
  }
}

TEST_F(Commands, Calls) {
  std::size_t calls = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/cli"), "calls.json")) {
    const auto cases = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(cases) << path << ": " << cases.error().message << " at " << cases.error().offset;
    for (const json::Node each : cases->root()) check_call(each);
    calls += cases->root().size();
  }
  EXPECT_GE(calls, 90U);
}

TEST_F(Commands, SubmitShowsEveryDecision) {
  support::RunningAdapter adapter({"--store", "memory"});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  const std::string to = "http://127.0.0.1:" + std::to_string(adapter.port()) + "/fhir/";
  support::Process process({{"submit", "--to", to, "samples/bundles"}});
  EXPECT_EQ(process.wait(), 0) << process.errors();
  const std::string output = process.output();
  const auto expected = json::Document::parse(support::read_file(support::repo_path("samples/expected.json")));
  ASSERT_TRUE(expected);
  for (const json::Node sample : expected->root()) {
    const std::string name(sample.key().substr(0, sample.key().size() - 5));
    const auto at = output.find("\n" + name + " ");
    ASSERT_NE(at, std::string::npos) << name;
    const std::string line = output.substr(at + 1, output.find('\n', at + 1) - at - 1);
    EXPECT_NE(line.find(" " + std::string(sample["status"].text()) + " "), std::string::npos) << line;
    const json::Node item = sample["items"].at(0);
    const std::string decision = item ? "1 " + std::string(item["action"].text()) : "refused";
    EXPECT_NE(line.find("  " + decision + " "), std::string::npos) << line;
  }
}

TEST_F(Commands, AdminDecidesACase) {
  support::RunningAdapter adapter({"--store", "memory", "--admin-listen", "127.0.0.1:0"});
  ASSERT_NE(adapter.admin_port(), 0) << adapter.process().errors();
  const std::string sample = "samples/bundles/row-13-not-met-adult.json";
  support::Process submit({{"submit", "--to", "http://127.0.0.1:" + std::to_string(adapter.port()) + "/fhir", sample}});
  ASSERT_EQ(submit.wait(), 0) << submit.errors();
  const auto admin = [&adapter](std::vector<std::string> arguments, const std::string& input = "") {
    const std::string to = "http://127.0.0.1:" + std::to_string(adapter.admin_port());
    arguments.insert(arguments.begin(), {"admin", "--to", to});
    support::Call call{std::move(arguments)};
    call.input = input;
    support::Process process(call);
    const int code = process.wait();
    return std::pair(code, process.output() + process.errors());
  };
  const auto [listed, queue] = admin({"queue"});
  EXPECT_EQ(listed, 0);
  const auto parsed = json::Document::parse(queue);
  ASSERT_TRUE(parsed) << queue;
  const std::string id(parsed->root()["cases"].at(0)["id"].text());
  const std::string decision = R"({"revision": 1, "items": [{"sequence": 1, "action": "A1"}]})";
  EXPECT_EQ(admin({"preview", id, "-"}, decision).first, 0);
  EXPECT_EQ(admin({"decide", id, "-"}, decision).first, 0);
  const auto [code, problem] = admin({"decide", id, "-"}, decision);
  EXPECT_EQ(code, 1);
  EXPECT_NE(problem.find(R"("status":409)"), std::string::npos) << problem;
  EXPECT_EQ(admin({"case", "a/b"}).first, 2) << "an id, not a path";
  EXPECT_EQ(admin({"reload"}).first, 0);
}

}  // namespace
}  // namespace pas
