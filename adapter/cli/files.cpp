#include "adapter/cli/files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "adapter/cli/progress.h"

namespace pas::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30U;

std::string joined(const inputs::LoadErrors& errors, const std::filesystem::path& root) {
  std::string text;
  for (const std::string& mistake : mistakes_of(errors, root)) text.append(mistake).append("\n");
  return text;
}

}  // namespace

base::Result<std::string> read_all(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  if (!in.good() || std::filesystem::is_directory(path)) {
    return base::Error{base::ErrorCode::kNotFound, "cannot read " + path};
  }
  std::string text;
  std::array<char, std::size_t{64} << 10U> part{};
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) return base::Error{base::ErrorCode::kTooLarge, path + " is larger than 1 GiB"};
  }
  return text;
}

base::Result<std::vector<std::string>> expand(const std::vector<std::string>& paths) {
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
    if (inside.empty()) return base::Error{base::ErrorCode::kNotFound, "no .json file in " + path};
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

void print_each(const std::vector<std::string>& paths, const std::function<std::string(const std::string&)>& each) {
  ProgressBar bar(paths.size());
  for (const std::string& path : paths) {
    const std::string text = each(path);
    bar.clear();
    std::cout << text << std::flush;
    bar.step();
  }
}

std::vector<std::string> mistakes_of(inputs::LoadErrors errors, const std::filesystem::path& root) {
  std::vector<std::string> mistakes;
  for (inputs::LoadError& error : errors) {
    error.file = (error.file == root.filename() ? root : root / error.file).string();
    mistakes.push_back(to_string(error));
  }
  return mistakes;
}

Loaded<std::shared_ptr<const policy::PolicySet>> load_policies(const std::string& directory) {
  auto set = policy::PolicySet::load(directory);
  if (!set) return joined(set.error(), directory);
  return *set;
}

Loaded<decision::CasePolicies> load_case_policies(const std::string& directory) {
  auto policies = decision::CasePolicies::load(directory);
  if (!policies) return joined(policies.error(), directory);
  return std::move(*policies);
}

base::Result<store::SharedKeys> load_store_keys(const std::string& path) {
  if (path.empty()) return store::SharedKeys();
  auto keys = store::StoreKeys::load(path);
  if (!keys) return base::invalid("--store-keys: " + keys.error().message);
  return keys;
}

base::Result<std::unique_ptr<store::Store>> open_existing_store(const std::string& specification,
                                                                const std::string& keys) {
  constexpr std::string_view kFile = "sqlite:";
  if (specification == "memory") return base::invalid("sqlite:FILE or postgres:CONNINFO is wanted, not memory");
  const std::string file = specification.starts_with(kFile) ? specification.substr(kFile.size()) : "";
  if (!file.empty() && !std::filesystem::is_regular_file(file)) {
    return base::Error{base::ErrorCode::kNotFound, "no store is at " + file};
  }
  auto loaded = load_store_keys(keys);
  if (!loaded) return loaded.error();
  return store::open_store(specification, std::move(*loaded));
}

Loaded<std::shared_ptr<const inputs::Roster>> load_roster(const std::string& path) {
  if (path.empty()) return std::shared_ptr<const inputs::Roster>();
  const auto text = read_all(path);
  if (!text) return "pas-adapter: " + text.error().message + "\n";
  auto roster = inputs::Roster::load(*text, std::filesystem::path(path).filename().string());
  if (!roster) return joined(roster.error(), path);
  return std::make_shared<const inputs::Roster>(std::move(*roster));
}

Loaded<std::shared_ptr<const gateway::Payers>> load_payers(const std::string& path, const policy::PolicySet& policies) {
  if (path.empty()) return std::shared_ptr<const gateway::Payers>();
  auto payers = gateway::Payers::load(path, policies);
  if (!payers) return payers.error().message + "\n";
  return std::move(*payers);
}

Loaded<std::shared_ptr<const service::ValidationService>> load_validation(const std::string& packages) {
  std::vector<std::filesystem::path> paths;
  if (!packages.empty()) {
    auto found = definitions::packages_in(packages);
    if (!found) return "pas-adapter: " + found.error().message + "\n";
    paths = *std::move(found);
  }
  auto service = service::ValidationService::load({.packages = std::move(paths)});
  if (!service) return "pas-adapter: " + service.error().message + "\n";
  return *std::move(service);
}

}  // namespace pas::cli
