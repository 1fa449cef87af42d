#include "tests/fhir/validation/mutations.h"

#include <algorithm>
#include <functional>
#include <map>

#include "tests/fhir/validation/edit.h"

namespace pas::support {
namespace {

using definitions::DefinitionSet;
using definitions::Element;
using definitions::Structure;

// An element of the resource with its definition.
struct Spot {
  json::Node node;
  std::string path;
  std::string type;      // FHIR type; a backbone's by its path
  bool repeats = false;  // and `node` is an item of the array
  const Element* definition = nullptr;
};

class Explorer {
 public:
  explicit Explorer(const DefinitionSet& definitions) : definitions_(definitions) {}

  void visit(json::Node resource, const std::string& path, const std::function<void(const Spot&)>& use) {
    const std::string type(resource["resourceType"].text());
    use({resource, path, type});
    visit_children(resource, path, type, use);
  }

 private:
  // The elements of a type by JSON name, with the type each has.
  struct Known {
    Element element;
    std::string type;
  };
  const std::map<std::string, Known, std::less<>>& members_of(const std::string& type) {
    auto& members = types_[type];
    if (!members.empty()) return members;
    const Structure structure = definitions_.find_type(type.substr(0, type.find('.')));
    for (std::size_t i = 0; structure && i < structure.size(); ++i) {
      const std::string path(structure[i].path());
      if (!path.starts_with(type + ".") || path.find('.', type.size() + 1) != std::string::npos) continue;
      const bool has_children = i + 1 < structure.size() && structure[i + 1].depth() > structure[i].depth();
      const std::string reference(structure[i].content_reference());
      for (const definitions::Type allowed : structure[i].types()) {
        std::string name(structure[i].name());
        std::string code(allowed.code());
        if (structure[i].is_choice()) {
          name += code;
          name[structure[i].name().size()] = static_cast<char>(std::toupper(code[0]));
        }
        members.emplace(name, Known{structure[i], has_children ? path : code});
      }
      if (!reference.empty()) {
        members.emplace(structure[i].name(), Known{structure[i], reference.substr(reference.find('#') + 1)});
      }
    }
    return members;
  }

  void visit_children(json::Node object, const std::string& path, const std::string& type,
                      const std::function<void(const Spot&)>& use) {
    const auto& members = members_of(type);
    for (const json::Node member : object) {
      const auto found = members.find(member.key());
      if (found == members.end()) continue;
      const Known& known = found->second;
      std::string below = path + "." + std::string(known.element.name());
      if (known.element.is_choice()) below += ".ofType(" + known.type + ")";
      std::size_t index = 0;
      const auto one = [&](json::Node value, const std::string& place, bool repeats) {
        if (known.type == "Resource") return visit(value, place, use);
        use({value, place, known.type, repeats, &known.element});
        if (value.is_object()) visit_children(value, place, known.type, use);
      };
      if (!member.is_array()) {
        one(member, below, false);
      } else {
        for (const json::Node item : member) one(item, below + "[" + std::to_string(index++) + "]", true);
      }
    }
  }

