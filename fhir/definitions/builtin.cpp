#include "fhir/definitions/builtin.h"

#include <algorithm>
#include <string>

#include "fhir/definitions/builtin_tables.h"

namespace pas::definitions {
namespace {

using TablePtr = std::shared_ptr<const table::Table>;

std::string_view name_of(std::string_view package) {
  return package.substr(0, package.find('#'));
}

// The package as named, or the last version of that name; empty when there is none.
std::string_view nearest(std::string_view package) {
  std::string_view found;
  for (const BuiltinTable& table : kBuiltinTables) {
    if (table.package == package) return table.package;
    if (name_of(table.package) == name_of(package)) found = table.package;
  }
  return found;
}

// Breadth first, so that what a package asks for itself comes before what its dependencies ask for. Of several
// versions of one name the later comes first.
base::Result<std::vector<TablePtr>> closure(const std::vector<std::string_view>& packages) {
  std::vector<std::string_view> wanted(packages.begin(), packages.end());
  if (wanted.empty()) wanted.push_back(kR4Core);
  std::vector<TablePtr> tables;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto bytes = table::decompress(builtin_table(wanted[i]));
    if (!bytes) return bytes.error();
    auto table = table::Table::open(*std::move(bytes));
    if (!table) return table.error();
    const TextList needs(**table, (*table)->list((*table)->packages[0].dependencies));
    std::vector<std::string_view> more;
    more.reserve(needs.size() / 2);
    for (std::size_t k = 0; k + 1 < needs.size(); k += 2) {
      more.push_back(nearest(std::string(needs[k]) + "#" + std::string(needs[k + 1])));
    }
    std::ranges::sort(more, std::greater<>());
    for (const std::string_view package : more) {
      if (!package.empty() && std::ranges::find(wanted, package) == wanted.end()) wanted.push_back(package);
    }
    tables.push_back(*std::move(table));
    for (const std::string_view always : {kR4Core, kSupplement}) {
      const bool is_wanted = std::ranges::find(wanted, always) != wanted.end();
      if (i + 1 == wanted.size() && !is_wanted && !builtin_table(always).empty()) wanted.push_back(always);
    }
  }
  return tables;
}

}  // namespace

std::vector<std::string_view> builtin_packages() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kBuiltinTables));
  for (const BuiltinTable& table : kBuiltinTables) names.push_back(table.package);
  return names;
}

std::string_view builtin_table(std::string_view package) {
  for (const BuiltinTable& table : kBuiltinTables) {
    if (table.package == package) return {table.begin, static_cast<std::size_t>(table.end - table.begin)};
  }
  return {};
}

base::Result<std::shared_ptr<const DefinitionSet>> builtin_definitions(const std::vector<std::string_view>& packages) {
  for (const std::string_view package : packages) {
    if (builtin_table(package).empty()) {
      return base::Error{base::ErrorCode::kNotFound, std::string(package) + ": no such built-in package"};
    }
  }
  auto tables = closure(packages);
  if (!tables) return tables.error();
  return DefinitionSet::link(*std::move(tables));
}

}  // namespace pas::definitions
