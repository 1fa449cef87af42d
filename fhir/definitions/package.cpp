#include "fhir/definitions/package.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>

namespace pas::definitions {
namespace {

namespace fs = std::filesystem;

// Takes each file of a package by its name below package/; false stops the reading.
using Visitor = std::function<std::optional<base::Error>(std::string_view name, std::string bytes)>;

bool is_wanted(std::string_view name) {
  if (name.find('/') != std::string_view::npos || !name.ends_with(".json") || name.starts_with('.')) return false;
  return name == "package.json" || name.starts_with("StructureDefinition") || name.starts_with("ValueSet") ||
         name.starts_with("CodeSystem");
}

base::Error too_large(const fs::path& path, std::string_view limit) {
  return {base::ErrorCode::kTooLarge, path.string() + ": over the limit of a package's " + std::string(limit)};
}

std::optional<base::Error> visit_archive(const fs::path& path, const PackageLimits& limits, const Visitor& visit) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), std::size_t{64} << 10U) != ARCHIVE_OK) {
    return base::invalid(path.string() + ": not a readable .tgz package");
  }
  std::size_t total = 0;
  std::size_t entries = 0;
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK) return base::invalid(path.string() + ": the archive is damaged");
    if (++entries > limits.entries) return too_large(path, "entries");
    const char* raw = archive_entry_pathname(entry);
    std::string_view name = raw == nullptr ? "" : raw;
    if (name.starts_with("./")) name.remove_prefix(2);
    if (!name.starts_with("package/") || archive_entry_filetype(entry) != AE_IFREG) continue;
    name.remove_prefix(std::string_view("package/").size());
    if (!is_wanted(name)) continue;
    const std::string kept(name);
    std::string bytes;
    char buffer[std::size_t{64} << 10U];
    for (;;) {
      const la_ssize_t got = archive_read_data(reader.get(), buffer, sizeof buffer);
      if (got < 0) return base::invalid(path.string() + ": the archive is damaged at " + kept);
      if (got == 0) break;
      bytes.append(buffer, static_cast<std::size_t>(got));
      if (bytes.size() > limits.entry_bytes) return too_large(path, "file size, at " + kept);
    }
    total += bytes.size();
    if (total > limits.total_bytes) return too_large(path, "unpacked size");
    if (auto error = visit(kept, std::move(bytes))) return error;
  }
}

std::optional<base::Error> visit_folder(const fs::path& folder, const PackageLimits& limits, const Visitor& visit) {
  std::error_code failed;
  std::size_t total = 0;
  std::size_t entries = 0;
  fs::directory_iterator files(folder, failed);
  if (failed) return base::invalid(folder.string() + ": cannot be read");
  for (const fs::directory_iterator end; files != end; files.increment(failed)) {
    if (++entries > limits.entries) return too_large(folder, "entries");
    const std::string name = files->path().filename().string();
    if (!is_wanted(name) || !files->is_regular_file(failed)) continue;
    const auto size = files->file_size(failed);
    if (failed || size > limits.entry_bytes) return too_large(folder, "file size, at " + name);
    std::ifstream in(files->path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return base::invalid(files->path().string() + ": cannot be read");
    std::string bytes = std::move(text).str();
    total += bytes.size();
    if (total > limits.total_bytes) return too_large(folder, "unpacked size");
    if (auto error = visit(name, std::move(bytes))) return error;
  }
  if (failed) return base::invalid(folder.string() + ": cannot be read");
  return std::nullopt;
}

// hl7.fhir.us.core.v311 is another version of hl7.fhir.us.core under a second name, since npm allows one per name.
std::string without_alias(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 2 >= name.size() || name[dot + 1] != 'v') return std::string(name);
  const std::string_view digits = name.substr(dot + 2);
  const bool number = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return std::string(number ? name.substr(0, dot) : name);
}

void read_manifest(json::Node manifest, Package& package) {
  package.id = {std::string(manifest["name"].text()), std::string(manifest["version"].text())};
  package.canonical = manifest["canonical"].text();
  for (const json::Node dependency : manifest["dependencies"]) {
    package.dependencies.push_back({without_alias(dependency.key()), std::string(dependency.text())});
  }
}

// By url and version: the order of an archive or folder must not show in the tables.
void sort_by_url(std::vector<json::Document>& documents) {
  std::stable_sort(documents.begin(), documents.end(), [](const json::Document& a, const json::Document& b) {
    const auto key = [](const json::Document& document) {
      const json::Node root = document.root();
      return std::pair(root["url"].text(), root["version"].text());
    };
    return key(a) < key(b);
  });
}

void keep(json::Document document, Package& package) {
  const std::string_view type = document.root()["resourceType"].text();
  if (document.root()["url"].text().empty()) return;
  if (type == "StructureDefinition")
    package.structures.push_back(std::move(document));
  else if (type == "ValueSet")
    package.value_sets.push_back(std::move(document));
  else if (type == "CodeSystem")
    package.code_systems.push_back(std::move(document));
}

void sort_all(Package& package) {
  sort_by_url(package.structures);
  sort_by_url(package.value_sets);
  sort_by_url(package.code_systems);
}

}  // namespace

base::Result<Package> read_package(const std::filesystem::path& path, const PackageLimits& limits) {
  Package package;
  bool has_manifest = false;
  const Visitor visit = [&](std::string_view name, std::string bytes) -> std::optional<base::Error> {
    auto document = json::Document::parse(std::move(bytes));
    if (!document) return base::invalid(path.string() + ": " + std::string(name) + ": " + document.error().message);
    if (name == "package.json") {
      read_manifest(document->root(), package);
      has_manifest = true;
    } else {
      keep(std::move(*document), package);
    }
    return std::nullopt;
  };
  std::error_code ignored;
  std::optional<base::Error> error;
  if (fs::is_directory(path, ignored)) {
    error = visit_folder(fs::exists(path / "package.json", ignored) ? path : path / "package", limits, visit);
  } else {
    error = visit_archive(path, limits, visit);
  }
  if (error) return *std::move(error);
  if (!has_manifest || package.id.name.empty() || package.id.version.empty()) {
    return base::invalid(path.string() + ": no package.json with a name and a version");
  }
  sort_all(package);
  return package;
}

base::Result<std::vector<std::filesystem::path>> packages_in(const std::filesystem::path& folder) {
  std::error_code failed;
  fs::directory_iterator entries(folder, failed);
  std::vector<fs::path> found;
  for (const fs::directory_iterator end; !failed && entries != end; entries.increment(failed)) {
    const fs::path& path = entries->path();
    std::error_code ignored;
    const bool is_package =
        fs::is_directory(path, ignored)
            ? fs::exists(path / "package.json", ignored) || fs::exists(path / "package" / "package.json", ignored)
            : path.extension() == ".tgz" || path.extension() == ".pasdef";
    if (is_package) found.push_back(path);
  }
  if (failed) return base::Error{base::ErrorCode::kNotFound, folder.string() + ": cannot be read"};
  std::ranges::sort(found);
  return found;
}

Package loose_package(PackageId id, std::vector<json::Document> resources) {
  Package package;
  package.id = std::move(id);
  for (json::Document& resource : resources) keep(std::move(resource), package);
  sort_all(package);
  return package;
}

}  // namespace pas::definitions