  const DefinitionSet& definitions_;
  std::map<std::string, std::map<std::string, Known, std::less<>>> types_;
};

// A value that the type's format does not allow, with its right JSON form; empty for types without a format.
std::string malformed(const std::string& type) {
  if (type == "date" || type == "dateTime") return R"("2023-02-30")";
  if (type == "instant") return R"("2023-02-03")";
  if (type == "time") return R"("25:00:00")";
  if (type == "code") return R"("two  spaces")";
  if (type == "id") return R"("not_an_id")";
  if (type == "uri" || type == "url" || type == "canonical") return R"("http://example.org/a b")";
  if (type == "positiveInt") return "0";
  if (type == "unsignedInt") return "-1";
  if (type == "integer") return "1.5";
  if (type == "base64Binary") return R"("###")";
  if (type == "oid") return R"("urn:oid:3.1")";
  if (type == "uuid") return R"("urn:uuid:1")";
  if (type == "string" || type == "markdown") return R"("")";
  return {};
}

std::string parent_of(const std::string& path) {
  const std::size_t of_type = path.ends_with(')') ? path.rfind(".ofType(") : path.size();
  return path.substr(0, path.rfind('.', of_type - 1));
}

void add_value_faults(const Spot& spot, const DefinitionSet& definitions, Maker& maker) {
  using Kind = Edit::Kind;
  maker.add("null", spot.path, {spot.node, Kind::kReplace, "", "null"});
  if (spot.node.is_object()) {
    maker.add("empty-object", spot.path, {spot.node, Kind::kReplace, "", "{}"});
    maker.add("string-for-object", spot.path, {spot.node, Kind::kReplace, "", R"("x")"});
    maker.add("unknown-element", spot.path, {spot.node, Kind::kAddMember, "notAnElement", R"("x")"});
    return;
  }
  maker.add("object-for-value", spot.path, {spot.node, Kind::kReplace, "", R"({"x":1})"});
  maker.add("wrong-json-type", spot.path, {spot.node, Kind::kReplace, "", spot.node.is_string() ? "1" : R"("x")"});
  if (const std::string bad = malformed(spot.type); !bad.empty()) {
    maker.add("format", spot.path, {spot.node, Kind::kReplace, "", bad});
  }
  const auto binding = spot.definition->binding();
  if (spot.type == "code" && binding && binding->strength() == definitions::BindingStrength::kRequired) {
    const auto set = definitions.find_value_set(binding->value_set());
    if (set && set.is_complete()) {
      maker.add("code-not-in-value-set", spot.path, {spot.node, Kind::kReplace, "", R"("no-such-code")"});
    }
  }
}

}  // namespace

std::vector<Mutation> faults_of(json::Node resource, const DefinitionSet& definitions) {
  using Kind = Edit::Kind;
  std::vector<Mutation> faults;
  Maker maker(resource, faults);
  const std::string root(resource["resourceType"].text());
  Explorer(definitions).visit(resource, root, [&](const Spot& spot) {
    if (spot.definition == nullptr) {  // a resource
      maker.add("unknown-element", spot.path, {spot.node, Kind::kAddMember, "notAnElement", R"("x")"});
      if (spot.path != root)
        maker.add("unknown-resource-type", spot.path, {spot.node["resourceType"], Kind::kReplace, "", R"("Nonsense")"});
      return;
    }
    add_value_faults(spot, definitions, maker);
    if (!spot.repeats) {
      maker.add("array-for-one", spot.path, {spot.node, Kind::kReplace, "", "[" + spot.node.to_json() + "]"});
      maker.add("misspelt-element", parent_of(spot.path),
                {spot.node, Kind::kRename, std::string(spot.node.key()) + "q", ""});
      if (spot.definition->min() > 0) {
        maker.add("missing-element", parent_of(spot.path), {spot.node, Kind::kRemove, "", ""});
      }
    } else if (spot.node.index_in_parent() == 0) {
      const std::string whole = spot.path.substr(0, spot.path.rfind('['));
      maker.add("one-for-array", whole, {spot.node.parent(), Kind::kReplace, "", spot.node.to_json()});
      maker.add("empty-array", whole, {spot.node.parent(), Kind::kReplace, "", "[]"});
    }
    if (spot.type == "Extension") {
      maker.add("extension-without-url", spot.path, {spot.node["url"], Kind::kRemove, "", ""});
      maker.add("extension-without-value", spot.path,
                {spot.node, Kind::kReplace, "", R"({"url":"http://example.org/x"})"});
    }
  });
  return faults;
}

std::vector<Mutation> harmless_variants_of(json::Node resource, const DefinitionSet& definitions) {
  using Kind = Edit::Kind;
  std::vector<Mutation> variants;
  Maker maker(resource, variants);
  const std::string root(resource["resourceType"].text());
  Explorer(definitions).visit(resource, root, [&](const Spot& spot) {
    if (!spot.node.is_object()) return;
    maker.add("members-in-another-order", spot.path, {spot.node, Kind::kReverse, "", ""});
    if (spot.definition == nullptr || spot.type == "Extension") return;
    if (!spot.node["id"]) maker.add("element-id", spot.path, {spot.node, Kind::kAddFirst, "id", R"("any id")"});
    if (!spot.node["extension"]) {
      maker.add("unknown-extension", spot.path,
                {spot.node, Kind::kAddMember, "extension", R"([{"url":"http://example.org/x","valueString":"y"}])"});
    }
  });
  return variants;
}

}  // namespace pas::support
