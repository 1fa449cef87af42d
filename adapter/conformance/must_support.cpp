#include "adapter/conformance/must_support.h"

#include <algorithm>
#include <set>

namespace pas::conformance {

MustSupport::MustSupport(const definitions::DefinitionSet& definitions, std::string_view version) {
  for (const char* name :
       {"profile-claimresponse", "profile-claiminquiryresponse", "profile-communicationrequest", "profile-task"}) {
    add(definitions.find_structure("http://hl7.org/fhir/us/davinci-pas/StructureDefinition/" + std::string(name) + "|" +
                                   std::string(version)));
  }
}

void MustSupport::add(const definitions::Structure& profile) {
  if (!profile) return;
  struct Place {
    std::uint32_t depth;
    std::vector<Step> steps;
    std::string title;
    bool can_tell;  // not inside a slice that only its content tells
  };
  std::vector<Place> above;
  std::set<std::string, std::less<>> known;
  for (const Element& element : elements_) known.insert(element.title);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    const definitions::Element element = profile[i];
    while (!above.empty() && above.back().depth >= element.depth()) above.pop_back();
    if (above.empty()) {
      above.push_back({element.depth(), {}, std::string(profile.type()), true});
      continue;
    }
    Place place{element.depth(), above.back().steps, above.back().title + "." + std::string(element.name()),
                above.back().can_tell};
    Step step{element.name(), {}, element.is_choice()};
    if (!element.slice_name().empty()) {
      place.title += ":" + std::string(element.slice_name());
      for (const definitions::Type type : element.types()) {
        for (const std::string_view url : type.profiles()) step.extension = url.substr(0, url.find('|'));
      }
      place.can_tell = place.can_tell && element.name() == "extension" && !step.extension.empty();
    }
    place.steps.push_back(step);
    if (element.must_support() && place.can_tell && known.insert(place.title).second) {
      elements_.push_back({place.title, profile.type(), place.steps});
    }
    above.push_back(std::move(place));
  }
}

bool MustSupport::is_in(json::Node node, const std::vector<Step>& steps, std::size_t at) {  // NOLINT(misc-no-recursion)
  if (at == steps.size()) return true;
  const Step& step = steps[at];
  for (const json::Node child : node) {
    const bool is_named = step.is_choice ? child.key().starts_with(step.name) : child.key() == step.name;
    if (!is_named) continue;
    if (!child.is_array()) return is_in(child, steps, at + 1);
    for (const json::Node one : child) {
      const bool is_meant = step.extension.empty() || one["url"].text() == step.extension;
      if (is_meant && is_in(one, steps, at + 1)) return true;
    }
  }
  return false;
}

void MustSupport::see(json::Node resource) {
  for (Element& element : elements_) {
    if (element.is_seen || element.type != resource["resourceType"].text()) continue;
    element.is_seen = is_in(resource, element.steps, 0);
  }
}

void MustSupport::call_for(std::string_view title, json::Node bundle, std::string_view check_id) {
  const auto element = std::ranges::find(elements_, title, &Element::title);
  if (element == elements_.end()) return;
  const auto shows = [&element](json::Node entry) {
    const json::Node resource = entry["resource"];
    return resource["resourceType"].text() == element->type && is_in(resource, element->steps, 0);
  };
  bool is_there = false;
  for (const json::Node entry : bundle["entry"]) is_there = is_there || shows(entry);
  if (!is_there && element->wanting_in.empty()) element->wanting_in = check_id;
}

std::vector<std::string> MustSupport::wanting() const {
  std::vector<std::string> titles;
  for (const Element& element : elements_) {
    if (!element.wanting_in.empty()) titles.push_back(element.title + " in " + element.wanting_in);
  }
  return titles;
}

std::size_t MustSupport::seen() const {
  return static_cast<std::size_t>(std::ranges::count_if(elements_, &Element::is_seen));
}

std::vector<std::string> MustSupport::missing() const {
  std::vector<std::string> titles;
  for (const Element& element : elements_) {
    if (!element.is_seen) titles.push_back(element.title);
  }
  return titles;
}

}  // namespace pas::conformance
