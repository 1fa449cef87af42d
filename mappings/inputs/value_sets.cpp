#include "mappings/inputs/value_sets.h"

#include <algorithm>
#include <map>
#include <set>

#include "fhir/fhirpath/item.h"
#include "mappings/inputs/data_file.h"

namespace pas::inputs {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct System {
  std::string name;
  std::string canonical_uri;
  bool ignore_case = false;
  bool ignore_dots = false;

  std::string written(std::string_view code) const {
    std::string text(code);
    for (char& c : text) {
      if (ignore_case && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
  }
  // The form in which codes are compared.
  std::string normal(std::string_view code) const {
    std::string text = written(code);
    if (ignore_dots) std::erase(text, '.');
    return text;
  }
};

// From the first to the last code, both included; longer codes only with subdivisions.
struct Range {
  std::string from;
  std::string to;
  std::set<std::string, std::less<>> except;
  bool subdivisions = false;

  bool contains(std::string_view code) const {
    if (subdivisions ? code.size() < from.size() : code.size() != from.size()) return false;
    const std::string_view start = code.substr(0, from.size());
    return from <= start && start <= to && !except.contains(code);
  }
};

// The members that one set has in one system.
struct Part {
  std::size_t system = 0;
  std::set<std::string, std::less<>> codes;
  std::vector<std::string> prefixes;
  std::vector<Range> ranges;

  bool contains(std::string_view code) const {
    return codes.contains(code) ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [code](const std::string& prefix) { return code.starts_with(prefix); }) ||
           std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) { return range.contains(code); });
  }
};

struct Map {
  std::size_t from = 0;
  std::size_t to = 0;
  std::map<std::string, std::string, std::less<>> codes;
};

std::string_view without_version(std::string_view uri) {
  return uri.substr(0, uri.find('|'));
}

}  // namespace

struct ValueSets::Tables {
  std::vector<System> systems;
  std::map<std::string, std::size_t, std::less<>> system_by_uri;
  std::map<std::string, std::vector<Part>, std::less<>> sets;
  std::map<std::string, Map, std::less<>> maps;

  std::size_t system_of(std::string_view uri) const {
    const auto found = system_by_uri.find(without_version(uri));
    return found == system_by_uri.end() ? kNone : found->second;
  }
  std::size_t system_named(std::string_view name) const {
    const auto found =
        std::find_if(systems.begin(), systems.end(), [name](const System& system) { return system.name == name; });
    return found == systems.end() ? kNone : static_cast<std::size_t>(found - systems.begin());
  }
};

namespace {

using json::Kind;

class Loader {
 public:
  explicit Loader(DataFile& file) : file_(file) {}

  std::unique_ptr<ValueSets::Tables> run() {
    tables_ = std::make_unique<ValueSets::Tables>();
    const json::Node root = file_.root();
    if (!root.is_object()) return nullptr;
    file_.allow_only(root, {"systems", "valueSets", "maps"});
    for (const json::Node member : file_.require(root, "systems", Kind::kObject)) read_system(member);
    for (const json::Node member : file_.require(root, "valueSets", Kind::kObject)) read_set(member);
    for (const json::Node member : file_.optional(root, "maps", Kind::kObject)) read_map(member);
    return std::move(tables_);
  }

 private:
  void read_system(json::Node member) {
    if (!member.is_object()) {
      return file_.error(member, "a system is an object with \"uris\"");
    }
    file_.allow_only(member, {"uris", "ignoreCase", "ignoreDots"});
    System system;
    system.name = member.key();
    system.ignore_case = file_.optional(member, "ignoreCase", Kind::kTrue).is_true();
    system.ignore_dots = file_.optional(member, "ignoreDots", Kind::kTrue).is_true();
    const json::Node uris = file_.require(member, "uris", Kind::kArray);
    if (uris && uris.size() == 0) file_.error(uris, "a system needs at least one URI");
    for (const json::Node uri : uris) {
      if (!uri.is_string() || uri.text().find(':') == std::string_view::npos) {
        file_.error(uri, "a system's URI must be an absolute URI");
        continue;
      }
      if (system.canonical_uri.empty()) system.canonical_uri = uri.text();
      if (!tables_->system_by_uri.emplace(uri.text(), tables_->systems.size()).second) {
        file_.error(uri, "this URI belongs to a system already");
      }
    }
    tables_->systems.push_back(std::move(system));
  }

