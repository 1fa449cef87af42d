// `pas-adapter fhirpath` as it is called: every file below tests/cases/cli-fhirpath is a list of calls.
//
//   {"cases": [{"arguments": ["name.family", "files/patient.json"], "output": ["…"], "errors": ["…"], "exit": 0}, …]}
//
// The folder of the cases is the working directory. "input" is standard input; "errors" are what standard error says,
// all of it; without "output" or "errors" there is none.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "fhir/json/document.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// As one word for the shell.
std::string shell_word(std::string_view word) {
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

std::string lines_of(const json::Node lines) {
  std::string text;
  for (const json::Node line : lines) text.append(line.text()).append("\n");
  return text;
}

class Command : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / ("cli_fhirpath_" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }

  void check(const json::Node test) const {
    std::ofstream(file("input")) << test["input"].text();
    std::string call = "cd " + shell_word(support::repo_path("tests/cases/cli-fhirpath").string()) + " && NO_COLOR=1 ";
    call.append(shell_word(PAS_ADAPTER)).append(" fhirpath");
    for (const json::Node argument : test["arguments"]) call.append(" ").append(shell_word(argument.text()));
    call.append(" < ").append(shell_word(file("input"))).append(" > ").append(shell_word(file("output")));
    call.append(" 2> ").append(shell_word(file("errors")));
    const int status = std::system(call.c_str());
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(std::to_string(WEXITSTATUS(status)), test["exit"].text());
    EXPECT_EQ(support::read_file(file("output")), lines_of(test["output"]));
    EXPECT_EQ(support::read_file(file("errors")), lines_of(test["errors"]));
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Command, EveryCase) {
  std::size_t cases = 0;
  const auto folder = support::repo_path("tests/cases/cli-fhirpath");
  for (const auto& path : support::files_below(folder, ".json")) {
    if (path.parent_path() != folder) continue;  // a resource
    const auto file = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(file) << path << ": " << file.error().message << " at " << file.error().offset;
    for (const json::Node test : file->root()["cases"]) {
      SCOPED_TRACE(test["arguments"].to_json());
      check(test);
      ++cases;
    }
  }
  EXPECT_GE(cases, 20U);
}

}  // namespace
}  // namespace pas
