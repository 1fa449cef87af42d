// policy diff: what differs between two policies directories, or two of their files.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/cli/policy_command.h"
#include "mappings/decision/difference.h"

namespace pas::cli {
namespace {

namespace fs = std::filesystem;

struct DiffOptions {
  std::string before;
  std::string after;
};

struct DataFile {
  std::string path;
  json::Document document;

  json::Node root() const { return document.root(); }
  bool is_policy() const { return fs::path(path).filename().string().starts_with("policy"); }
};

// By the path below what was named: "husky/policy.json"; empty for a file that was named itself.
using Files = std::map<std::string, DataFile>;

base::Result<void> read_into(const std::string& path, std::string name, Files& files) {
  auto text = read_all(path);
  if (!text) return text.error();
  const std::string source = *text;  // the document unescapes in place
  auto document = json::Document::parse(std::move(*text));
  if (!document) {
    const json::Location at = json::locate(source, document.error().offset);
    return base::Error{base::ErrorCode::kInvalid, path + ':' + std::to_string(at.line) + ':' +
                                                      std::to_string(at.column) + ": " + document.error().message};
  }
  files.emplace(std::move(name), DataFile{path, std::move(*document)});
  return {};
}

base::Result<Files> read_files(const std::string& path) {
  Files files;
  if (!fs::is_directory(path)) {
    if (const auto read = read_into(path, "", files); !read) return read.error();
    return files;
  }
  const auto paths = expand({path});
  if (!paths) return paths.error();
  for (const std::string& each : *paths) {
    if (const auto read = read_into(each, fs::path(each).lexically_relative(path).string(), files); !read) {
      return read.error();
    }
  }
  return files;
}

// Of the same policy on the other side: the last revision before this one comes into force, else the first.
const DataFile* other_revision(const Files& files, const std::string& name, json::Node policy) {
  const DataFile* best = nullptr;
  const auto from = [](json::Node root) { return root["effective"]["from"].text(); };
  for (const auto& [other_name, file] : files) {
    if (!file.is_policy() || fs::path(other_name).parent_path() != fs::path(name).parent_path()) continue;
    if (file.root()["id"].text() != policy["id"].text()) continue;
    const bool is_before = from(file.root()) < from(policy);
    const bool best_is_before = best != nullptr && from(best->root()) < from(policy);
    if (best == nullptr || (is_before && (!best_is_before || from(best->root()) < from(file.root())))) best = &file;
  }
  return best;
}

class Comparison {
 public:
  Comparison(const Files& before, const Files& after) : before_(before), after_(after) {}

  // Whether anything differs.
  bool print() {
    for (const auto& [name, file] : before_) {
      const auto found = after_.find(name);
      if (found != after_.end()) {
        compare(file, found->second);
      } else {
        std::cout << file.path << ": only here\n";
        differs_ = true;
      }
    }
    for (const auto& [name, file] : after_) {
      if (before_.contains(name)) continue;
      const DataFile* other = file.is_policy() ? other_revision(before_, name, file.root()) : nullptr;
      differs_ = true;
      if (other != nullptr) {
        compare(*other, file);
      } else {
        std::cout << file.path << ": only here\n";
      }
    }
    return differs_;
  }

 private:
  void compare(const DataFile& before, const DataFile& after) {
    const auto changes = decision::compare_json(before.root(), after.root());
    if (changes.empty()) return;
    differs_ = true;
    std::cout << before.path << " -> " << after.path << '\n' << decision::to_text(changes, 2);
  }

  const Files& before_;
  const Files& after_;
  bool differs_ = false;
};

int diff(const DiffOptions& options) {
  const auto before = read_files(options.before);
  const auto after = read_files(options.after);
  if (!before || !after) {
    std::cerr << "pas-adapter: " << (before ? after.error() : before.error()).message << '\n';
    return kUsage;
  }
  if (fs::is_directory(options.before) != fs::is_directory(options.after)) {
    std::cerr << "pas-adapter: a folder can only be compared with a folder\n";
    return kUsage;
  }
  return Comparison(*before, *after).print() ? kFailed : kDone;
}

}  // namespace

void add_policy_diff(CLI::App& policy, int& exit_code) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = policy.add_subcommand("diff", "What differs between two policies, member by member");
  command->add_option("before", options->before, "A policies folder, a payer's folder, or one file")->required();
  command->add_option("after", options->after, "The same of the other")->required();
  command->footer(
      "Files need not load, only be JSON. In folders, files of the same name are compared; a policy file that only "
      "the\n"
      "second has is compared with the last revision of the same policy in the first.\n"
      "Exit code: 0 nothing differs; 1 something does; 2 wrong call, or a file cannot be read.");
  command->callback([options, &exit_code] { exit_code = diff(*options); });
}

}  // namespace pas::cli