  std::size_t system_of(json::Node object, std::string_view name) {
    const json::Node text = file_.require(object, name, Kind::kString);
    if (!text) return kNone;
    const std::size_t system = tables_->system_named(text.text());
    if (system == kNone) {
      std::vector<std::string> known;
      for (const System& candidate : tables_->systems) known.push_back(candidate.name);
      file_.error(text, "unknown system \"" + std::string(text.text()) + "\"; known: " + one_of(known));
    }
    return system;
  }

  // The compared form of a code written as a string; empty after a mistake.
  std::string code_of(json::Node node, const System& system) {
    if (node.is_string() && !node.text().empty()) return system.normal(node.text());
    file_.error(node, "a code must be a string that is not empty");
    return {};
  }

  void read_set(json::Node member) {
    std::vector<Part>& parts = tables_->sets[std::string(member.key())];
    if (!member.is_array()) return file_.error(member, "a value set is a list of objects, one for each system");
    for (const json::Node node : member) {
      if (!node.is_object()) {
        file_.error(node, "an object with \"system\" belongs here");
        continue;
      }
      file_.allow_only(node, {"system", "codes", "prefixes", "ranges", "source"});
      file_.optional(node, "source", Kind::kString);
      Part part;
      part.system = system_of(node, "system");
      if (part.system == kNone) continue;
      const System& system = tables_->systems[part.system];
      for (const json::Node code : file_.optional(node, "codes", Kind::kObject)) {
        if (!code.is_string()) file_.error(code, "a code's value must be its display, a string");
        if (!part.codes.insert(system.normal(code.key())).second) {
          file_.error_at_key(code, "the same code as one above");
        }
      }
      for (const json::Node prefix : file_.optional(node, "prefixes", Kind::kArray)) {
        part.prefixes.push_back(code_of(prefix, system));
      }
      for (const json::Node range : file_.optional(node, "ranges", Kind::kArray)) {
        part.ranges.push_back(read_range(range, system));
      }
      if (part.codes.empty() && part.prefixes.empty() && part.ranges.empty()) {
        file_.error(node, "\"codes\", \"prefixes\" or \"ranges\" must name members");
      }
      parts.push_back(std::move(part));
    }
  }

  Range read_range(json::Node node, const System& system) {
    Range range;
    if (!node.is_object()) {
      file_.error(node, "a range is an object with \"from\" and \"to\"");
      return range;
    }
    file_.allow_only(node, {"from", "to", "except", "subdivisions"});
    range.subdivisions = file_.optional(node, "subdivisions", Kind::kTrue).is_true();
    const json::Node from = file_.require(node, "from", Kind::kString);
    const json::Node to = file_.require(node, "to", Kind::kString);
    if (from && to) {
      range.from = code_of(from, system);
      range.to = code_of(to, system);
      if (range.from.size() != range.to.size()) file_.error(to, "the bounds of a range must be of the same length");
      if (range.to < range.from) file_.error(to, "this bound is before the first");
    }
    for (const json::Node code : file_.optional(node, "except", Kind::kArray)) {
      std::string excepted = code_of(code, system);
      if (!excepted.empty() && !range.contains(excepted))
        file_.error(code, "this code is not in the range, or named twice");
      range.except.insert(std::move(excepted));
    }
    return range;
  }

  void read_map(json::Node member) {
    if (!member.is_object()) return file_.error(member, "a map is an object with \"from\", \"to\" and \"codes\"");
    file_.allow_only(member, {"from", "to", "codes", "source"});
    file_.optional(member, "source", Kind::kString);
    Map map;
    map.from = system_of(member, "from");
    map.to = system_of(member, "to");
    if (map.from == kNone || map.to == kNone) return;
    for (const json::Node code : file_.require(member, "codes", Kind::kObject)) {
      if (!code.is_string() || code.text().empty()) {
        file_.error(code, "a map leads from a code to a code, a string");
        continue;
      }
      if (!map.codes.emplace(tables_->systems[map.from].normal(code.key()), code.text()).second) {
        file_.error_at_key(code, "the same code as one above");
      }
    }
    tables_->maps.emplace(member.key(), std::move(map));
  }

  DataFile& file_;
  std::unique_ptr<ValueSets::Tables> tables_;
};

}  // namespace

