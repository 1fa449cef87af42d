// The walls of docs/architecture.md: a folder includes only folders that stand before it, and some outside libraries
// stay behind one wrapper.

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace pas {
namespace {

// Bottom to top.
const std::vector<std::string> kOrder = {
    "fhir/base",       "fhir/json",         "fhir/fhirpath",       "fhir/definitions", "fhir/validation",
    "mappings/inputs", "mappings/policy",   "mappings/decision",   "mappings/pas",     "mappings/routing",
    "adapter/observe", "adapter/outbound",  "adapter/documents",   "adapter/store",    "adapter/auth",
    "adapter/audit",   "adapter/notify",    "adapter/gateway",     "adapter/service",  "adapter/http",
    "adapter/console", "adapter/endpoints", "adapter/conformance", "adapter/cli"};

struct Wrapped {
  std::string header;  // how the include starts
  std::string folder;  // the only place that may use it
};
const std::vector<Wrapped> kWrapped = {
    {"rapidjson/", "fhir/json/"},       {"boost/beast", "adapter/http/"}, {"boost/asio", "adapter/http/"},
    {"openssl/ssl.h", "adapter/http/"}, {"sqlite3.h", "adapter/store/"},  {"libpq-fe.h", "adapter/store/"},
    {"re2/", "fhir/fhirpath/"},         {"pugixml", "mappings/inputs/"},  {"qpdf/", "mappings/inputs/"}};

// The position in kOrder of the folder that the path is in (subfolders count as their library), or npos.
std::size_t layer_of(const std::string& path) {
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (path.starts_with(kOrder[i] + "/")) return i;
  }
  return std::string::npos;
}

struct Include {
  std::string file;
  std::string target;
};

std::vector<Include> all_includes() {
  std::vector<Include> found;
  const std::string root = support::repo_path("").string();
  for (const char* top : {"fhir", "mappings", "adapter"}) {
    for (const char* suffix : {".h", ".cpp"}) {
      for (const auto& path : support::files_below(support::repo_path(top), suffix)) {
        std::istringstream lines(support::read_file(path));
        for (std::string line; std::getline(lines, line);) {
          if (!line.starts_with("#include")) continue;
          const auto start = line.find_first_of("<\"");
          const auto end = line.find_last_of(">\"");
          found.push_back({path.string().substr(root.size()), line.substr(start + 1, end - start - 1)});
        }
      }
    }
  }
  return found;
}

TEST(Walls, NoUpwardInclude) {
  const auto includes = all_includes();
  EXPECT_FALSE(includes.empty());
  for (const auto& [file, target] : includes) {
    const std::size_t from = layer_of(file);
    const std::size_t to = layer_of(target);
    ASSERT_NE(from, std::string::npos) << file << " is in no layer";
    if (to == std::string::npos) continue;
    EXPECT_LE(to, from) << file << " includes " << target;
  }
}

TEST(Walls, WrappedLibrariesStayWrapped) {
  for (const auto& [file, target] : all_includes()) {
    for (const auto& wrapped : kWrapped) {
      if (target.starts_with(wrapped.header)) {
        EXPECT_TRUE(file.starts_with(wrapped.folder)) << file << " includes " << target;
      }
    }
  }
}

TEST(Walls, IncludesAreWrittenFromTheRoot) {
  for (const auto& [file, target] : all_includes()) EXPECT_FALSE(target.starts_with(".")) << file << ": " << target;
}

// A file this long has two jobs.
TEST(Walls, FilesStayShort) {
  constexpr std::ptrdiff_t kMostLines = 500;
  for (const char* top : {"fhir", "mappings", "adapter", "tests"}) {
    for (const char* suffix : {".h", ".cpp"}) {
      for (const auto& path : support::files_below(support::repo_path(top), suffix)) {
        const std::string text = support::read_file(path);
        EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kMostLines) << path;
      }
    }
  }
}

}  // namespace
}  // namespace pas
