// docs/security.md names the tests that prove its controls: each of them exists, and so does each file of cases.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

// What stands between two backticks of one line.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) {
    const std::size_t end = text.find_first_of("`\n", at + 1);
    if (end == std::string::npos) break;
    if (text[end] == '`') found.push_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return found;
}

// Of TEST, TEST_F and TEST_P, whose names stand in the same line.
std::set<std::string> tests_of(const std::string& source) {
  std::set<std::string> names;
  for (const std::string_view macro : {"\nTEST(", "\nTEST_F(", "\nTEST_P("}) {
    for (std::size_t at = source.find(macro); at != std::string::npos; at = source.find(macro, at + 1)) {
      const std::size_t begin = at + macro.size();
      std::string name = source.substr(begin, source.find(')', begin) - begin);
      if (const auto comma = name.find(", "); comma != std::string::npos) names.insert(name.replace(comma, 2, "."));
    }
  }
  return names;
}

TEST(SecurityDocument, NamesTestsAndCasesThatExist) {
  std::set<std::string> tests;
  for (const auto& file : support::files_below(support::repo_path("tests"), "_test.cpp")) {
    tests.merge(tests_of(support::read_file(file)));
  }
  int named = 0;
  for (const std::string& text : quoted(support::read_file(support::repo_path("docs/security.md")))) {
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
