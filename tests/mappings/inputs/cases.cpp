#include "tests/mappings/inputs/cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/files.h"

namespace pas::cases {
namespace {

constexpr std::string_view kRequestedService =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-requestedService";
constexpr std::string_view kRoster =
    "npi,name,type,enrolled_from,enrolled_to\n"
    "1234567893,Ada Prescriber,,2020-01-01,\n";

std::string text_of(Tree& resource, std::string_view name) {
  const auto document = json::Document::parse(resource.member(name).to_json()).value();
  return std::string(document.root().text());
}

Tree json_tree(const std::string& text) {
  return Tree(json::Document::parse(text).value().root());
}

class Bundle {
 public:
  explicit Bundle(const std::string& base)
      : tree_(
            json::Document::parse(support::read_file(support::repo_path("tests/cases/inputs/bases/" + base + ".json")))
                .value()
                .root()) {}

  void change(json::Node changes) {
    for (const json::Node member : changes["set"]) set(member.key(), member);
    if (const json::Node order = changes["order"]) {
      Tree resource(order);
      resource.member("resourceType") = json_tree("\"DeviceRequest\"");
      resource.member("id") = json_tree("\"order\"");
      add(std::move(resource));
      this->resource("Claim")
          .at("item[0].extension")
          .append(json_tree(R"({"url":")" + std::string(kRequestedService) +
                            R"(","valueReference":{"reference":"DeviceRequest/order"}})"));
    }
    for (const json::Node node : changes["support"]) {
      const std::string reference = add(Tree(node));
      Tree& info = resource("Claim").at("supportingInfo");
      info.append(json_tree(R"({"sequence":)" + std::to_string(info.members.size() + 1) +
                            R"(,"valueReference":{"reference":")" + reference + R"("}})"));
    }
    for (const json::Node node : changes["add"]) add(Tree(node));
  }

  std::string text(bool reversed) {
    Tree copy = tree_;
    copy.expand();
    auto& entries = copy.member("entry").members;
    if (reversed) std::reverse(entries.begin() + 1, entries.end());
    return copy.to_json();
  }

 private:
  // By type, or by type and id.
  Tree& resource(std::string_view name) {
    const std::size_t slash = name.find('/');
    for (auto& [key, entry] : tree_.member("entry").members) {
      Tree& found = entry.member("resource");
      if (text_of(found, "resourceType") != name.substr(0, slash)) continue;
      if (slash == std::string_view::npos || text_of(found, "id") == name.substr(slash + 1)) return found;
    }
    ADD_FAILURE() << "no resource " << name;
    return tree_;
  }

  void set(std::string_view path, json::Node value) {
    const std::size_t dot = path.find('.');
    Tree& target = resource(path.substr(0, dot));
    if (value.is_null()) {
      target.erase(path.substr(dot + 1));
    } else {
      target.at(path.substr(dot + 1)) = Tree(value);
    }
  }

  std::string add(Tree resource) {
    std::string name = text_of(resource, "resourceType") + "/" + text_of(resource, "id");
    Tree entry;
    entry.member("fullUrl") = json_tree("\"https://ehr.example/fhir/" + name + "\"");
    entry.member("resource") = std::move(resource);
    tree_.member("entry").append(std::move(entry));
    return name;
  }

  Tree tree_;
};

std::string roster_csv(json::Node variant) {
  if (!variant["roster"]) return std::string(kRoster);
  std::string csv = "npi,name,type,enrolled_from,enrolled_to\n";
  for (const json::Node line : variant["roster"]) csv.append(line.text()).append("\n");
  return csv;
}

std::string file_of(std::string_view payer, const std::string& name) {
  return support::read_file(support::repo_path("mappings/policies/" + std::string(payer) + "/" + name));
}

auto load(std::string_view payer, const std::string& inputs) {
  const std::string sets = file_of(payer, "value-sets.json");
  const std::string folder(payer);
  return inputs::Catalog::load({inputs, folder + "/inputs.json", sets, folder + "/value-sets.json"});
}

// Bundle.entry[3].resource -> DocumentReference/rx
std::string with_names(std::string text, const json::BundleIndex& index) {
  constexpr std::string_view kStart = "Bundle.entry[";
  constexpr std::string_view kEnd = "].resource";
  for (std::size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at)) {
    const std::size_t end = text.find(kEnd, at);
    if (end == std::string::npos) break;
    const auto number = std::stoul(text.substr(at + kStart.size(), end - at - kStart.size()));
    const json::Entry& entry = index.entries().at(number);
    text.replace(at, end + kEnd.size() - at, std::string(entry.type) + "/" + std::string(entry.id));
  }
  return text;
}

}  // namespace

