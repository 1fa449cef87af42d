#include "fhir/definitions/terminology.h"

#include <algorithm>
#include <optional>

#include "fhir/definitions/canonical.h"

namespace pas::definitions {
namespace {

using Codes = std::set<std::string, std::less<>>;

void collect(json::Node concepts, Codes& codes) {
  for (const json::Node concept_node : concepts) {
    codes.emplace(concept_node["code"].text());
    collect(concept_node["concept"], codes);
  }
}

// The parents that a concept names itself, as the v3 code systems do (property subsumedBy or parent).
bool names_parent(json::Node concept_node, const Codes& parents) {
  for (const json::Node property : concept_node["property"]) {
    const std::string_view name = property["code"].text();
    if ((name == "subsumedBy" || name == "parent") && parents.contains(property["valueCode"].text())) return true;
  }
  return false;
}

// Adds what is below a concept of `found`, by nesting or by a named parent; true when something was added.
bool add_children(json::Node concepts, bool below, Codes& found) {
  bool added = false;
  for (const json::Node concept_node : concepts) {
    const std::string code(concept_node["code"].text());
    if (!found.contains(code) && (below || names_parent(concept_node, found))) added |= found.insert(code).second;
    added |= add_children(concept_node["concept"], found.contains(code), found);
  }
  return added;
}

Codes descendants_and_self(json::Node code_system, std::string_view code) {
  Codes found{std::string(code)};
  while (add_children(code_system["concept"], false, found)) {
  }
  return found;
}

// The codes that a filter of the compose lets through; nothing when it is one that we cannot apply.
std::optional<Codes> filtered(json::Node code_system, const Codes& all, json::Node filter) {
  const std::string_view operation = filter["op"].text();
  const std::string_view property = filter["property"].text();
  const std::string_view value = filter["value"].text();
  if (property != "concept" && property != "code") return std::nullopt;
  if (operation == "=") return all.contains(value) ? Codes{std::string(value)} : Codes{};
  if (operation != "is-a" && operation != "descendent-of" && operation != "is-not-a") return std::nullopt;
  if (!all.contains(value)) return std::nullopt;
  Codes below = descendants_and_self(code_system, value);
  if (operation == "descendent-of") below.erase(std::string(value));
  if (operation != "is-not-a") return below;
  Codes rest;
  std::ranges::set_difference(all, below, std::inserter(rest, rest.end()));
  return rest;
}

Codes both(const Codes& a, const Codes& b) {
  Codes shared;
  std::ranges::set_intersection(a, b, std::inserter(shared, shared.end()));
  return shared;
}

void merge(const Expansion& from, Expansion& into) {
  into.is_open |= from.is_open;
  for (const auto& [system, codes] : from.systems) {
    SystemCodes& target = into.systems[system];
    target.is_known &= codes.is_known;
    target.codes.insert(codes.codes.begin(), codes.codes.end());
  }
}

// What is in both; a part that is unknown on one side stays unknown.
Expansion intersect(const Expansion& a, const Expansion& b) {
  Expansion result;
  result.is_open = a.is_open && b.is_open;
  const auto side = [&](const Expansion& one, const Expansion& other) {
    for (const auto& [system, codes] : one.systems) {
      const auto match = other.systems.find(system);
      if (match != other.systems.end()) {
        const bool known = codes.is_known && match->second.is_known;
        result.systems[system] = {known ? both(codes.codes, match->second.codes) : Codes{}, known};
      } else if (other.is_open) {
        result.systems[system] = {{}, false};
      }
    }
  };
  side(a, b);
  side(b, a);
  return result;
}

}  // namespace

CodeSystemDraft read_code_system(json::Node code_system) {
  CodeSystemDraft draft;
  draft.url = code_system["url"].text();
  draft.version = code_system["version"].text();
  const json::Node case_sensitive = code_system["caseSensitive"];
  draft.is_case_sensitive = !case_sensitive || case_sensitive.is_true();
  collect(code_system["concept"], draft.codes);
  // A system without concepts is a grammar or holds its content elsewhere.
  draft.is_complete = code_system["content"].text() == "complete" && !draft.codes.empty();
  if (!draft.is_complete) draft.codes.clear();
  return draft;
}

Expander::Expander(const std::vector<json::Document>& code_systems, const std::vector<json::Document>& value_sets,
                   const KnownTerminology& known)
    : known_(known) {
  for (const json::Document& document : code_systems) {
    const json::Node root = document.root();
    if (root["content"].text() != "supplement") code_systems_.emplace(root["url"].text(), root);
  }
  for (const json::Document& document : value_sets) {
    value_sets_.emplace(document.root()["url"].text(), document.root());
  }
}

Expansion Expander::expand(json::Node value_set) {
  Expansion expansion;
  const json::Node compose = value_set["compose"];
  if (!compose) {  // an expansion alone is a sample that may be partial
    expansion.is_open = true;
    return expansion;
  }
  for (const json::Node part : compose["include"]) include(part, expansion);
  for (const json::Node part : compose["exclude"]) exclude(part, expansion);
  return expansion;
}

Expansion Expander::expand_url(std::string_view url) {
  url = without_version(url);
  Expansion expansion;
  const auto found = value_sets_.find(url);
  const bool in_progress = std::ranges::find(open_, url) != open_.end();
  if (found != value_sets_.end() && !in_progress) {
    open_.emplace_back(url);
    expansion = expand(found->second);
    open_.pop_back();
  } else if (in_progress || !known_.value_set(url, expansion)) {
    expansion.is_open = true;
  }
  return expansion;
}

SystemCodes Expander::of_system(json::Node part) {
  SystemCodes result;
  if (const json::Node concepts = part["concept"]) {
    for (const json::Node concept_node : concepts) result.codes.emplace(concept_node["code"].text());
    return result;
  }
  const std::string_view system = part["system"].text();
  const json::Node filters = part["filter"];
  json::Node code_system;
  if (const auto found = code_systems_.find(system); found != code_systems_.end()) {
    code_system = found->second;
    CodeSystemDraft draft = read_code_system(code_system);
    result.codes = std::move(draft.codes);
    result.is_known = draft.is_complete;
  } else if (const Codes* codes = known_.code_system(system); codes != nullptr && filters.size() == 0) {
    result.codes = *codes;
  } else {
    result.is_known = false;
  }
  if (!result.is_known) return result;
  const Codes all = result.codes;
  for (const json::Node filter : filters) {
    const auto passing = filtered(code_system, all, filter);
    if (!passing) return {{}, false};
    result.codes = both(result.codes, *passing);
  }
  return result;
}

Expansion Expander::part(json::Node part) {
  std::optional<Expansion> result;
  if (part["system"]) {
    result.emplace();
    result->systems[std::string(part["system"].text())] = of_system(part);
  }
  for (const json::Node url : part["valueSet"]) {
    Expansion other = expand_url(url.text());
    result = result ? intersect(*result, other) : std::move(other);
  }
  return result ? *std::move(result) : Expansion{{}, true};
}

void Expander::include(json::Node part_node, Expansion& into) {
  merge(part(part_node), into);
}

void Expander::exclude(json::Node part_node, Expansion& from) {
  const Expansion removed = part(part_node);
  if (removed.is_open) {
    for (auto& [system, codes] : from.systems) codes = {{}, false};
    return;
  }
  for (const auto& [system, codes] : removed.systems) {
    const auto found = from.systems.find(system);
    if (found == from.systems.end()) continue;
    if (!codes.is_known) {
      found->second = {{}, false};
      continue;
    }
    for (const std::string& code : codes.codes) found->second.codes.erase(code);
  }
}

}  // namespace pas::definitions
