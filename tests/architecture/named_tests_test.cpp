// docs/security.md names the tests that prove its controls: each of them exists, and so does each file of cases.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "tests/architecture/named_tests.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// "Suite.Name", both in upper camel case.
bool is_test_name(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return false;
  const auto is_name = [](std::string_view part) {
    return part.front() >= 'A' && part.front() <= 'Z' &&
           std::ranges::all_of(part, [](unsigned char c) { return std::isalnum(c) != 0; });
  };
  return is_name(text.substr(0, dot)) && is_name(text.substr(dot + 1));
}

TEST(SecurityDocument, NamesTestsAndCasesThatExist) {
  const std::set<std::string> tests = support::test_names();
  int named = 0;
  for (const std::string& text : support::between(support::read_file(support::repo_path("docs/security.md")), '`')) {
    if (is_test_name(text)) {
      ++named;
      EXPECT_TRUE(tests.contains(text)) << text;
    }
    if (text.starts_with("cases/")) {
      EXPECT_TRUE(std::filesystem::is_regular_file(support::repo_path("tests/" + text))) << text;
    }
  }
  EXPECT_GT(named, 80) << "the table is read";
}

}  // namespace
}  // namespace pas
