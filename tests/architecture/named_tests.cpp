#include "tests/architecture/named_tests.h"

#include <string_view>

#include "tests/support/files.h"

namespace pas::support {
namespace {

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

}  // namespace

std::set<std::string> test_names() {
  std::set<std::string> names;
  for (const auto& file : files_below(repo_path("tests"), "_test.cpp")) names.merge(tests_of(read_file(file)));
  return names;
}

std::vector<std::string> between(const std::string& text, char mark) {
  const char ends[] = {mark, '\n', '\0'};
  std::vector<std::string> found;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t end = text.find_first_of(ends, at + 1);
    if (end == std::string::npos) break;
    if (text[end] == mark) found.push_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return found;
}

}  // namespace pas::support
