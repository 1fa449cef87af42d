#include "fhir/definitions/compiler.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "fhir/definitions/draft.h"
#include "fhir/definitions/snapshot.h"
#include "fhir/definitions/table_writer.h"
#include "fhir/definitions/terminology.h"

namespace pas::definitions {
namespace {

using Codes = std::set<std::string, std::less<>>;

// What the tables compiled before know of terminology.
class TerminologyOf {
 public:
  explicit TerminologyOf(const DefinitionSet* set) : set_(set) {}

  KnownTerminology ask() {
    return {[this](std::string_view url, Expansion& into) { return value_set(url, into); },
            [this](std::string_view url) { return code_system(url); }};
  }

 private:
  bool value_set(std::string_view url, Expansion& into) const {
    const ValueSet found = set_ == nullptr ? ValueSet{} : set_->find_value_set(url);
    if (!found) return false;
    into = found.expansion();
    return true;
  }

  const Codes* code_system(std::string_view url) {
    const CodeSystem found = set_ == nullptr ? CodeSystem{} : set_->find_code_system(url);
    if (!found || !found.is_complete()) return nullptr;
    Codes& codes = code_systems_[std::string(url)];
    if (codes.empty()) {
      for (const std::string_view code : found.codes()) codes.emplace(code);
    }
    return &codes;
  }

  const DefinitionSet* set_;
  std::map<std::string, Codes, std::less<>> code_systems_;
};

using TablePtr = std::shared_ptr<const table::Table>;

// A package to be compiled, or one that was.
struct Source {
  Package package;  // of a compiled one: its id and dependencies only
  TablePtr table;
};

base::Result<Source> read_source(const std::filesystem::path& path) {
  if (path.extension() != ".pasdef") {
    auto package = read_package(path);
    if (!package) return package.error();
    return Source{*std::move(package), nullptr};
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return base::Error{base::ErrorCode::kNotFound, path.string() + ": cannot be read"};
  auto bytes = table::decompress(text.view());
  if (!bytes) return base::invalid(path.string() + ": " + bytes.error().message);
  auto opened = table::Table::open(*std::move(bytes));
  if (!opened) return base::invalid(path.string() + ": " + opened.error().message);
  const auto set = DefinitionSet::link({*opened});
  Source source{{}, *opened};
  source.package.id = set->packages().front();
  source.package.dependencies = set->missing();
  return source;
}

// The first that depends on no other; where they depend on each other, the first.
std::vector<Source>::iterator next_source(std::vector<Source>& sources) {
  const auto waits = [&](const Source& source) {
    return std::ranges::any_of(source.package.dependencies, [&](const PackageId& needed) {
      return std::ranges::any_of(
          sources, [&](const Source& other) { return &other != &source && other.package.id.name == needed.name; });
    });
  };
  const auto found = std::ranges::find_if_not(sources, waits);
  return found == sources.end() ? sources.begin() : found;
}

}  // namespace

Compilation compile(const Package& package, const DefinitionSet* known) {
  Compilation result;
  TableWriter writer(package);

  SnapshotMaker snapshots(package, known);
  for (const json::Document& document : package.structures) {
    auto structure = snapshots.complete(document.root());
    if (structure) {
      writer.add(*structure);
    } else {
      result.remarks.push_back(structure.error().message);
    }
  }

  for (const json::Document& document : package.code_systems) {
    if (document.root()["content"].text() != "supplement") writer.add(read_code_system(document.root()));
  }
  TerminologyOf terminology(known);
  const KnownTerminology ask = terminology.ask();
  Expander expander(package.code_systems, package.value_sets, ask);
  for (const json::Document& document : package.value_sets) {
    const json::Node root = document.root();
    writer.add_value_set(root["url"].text(), root["version"].text(), expander.expand(root));
  }
  result.table = std::move(writer).finish();
  return result;
}

base::Result<std::shared_ptr<const DefinitionSet>> load_packages(const std::vector<std::filesystem::path>& paths,
                                                                 const std::shared_ptr<const DefinitionSet>& base,
                                                                 std::vector<std::string>& remarks) {
  std::vector<Source> sources;
  for (const std::filesystem::path& path : paths) {
    auto source = read_source(path);
    if (!source) return source.error();
    sources.push_back(*std::move(source));
  }
  std::shared_ptr<const DefinitionSet> set = base;
  while (!sources.empty()) {
    const auto next = next_source(sources);
    TablePtr table = next->table;
    if (table == nullptr) {
      Compilation compiled = compile(next->package, set.get());
      for (std::string& remark : compiled.remarks) remarks.push_back(next->package.id.to_string() + ": " + remark);
      auto opened = table::Table::open(std::move(compiled.table));
      if (!opened) return opened.error();
      table = *std::move(opened);
    }
    sources.erase(next);
    std::vector<TablePtr> tables{std::move(table)};
    if (set) tables.insert(tables.end(), set->tables().begin(), set->tables().end());
    set = DefinitionSet::link(std::move(tables));
  }
  return set;
}

}  // namespace pas::definitions
