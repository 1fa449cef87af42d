#include "tests/support/files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pas::support {

std::filesystem::path repo_path(const std::string& relative) {
  return std::filesystem::path(PAS_SOURCE_DIR) / relative;
}

std::optional<std::filesystem::path> shared_path(const std::string& relative) {
  const char* root = std::getenv("PAS_SHARED");
  auto path = (root != nullptr ? std::filesystem::path(root) : repo_path("../shared")) / relative;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << "cannot read " << path;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, const std::string& suffix) {
  std::vector<std::filesystem::path> found;
  if (!std::filesystem::exists(folder)) return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(suffix)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace pas::support
