#include "mappings/inputs/findings.h"

#include <algorithm>
#include <unordered_set>

#include "fhir/fhirpath/decimal.h"
#include "fhir/json/writer.h"
#include "mappings/inputs/transforms.h"

namespace pas::inputs {
namespace {

void add_sources(Input& input, const Finding& finding) {
  for (const std::string& source : finding.sources) {
    if (std::find(input.sources.begin(), input.sources.end(), source) == input.sources.end()) {
      input.sources.push_back(source);
    }
  }
}

Finding code_finding(std::string_view uri, std::string code, std::string place, const ValueSets& value_sets) {
  json::Writer writer;
  writer.begin_object().member("system", uri).member("code", code).end_object();
  std::string key(value_sets.system_name(uri));
  key.append(" ").append(value_sets.compared_code(uri, code));
  return {std::move(writer).take(), std::move(key), {std::move(place)}, uri, std::move(code)};
}

// A key for people: a word without the quotes of its JSON text.
std::string_view shown(std::string_view key) {
  const bool is_quoted = key.size() >= 2 && key.front() == '"' && key.back() == '"';
  return is_quoted ? key.substr(1, key.size() - 2) : key;
}

std::string scalar_text(json::Node node, const Recipe& recipe, Type type) {
  switch (type) {
    case Type::kText:
      return node.is_string() ? json_string(node.text()) : std::string();
    case Type::kWord: {
      const auto word = recipe.words.find(word_key(node.text()));
      return node.is_string() && word != recipe.words.end() ? json_string(word->second) : std::string();
    }
    case Type::kInteger:
    case Type::kDecimal: {
      const auto number = node.is_number() ? fhirpath::Decimal::parse(node.text()) : std::nullopt;
      const bool fits = number && (type == Type::kDecimal || number->is_whole());
      return fits ? number->trimmed().to_string() : std::string();
    }
    case Type::kBoolean:
      return node.is_boolean() ? std::string(node.text()) : std::string();
    case Type::kCode:
    case Type::kCodes:
    case Type::kDocuments:
      break;
  }
  return {};
}

}  // namespace

void add_note(std::string& note, std::string_view text) {
  if (text.empty() || note.find(text) != std::string::npos) return;
  if (!note.empty()) note += "; ";
  note += text;
}

void settle(Input& input, const std::vector<Finding>& findings) {
  if (findings.empty()) return;
  std::vector<const Finding*> different;
  for (const Finding& finding : findings) {
    add_sources(input, finding);
    const auto same = [&](const Finding* other) { return other->key == finding.key; };
    if (std::none_of(different.begin(), different.end(), same)) different.push_back(&finding);
  }
  if (different.size() == 1) {
    input.state = State::kKnown;
    input.value = findings.front().value;
    return;
  }
  input.state = State::kConflict;
  input.note.clear();
  for (std::size_t i = 0; i < different.size(); ++i) {
    if (i > 0) input.note += i + 1 == different.size() ? " and " : ", ";
    input.note += shown(different[i]->key);
    input.note += " (" + different[i]->sources.front() + ")";
  }
  input.note += " disagree";
}

void collect(Input& input, const std::vector<Finding>& findings, const Recipe& recipe, Type type,
             const ValueSets& value_sets) {
  bool understood = false;
  std::unordered_set<std::string_view> seen;
  json::Writer writer;
  writer.begin_array();
  for (const Finding& finding : findings) {
    add_sources(input, finding);
    if (!seen.insert(finding.key).second) continue;
    writer.raw(finding.value);
    const bool leads_on = !value_sets.is_mapped_system(recipe.translate, finding.system) ||
                          !value_sets.translate(recipe.translate, finding.system, finding.code).empty();
    understood = understood || leads_on;
    if (!leads_on) add_note(input.note, finding.key + " is not in the code map");
  }
  writer.end_array();
  if (type == Type::kCodes && !understood) return;
  input.state = State::kKnown;
  input.value = std::move(writer).take();
}

void read_code(const FoundCode& found, const Source& source, const Recipe& recipe, Type type,
               const ValueSets& value_sets, std::vector<Finding>& findings) {
  const std::string_view system = value_sets.system_name(found.system);
  if (std::find(recipe.systems.begin(), recipe.systems.end(), system) == recipe.systems.end()) return;
  std::string written = value_sets.written_code(found.system, found.code);
  if (!source.codes.empty()) {
    const auto mapped = source.codes.find(written);
    if (mapped != source.codes.end()) findings.push_back({mapped->second, mapped->second, {found.place}, {}});
    return;
  }
  if (type == Type::kCode) {
    findings.push_back({json_string(written), value_sets.compared_code(found.system, found.code), {found.place}, {}});
    return;
  }
  findings.push_back(code_finding(value_sets.canonical_uri(system), std::move(written), found.place, value_sets));
  const std::string_view target = value_sets.translate(recipe.translate, found.system, found.code);
  if (target.empty()) return;
  findings.push_back(
      code_finding(value_sets.target_uri(recipe.translate), std::string(target), found.place, value_sets));
}

void read_coding(json::Node coding, const Source& source, const Recipe& recipe, Type type, const ValueSets& value_sets,
                 std::vector<Finding>& findings) {
  const json::Node code = coding["code"];
  if (!code.is_string()) return;
  read_code({coding["system"].text(), code.text(), coding.path()}, source, recipe, type, value_sets, findings);
}

void read_scalar(json::Node node, const Recipe& recipe, Type type, Input& input, std::vector<Finding>& findings) {
  std::string value = scalar_text(node, recipe, type);
  if (value.empty()) {
    const std::string_view wanted = type == Type::kWord ? "one of the known words" : to_string(type);
    return add_note(input.note, node.path() + " is not " + std::string(wanted));
  }
  std::string key = type == Type::kText ? std::string(node.text()) : value;
  findings.push_back({std::move(value), std::move(key), {node.path()}, {}});
}

}  // namespace pas::inputs
