// Every setting of `serve` by command line, environment and file (tests/cases/cli/settings.json), seen by --check.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/http/tls_client.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

struct Checked {
  int exit_code = 0;
  std::string output;
  std::string errors;
};
Checked check(support::Call call) {
  call.arguments.insert(call.arguments.begin(), {"serve", "--check"});
  support::Process process(call);
  Checked checked;
  checked.exit_code = process.wait();
  checked.output = process.output();
  checked.errors = process.errors();
  return checked;
}

// "workers" in force, as TOML writes it; texts without their quotes.
std::string in_force(const Checked& checked, const std::string& name) {
  const std::string lines = "\n" + checked.output;
  const auto at = lines.find("\n" + name + " = ");
  if (at == std::string::npos) return "(none: " + checked.errors + ")";
  const auto start = at + name.size() + 4;
  std::string value = lines.substr(start, lines.find('\n', start) - start);
  if (value.starts_with('\'') || value.starts_with('"')) value = value.substr(1, value.size() - 2);
  return value;
}

class Settings : public testing::Test {
 protected:
  Settings() {
    const support::Authority authority;
    const support::Identity server = authority.issue("server", "DNS:localhost");
    write_pair(folder_, server);
    support::write_file(folder_.file("clients.txt"), "dns:ehr.example\n");
    support::write_file(folder_.file("store.keys"), "a " + std::string(64, '5') + "\n");
    std::filesystem::permissions(folder_.file("store.keys"), std::filesystem::perms::owner_read);
    support::write_file(folder_.file("ocsp.der"), authority.ocsp_about(server.certificate.get(), 3600));
  }

  // A value of the cases; "{tls}" is a folder with what TLS needs.
  std::string value(json::Node node) const {
    std::string text(node.text());
    if (text.starts_with("{tls}")) text.replace(0, 5, folder_.file(""));
    return text;
  }

  std::string config(const std::string& text) {
    std::ofstream(folder_.file("adapter.toml")) << text;
    return folder_.file("adapter.toml");
  }

  const json::Document cases_ =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/cli/settings.json"))).value();

 private:
  support::TemporaryFolder folder_;
};

// All settings at once from each place, since a start takes a while; each is looked at by itself.
TEST_F(Settings, CommandLineThenEnvironmentThenFile) {
  std::string text;
  std::vector<std::string> variables;
  std::vector<std::string> arguments;
  for (const json::Node each : cases_.root()) {
    const char* quote = each["file"].is_string() ? "\"" : "";
    text.append(each["name"].text()).append(" = ").append(quote).append(value(each["file"])).append(quote).append("\n");
    variables.push_back(std::string(each["variable"].text()) + "=" + value(each["environment"]));
    // In one argument, as flags need it.
    arguments.push_back("--" + std::string(each["name"].text()) + "=" + value(each["command line"]));
  }
  const std::string file = config(text);
  const Checked nothing = check({});
  const Checked by_file = check({{"--config", file}});
  const Checked by_environment = check({{"--config", file}, variables});
  arguments.insert(arguments.end(), {"--config", file});
  const Checked by_command_line = check({arguments, variables});
  for (const json::Node each : cases_.root()) {
    const std::string name(each["name"].text());
    EXPECT_EQ(in_force(nothing, name), each["default"].text()) << name;
    EXPECT_EQ(in_force(by_file, name), value(each["file"])) << name;
    EXPECT_EQ(in_force(by_environment, name), value(each["environment"])) << name;
    EXPECT_EQ(in_force(by_command_line, name), value(each["command line"])) << name;
  }
}

TEST_F(Settings, AWrongKindOfValueIsRefusedWithItsPlace) {
  for (const json::Node each : cases_.root()) {
    const std::string name(each["name"].text());
    const Checked wrong = check({{"--config", config("\n" + name + " = [1]\n")}});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_NE(wrong.errors.find("adapter.toml:2: " + name + ": "), std::string::npos) << wrong.errors;
  }
}

TEST_F(Settings, EveryOneHasItsCase) {
  const Checked checked = check({});
  ASSERT_EQ(checked.exit_code, 0) << checked.errors;
  std::set<std::string> known;
  for (const json::Node each : cases_.root()) known.emplace(each["name"].text());
  std::istringstream lines(checked.output);
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line); ++found) {
    EXPECT_TRUE(known.contains(line.substr(0, line.find(' ')))) << line;
  }
  EXPECT_EQ(found, known.size());
}

TEST_F(Settings, WhatCheckPrintsIsAConfigFile) {
  const Checked first = check({{"--workers", "3", "--store", "sqlite:a\"b'c.db"}});
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  std::string text;
  std::istringstream lines(first.output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with("= ''")) text += line + "\n";
  }
  EXPECT_EQ(check({{"--config", config(text)}}).output, first.output);
}

TEST_F(Settings, PasConfigNamesTheFile) {
  const std::string file = config("workers = 7\n");
  EXPECT_EQ(in_force(check({{}, {"PAS_CONFIG=" + file}}), "workers"), "7");
  EXPECT_EQ(in_force(check({{}, {"PAS_CONFIG=" + file, "PAS_WORKERS="}}), "workers"), "7");
}

}  // namespace
}  // namespace pas
