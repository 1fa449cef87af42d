#pragma once
// Where tests find their data. Paths are absolute, so that a test runs from any folder.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pas::support {

// A file or folder of this repository.
std::filesystem::path repo_path(const std::string& relative);

// The folder of conformance material, from PAS_SHARED or ../shared; nothing when it is absent (the test is then
// skipped).
std::optional<std::filesystem::path> shared_path(const std::string& relative);

// The whole file; fails the test when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Every file below `folder` whose name ends in `suffix`, sorted.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, const std::string& suffix);

}  // namespace pas::support

// Ends the test as skipped when the conformance material is not there.
#define PAS_SHARED_OR_SKIP(variable, relative)                                                    \
  const auto variable##_found = ::pas::support::shared_path(relative);                            \
  if (!variable##_found) GTEST_SKIP() << "no " << (relative) << " below PAS_SHARED or ../shared"; \
  const std::filesystem::path& variable = *variable##_found  // NOLINT(bugprone-macro-parentheses): it is declared