ValueSets::ValueSets(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
ValueSets::ValueSets(ValueSets&&) noexcept = default;
ValueSets& ValueSets::operator=(ValueSets&&) noexcept = default;
ValueSets::~ValueSets() = default;

boost::system::result<ValueSets, LoadErrors> ValueSets::load(std::string_view json, std::string_view file) {
  DataFile data(json, file);
  auto tables = Loader(data).run();
  if (!data.ok()) return data.take_errors();
  return ValueSets(std::move(tables));
}

bool ValueSets::has_set(std::string_view set) const {
  return tables_->sets.contains(set);
}
bool ValueSets::has_map(std::string_view map) const {
  return tables_->maps.contains(map);
}
bool ValueSets::has_system(std::string_view name) const {
  return tables_->system_named(name) != kNone;
}

std::vector<std::string_view> ValueSets::set_names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, parts] : tables_->sets) names.emplace_back(name);
  return names;
}

std::string_view ValueSets::system_name(std::string_view uri) const {
  const std::size_t system = tables_->system_of(uri);
  return system == kNone ? std::string_view{} : tables_->systems[system].name;
}

std::string_view ValueSets::canonical_uri(std::string_view name) const {
  const std::size_t system = tables_->system_named(name);
  return system == kNone ? std::string_view{} : tables_->systems[system].canonical_uri;
}

bool ValueSets::member_of(std::string_view system_uri, std::string_view code, std::string_view set) const {
  const auto found = tables_->sets.find(set);
  const std::size_t system = tables_->system_of(system_uri);
  if (found == tables_->sets.end() || system == kNone) return false;
  const std::string normal = tables_->systems[system].normal(code);
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Part& part) { return part.system == system && part.contains(normal); });
}

std::optional<bool> ValueSets::member_of(const fhirpath::Item& item, std::string_view set) const {
  if (!has_set(set) || !item.is_node()) return std::nullopt;
  const auto is_member = [&](json::Node coding) {
    return member_of(coding["system"].text(), coding["code"].text(), set);
  };
  const json::Node node = item.node();
  if (const json::Node codings = node["coding"]) return std::any_of(codings.begin(), codings.end(), is_member);
  if (!node["code"].is_string()) return std::nullopt;
  return is_member(node);
}

std::string ValueSets::written_code(std::string_view system_uri, std::string_view code) const {
  const std::size_t system = tables_->system_of(system_uri);
  return system == kNone ? std::string(code) : tables_->systems[system].written(code);
}

std::string ValueSets::compared_code(std::string_view system_uri, std::string_view code) const {
  const std::size_t system = tables_->system_of(system_uri);
  return system == kNone ? std::string(code) : tables_->systems[system].normal(code);
}

std::string_view ValueSets::translate(std::string_view map, std::string_view system_uri, std::string_view code) const {
  const auto found = tables_->maps.find(map);
  if (found == tables_->maps.end() || tables_->system_of(system_uri) != found->second.from) return {};
  const auto target = found->second.codes.find(tables_->systems[found->second.from].normal(code));
  return target == found->second.codes.end() ? std::string_view{} : std::string_view(target->second);
}

bool ValueSets::is_mapped_system(std::string_view map, std::string_view system_uri) const {
  const auto found = tables_->maps.find(map);
  return found != tables_->maps.end() && tables_->system_of(system_uri) == found->second.from;
}

std::string_view ValueSets::target_uri(std::string_view map) const {
  const auto found = tables_->maps.find(map);
  return found == tables_->maps.end() ? std::string_view{} : tables_->systems[found->second.to].canonical_uri;
}

std::optional<UnknownSet> find_unknown_set(std::string_view expression, const ValueSets& sets) {
  constexpr std::string_view kCall = "memberOf(";
  for (std::size_t at = expression.find(kCall); at != std::string_view::npos; at = expression.find(kCall, at)) {
    at += kCall.size();
    const std::size_t open = expression.find_first_not_of(" \t\r\n", at);
    if (open == std::string_view::npos || expression[open] != '\'') continue;
    const std::size_t close = expression.find('\'', open + 1);
    if (close == std::string_view::npos) break;
    const std::string_view name = expression.substr(open + 1, close - open - 1);
    if (!sets.has_set(name)) return UnknownSet{open + 1, std::string(name)};
  }
  return std::nullopt;
}

}  // namespace pas::inputs
