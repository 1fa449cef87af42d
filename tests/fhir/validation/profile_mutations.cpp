#include <algorithm>
#include <cctype>

#include "tests/fhir/validation/edit.h"
#include "tests/fhir/validation/mutations.h"

namespace pas::support {
namespace {

using definitions::DefinitionSet;
using definitions::Element;
using definitions::Structure;
using Kind = Edit::Kind;

constexpr const char* kOtherCoding = R"({"system":"http://example.org/other","code":"other"})";

// An element as it stands in the resource; `member` is the array where it repeats.
struct Found {
  json::Node node, member;
  std::string path, parent_path;
};

bool is_choice_key(std::string_view key, std::string_view name) {
  return key.size() > name.size() && key.starts_with(name) &&
         std::isupper(static_cast<unsigned char>(key[name.size()]));
}

// Everything at a path of the definition (Claim.item.quantity) in the resource.
class Finder {
 public:
  explicit Finder(std::string_view element_path) : rest_(element_path.substr(element_path.find('.') + 1)) {}

  std::vector<Found> find(json::Node resource, const std::string& path) {
    visit(resource, path, rest_);
    return std::move(found_);
  }

 private:
  void visit(json::Node object, const std::string& path, std::string_view rest) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    std::string_view name = rest.substr(0, dot);
    const std::string_view below = dot < rest.size() ? rest.substr(dot + 1) : std::string_view();
    const bool is_choice = name.ends_with("[x]");
    if (is_choice) name.remove_suffix(3);
    for (const json::Node member : object) {
      const std::string_view key = member.key();
      if (!(is_choice ? is_choice_key(key, name) : key == name)) continue;
      const std::string here = path + "." + std::string(name);
      if (!member.is_array()) {
        take(member, member, here, path, below);
      } else {
        for (const json::Node item : member) {
          take(item, member, here + "[" + std::to_string(item.index_in_parent()) + "]", path, below);
        }
      }
    }
  }

  void take(json::Node node, json::Node member, const std::string& path, const std::string& parent,
            std::string_view below) {
    if (below.empty()) {
      found_.push_back({node, member, path, parent});
    } else if (node.is_object()) {
      visit(node, path, below);
    }
  }

  std::string_view rest_;
  std::vector<Found> found_;
};

// Another value of the same JSON form, which no fixed or pattern value and no value set has; empty where there is none.
std::string other_value(json::Node node) {
  if (node.is_string()) return R"("no-such-code")";
  if (!node.is_object()) return {};
  if (node["coding"]) return std::string(R"({"coding":[)") + kOtherCoding + "]}";
  return node["code"] && !node["value"] ? kOtherCoding : std::string();
}

std::uint32_t least_in_base(const DefinitionSet& definitions, const Structure& profile, std::string_view path) {
  const Structure base = definitions.find_type(profile.type());
  for (std::size_t i = 0; i < base.size(); ++i) {
    if (base[i].path() == path) return base[i].min();
  }
  return 0;
}

void add_element_faults(const Element& element, const Structure& profile, json::Node resource, const std::string& path,
                        const DefinitionSet& definitions, Maker& maker) {
  const bool is_required = element.min() > 0 && least_in_base(definitions, profile, element.path()) == 0;
  const auto binding = element.binding();
  const auto set = binding ? definitions.find_value_set(binding->value_set()) : definitions::ValueSet{};
  const bool is_closed =
      binding && binding->strength() == definitions::BindingStrength::kRequired && set && set.is_complete();
  for (const Found& found : Finder(element.path()).find(resource, path)) {
    const bool is_first = found.node == found.member || found.node.index_in_parent() == 0;
    if (is_required && is_first) {
      maker.add("missing-by-profile", found.parent_path, {found.member, Kind::kRemove, "", ""});
    }
    if (element.max() == 1 && element.repeats() && is_first) {
      const std::string one = found.node.to_json();
      maker.add("too-many-by-profile", found.path.substr(0, found.path.rfind('[')) + "[1]",
                {found.member, Kind::kReplace, "", "[" + one + "," + one + "]"});
    }
    const std::string other = other_value(found.node);
    if (other.empty()) continue;
    if (element.has_fixed() || element.has_pattern()) {
      maker.add("not-the-fixed-value", found.path, {found.node, Kind::kReplace, "", other});
    } else if (is_closed) {
      maker.add("code-not-in-profile's-value-set", found.path, {found.node, Kind::kReplace, "", other});
    }
  }
}

// Extensions whose definition allows other types than time, at any depth.
void add_extension_faults(json::Node node, const std::string& path, const DefinitionSet& definitions, Maker& maker) {
  for (const json::Node extension : node["extension"]) {
    const std::string here = path + ".extension[" + std::to_string(extension.index_in_parent()) + "]";
    const Structure definition = definitions.find_structure(extension["url"].text());
    if (!definition || definition.type() != "Extension") continue;
    const std::string url = json::Node(extension["url"]).to_json();
    maker.add("extension-of-another-type", here,
              {extension, Kind::kReplace, "", R"({"url":)" + url + R"(,"valueTime":"12:00:00"})"});
  }
  for (const json::Node child : node) {
    if (child.key() == "extension") continue;
    const std::string here = path + "." + std::string(child.key());
    if (child.is_object() && child.key() != "resource") add_extension_faults(child, here, definitions, maker);
    if (!child.is_array()) continue;
    for (const json::Node item : child) {
      if (item.is_object()) {
        add_extension_faults(item, here + "[" + std::to_string(item.index_in_parent()) + "]", definitions, maker);
      }
    }
  }
}

}  // namespace

std::vector<Mutation> profile_faults_of(json::Node bundle, const DefinitionSet& definitions) {
  std::vector<Mutation> faults;
  Maker maker(bundle, faults);
  for (const json::Node entry : bundle["entry"]) {
    const json::Node resource = entry["resource"];
    const std::string path = "Bundle.entry[" + std::to_string(entry.index_in_parent()) + "].resource";
    add_extension_faults(resource, path, definitions, maker);
    const Structure profile = definitions.find_structure(resource["meta"]["profile"].at(0).text());
    std::uint32_t slice_depth = 0;  // of the slice that the elements belong to; 0 outside
    for (std::size_t i = 1; profile && i < profile.size(); ++i) {
      const Element element = profile[i];
      if (slice_depth > 0 && element.depth() <= slice_depth) slice_depth = 0;
      if (!element.slice_name().empty() && slice_depth == 0) slice_depth = element.depth();
      if (slice_depth == 0) add_element_faults(element, profile, resource, path, definitions, maker);
    }
  }
  return faults;
}

}  // namespace pas::support