const inputs::Catalog& catalog_of(std::string_view payer) {
  static std::map<std::string, inputs::Catalog, std::less<>> catalogs;
  const auto known = catalogs.find(payer);
  if (known != catalogs.end()) return known->second;
  auto loaded = load(payer, file_of(payer, "inputs.json"));
  if (!loaded) {
    for (const auto& error : loaded.error()) ADD_FAILURE() << to_string(error);
  }
  return catalogs.emplace(payer, std::move(loaded).value()).first->second;
}

std::optional<inputs::Catalog> catalog_without(std::string_view payer, const std::string& path) {
  const auto document = json::Document::parse(file_of(payer, "inputs.json")).value();
  Tree tree(document.root());
  tree.erase(path);
  auto loaded = load(payer, tree.to_json());
  if (!loaded) return std::nullopt;
  return std::move(loaded).value();
}

std::string_view payer_of(json::Node test_case) {
  return test_case["payer"] ? test_case["payer"].text() : kHusky;
}

const inputs::Input* Outcome::find(std::string_view name) const {
  const auto found = std::find_if(inputs.begin(), inputs.end(), [name](const auto& i) { return i.name == name; });
  return found == inputs.end() ? nullptr : &*found;
}

Outcome run(json::Node test_case, json::Node variant, bool reversed) {
  return run(test_case, variant, reversed, catalog_of(payer_of(test_case)));
}

Outcome run(json::Node test_case, json::Node variant, bool reversed, const inputs::Catalog& catalog) {
  Bundle bundle(std::string(test_case["base"].text()));
  bundle.change(test_case);
  bundle.change(variant);
  const auto document = json::Document::parse(bundle.text(reversed)).value();
  const json::BundleIndex index(document.root());
  const json::Node claim = index.entries().at(0).resource;

  json::Node item;
  const std::string sequence = variant["item"] ? std::string(variant["item"].text()) : "1";
  for (const json::Node candidate : claim["item"]) {
    if (candidate["sequence"].text() == sequence) item = candidate;
  }
  json::Node coverage;
  for (const json::Node insurance : claim["insurance"]) {
    if (insurance["focal"].is_true()) coverage = index.resolve(insurance["coverage"]);
  }
  const inputs::Subject subject{index,
                                claim,
                                item,
                                index.resolve(claim["patient"]),
                                coverage,
                                base::parse_date(claim["created"].text()).value(),
                                coverage["identifier"].at(0)["value"].text()};
  const auto roster = inputs::Roster::load(roster_csv(variant), "providers.csv");
  if (!roster) ADD_FAILURE() << to_string(roster.error().front());
  inputs::Documents documents(index);
  inputs::Environment environment;
  environment.documents = &documents;
  if (!variant["roster"].is_null()) environment.roster = &*roster;
  if (const json::Node months = variant["months"]) {
    environment.months_authorized = [months](std::string_view member, std::string_view code) -> std::optional<int> {
      const json::Node found = months[std::string(member) + "|" + std::string(code)];
      return found ? std::optional(std::stoi(std::string(found.text()))) : std::nullopt;
    };
  }

  const inputs::InputSet set = inputs::extract(subject, catalog, environment);
  Outcome outcome{set.all(), {}, with_names(set.to_json(), index), documents.decoded()};
  for (inputs::Input& input : outcome.inputs) {
    input.value = with_names(std::move(input.value), index);
    input.note = with_names(std::move(input.note), index);
    for (std::string& source : input.sources) source = with_names(std::move(source), index);
  }
  for (const inputs::DocumentNote& note : set.damaged_documents()) {
    outcome.damaged.push_back(with_names(note.path + ": " + note.message, index));
  }
  return outcome;
}

}  // namespace pas::cases
