// Every setting of `serve` by command line, environment and file (tests/cases/cli/settings.json), seen by --check.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
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
  std::string config(const std::string& text) {
    std::ofstream(folder_.file("adapter.toml")) << text;
    return folder_.file("adapter.toml");
  }

  const json::Document cases_ =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/cli/settings.json"))).value();

 private:
  support::TemporaryFolder folder_;
};

TEST_F(Settings, CommandLineThenEnvironmentThenFile) {
  for (const json::Node each : cases_.root()) {
    const std::string name(each["name"].text());
    SCOPED_TRACE(name);
    const std::string by_file(each["file"].text());
    const std::string by_environment(each["environment"].text());
    const std::string by_command_line(each["command line"].text());
    const std::string quote = each["file"].is_string() ? "\"" : "";
    const std::string file = config(name + " = " + quote + by_file + quote + "\n");
    const std::string variable = std::string(each["variable"].text()) + "=" + by_environment;

    EXPECT_EQ(in_force(check({}), name), each["default"].text());
    EXPECT_EQ(in_force(check({{"--config", file}}), name), by_file);
    EXPECT_EQ(in_force(check({{"--config", file}, {variable}}), name), by_environment);
    EXPECT_EQ(in_force(check({{"--" + name, by_command_line, "--config", file}, {variable}}), name), by_command_line);
    const Checked wrong = check({{"--config", config("\n" + name + " = [1]\n")}});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_NE(wrong.errors.find("adapter.toml:2: " + name), std::string::npos) << wrong.errors;
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
