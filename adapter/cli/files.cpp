#include "adapter/cli/files.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace pas::cli {
namespace {

constexpr std::size_t kWorthABar = 20;
constexpr std::size_t kBarWidth = 40;

template <class Errors>
std::string joined(const Errors& errors) {
  std::string text;
  for (const auto& error : errors) text.append(to_string(error)).append("\n");
  return text;
}

}  // namespace

base::Result<std::string> read_all(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return std::move(text).str();
  }
  std::ifstream in(path, std::ios::binary);
  if (!in.good() || std::filesystem::is_directory(path)) {
    return base::Error{base::ErrorCode::kNotFound, "cannot read " + path};
  }
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> expand(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && entry.path().extension() == ".json") inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

void for_each_with_progress(const std::vector<std::string>& paths,
                            const std::function<void(const std::string&)>& each) {
  const bool bar = paths.size() >= kWorthABar && ::isatty(STDERR_FILENO) == 1;
  std::size_t done = 0;
  for (const std::string& path : paths) {
    each(path);
    ++done;
    if (!bar) continue;
    const std::size_t filled = kBarWidth * done / paths.size();
    std::cerr << "\r[" << std::string(filled, '#') << std::string(kBarWidth - filled, ' ') << "] " << done << "/"
              << paths.size() << std::flush;
  }
  if (bar) std::cerr << "\n";
}

Loaded<std::shared_ptr<const policy::PolicySet>> load_policies(const std::string& directory) {
  auto set = policy::PolicySet::load(directory);
  if (!set) return joined(set.error());
  return *set;
}

Loaded<std::shared_ptr<const inputs::Roster>> load_roster(const std::string& path) {
  if (path.empty()) return std::shared_ptr<const inputs::Roster>();
  const auto text = read_all(path);
  if (!text) return text.error().message + "\n";
  auto roster = inputs::Roster::load(*text, std::filesystem::path(path).filename().string());
  if (!roster) return joined(roster.error());
  return std::make_shared<const inputs::Roster>(std::move(*roster));
}

}  // namespace pas::cli
