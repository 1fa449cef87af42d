#include "mappings/policy/runner.h"

#include <algorithm>

namespace pas::policy {
namespace {

fhirpath::Environment environment_of(const inputs::Catalog& catalog) {
  fhirpath::Environment environment;
  environment.member_of = [&sets = catalog.value_sets()](const fhirpath::Item& item, std::string_view set) {
    return sets.member_of(item, set);
  };
  return environment;
}

}  // namespace

Runner::Runner(const inputs::Catalog& catalog, base::Date request_date) : evaluation_(environment_of(catalog)) {
  evaluation_.set(kVariables[0], fhirpath::Item::date(request_date));
}

fhirpath::Outcome<std::span<const fhirpath::Item>> Runner::run(const fhirpath::Program& program, json::Node focus) {
  evaluation_.reset();
  return evaluation_.run(program, focus);
}

base::Truth Runner::test(const fhirpath::Program& program, json::Node focus) {
  const auto items = run(program, focus);
  if (!items || items->size() != 1) return base::Truth::kUnknown;
  const std::optional<bool> value = items->front().boolean();
  return value ? base::truth_of(*value) : base::Truth::kUnknown;
}

bool is_prefix(const inputs::Catalog& catalog, std::string_view name) {
  return std::any_of(catalog.inputs().begin(), catalog.inputs().end(), [name](const inputs::InputDefinition& other) {
    return other.name.size() > name.size() && other.name.starts_with(name) && other.name[name.size()] == '.';
  });
}

std::vector<std::string> path_of(const inputs::Catalog& catalog, std::string_view name) {
  std::vector<std::string> path;
  const bool under_value = is_prefix(catalog, name);
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    path.emplace_back(name.substr(0, dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  if (under_value) path.emplace_back("value");
  return path;
}

json::Node at_path(json::Node document, const std::vector<std::string>& path) {
  for (const std::string& name : path) document = document[name];
  return document;
}

}  // namespace pas::policy
