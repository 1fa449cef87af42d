#include "mappings/pas/elements.h"

#include <algorithm>
#include <charconv>

namespace pas::pas {

std::string_view extension_name(json::Node extension) {
  const std::string_view url = extension["url"].text();
  return url.starts_with(kExtensionBase) ? url.substr(kExtensionBase.size()) : std::string_view{};
}

json::Node find_extension(json::Node element, std::string_view name) {
  for (const json::Node extension : element["extension"]) {
    if (extension_name(extension) == name) return extension;
  }
  return {};
}

bool has_code(json::Node codeable_concept, std::string_view code) {
  for (const json::Node coding : codeable_concept["coding"]) {
    if (coding["code"].text() == code) return true;
  }
  return false;
}

std::vector<Identifier> identifiers_of(json::Node resource) {
  constexpr std::size_t kLimit = 100;
  std::vector<Identifier> found;
  for (const json::Node identifier : resource["identifier"]) {
    const std::string_view value = identifier["value"].text();
    if (found.size() == kLimit) break;
    if (!value.empty()) found.push_back({identifier["system"].text(), value});
  }
  return found;
}

std::vector<json::Node> parties_of(const Request& request) {
  std::vector<json::Node> parties;
  const auto add = [&](json::Node party) {
    for (const json::Node each :
         {party, request.index->resolve(party["practitioner"]), request.index->resolve(party["organization"])}) {
      if (each && std::ranges::find(parties, each) == parties.end()) parties.push_back(each);
    }
  };
  add(request.provider);
  for (const json::Node member : request.claim["careTeam"]) add(request.index->resolve(member["provider"]));
  return parties;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLimit = 100;
  std::size_t end = std::min(text.size(), kLimit);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string out = "'";
  return out.append(text.substr(0, end)).append(end < text.size() ? "…'" : "'");
}

int sequence_of(json::Node number) {
  int value = 0;
  const std::string_view text = number.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return number.is_number() && error == std::errc() && end == text.data() + text.size() && value > 0 ? value : 0;
}

}  // namespace pas::pas
