#include "fhir/json/bundle_index.h"

#include <algorithm>
#include <array>
#include <memory_resource>

namespace pas::json {
namespace {

// "Patient/1/_history/2" -> "Patient/1"
std::string_view without_version(std::string_view reference) {
  const auto at = reference.find("/_history/");
  return at == std::string_view::npos ? reference : reference.substr(0, at);
}

bool is_absolute(std::string_view reference) {
  return reference.find("://") != std::string_view::npos || reference.starts_with("urn:");
}

// "https://ehr.example/fhir/Patient/1" -> "https://ehr.example/fhir/"; empty where the URL has no such form.
std::string_view base_of(std::string_view full_url) {
  if (full_url.starts_with("urn:")) return {};
  const auto id = full_url.rfind('/');
  if (id == std::string_view::npos || id == 0) return {};
  const auto type = full_url.rfind('/', id - 1);
  return type == std::string_view::npos ? std::string_view{} : full_url.substr(0, type + 1);
}

std::string type_and_id(std::string_view type, std::string_view id) {
  std::string key;
  key.reserve(type.size() + id.size() + 1);
  return key.append(type).append("/").append(id);
}

}  // namespace

BundleIndex::BundleIndex(Node bundle) : bundle_(bundle) {
  const auto add = [this](Node entry, Node resource, std::string_view full_url) {
    entries_.push_back({entry, resource, full_url, resource["resourceType"].text(), resource["id"].text()});
  };
  if (bundle["resourceType"].text() == "Bundle") {
    entries_.reserve(bundle["entry"].size());
    for (const Node entry : bundle["entry"]) add(entry, entry["resource"], entry["fullUrl"].text());
  } else if (bundle) {
    add(bundle, bundle, {});
  }
  by_url_.reserve(entries_.size());
  by_type_and_id_.reserve(entries_.size());
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (!entry.full_url.empty()) by_url_.try_emplace(entry.full_url, i);
    if (!entry.type.empty() && !entry.id.empty()) by_type_and_id_.try_emplace(type_and_id(entry.type, entry.id), i);
    for (const Node contained : entry.resource["contained"]) {
      contained_.try_emplace({entry.resource.id(), contained["id"].text()}, contained);
    }
  }
}

const Entry* BundleIndex::entry_of(Node inside) const {
  // Entries are in the order of the text, and so are node ids.
  const auto after = std::upper_bound(entries_.begin(), entries_.end(), inside.id(),
                                      [](std::uint32_t id, const Entry& entry) { return id < entry.node.id(); });
  if (!inside || after == entries_.begin()) return nullptr;
  const Entry& candidate = *(after - 1);
  for (Node node = inside; node; node = node.parent()) {
    if (node == candidate.node) return &candidate;
  }
  return nullptr;
}

Node BundleIndex::resource_of(Node inside) {
  for (Node node = inside; node; node = node.parent()) {
    if (node["resourceType"].is_string()) return node;
  }
  return {};
}

const Entry* BundleIndex::find_url(std::string_view url) const {
  const auto found = by_url_.find(url);
  return found == by_url_.end() ? nullptr : &entries_[found->second];
}

Node BundleIndex::resolve(Node reference) const {
  return resolve(reference["reference"].text(), reference);
}

Node BundleIndex::resolve(std::string_view reference, Node from) const {
  if (reference.empty()) return {};
  if (reference.front() == '#') return resolve_fragment(reference.substr(1), from);
  reference = without_version(reference);
  if (is_absolute(reference)) {
    if (const Entry* entry = find_url(reference)) return entry->resource;
    return {};
  }
  if (const Entry* own = entry_of(from)) {
    const std::string_view base = base_of(own->full_url);
    if (!base.empty()) {
      std::array<std::byte, 512> room;  // a longer URL goes to the heap
      std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
      std::pmr::string url(&memory);
      url.reserve(base.size() + reference.size());
      if (const Entry* entry = find_url(url.append(base).append(reference))) return entry->resource;
    }
  }
  const auto found = by_type_and_id_.find(reference);
  return found == by_type_and_id_.end() ? Node{} : entries_[found->second].resource;
}

Node BundleIndex::resolve_fragment(std::string_view id, Node from) const {
  // Contained resources do not nest: the container is the outermost resource of the entry.
  const Entry* entry = entry_of(from);
  const Node container = entry != nullptr ? entry->resource : resource_of(from);
  if (id.empty()) return container;
  if (entry != nullptr) {
    const auto found = contained_.find({container.id(), id});
    return found == contained_.end() ? Node{} : found->second;
  }
  for (const Node contained : container["contained"]) {
    if (contained["id"].text() == id) return contained;
  }
  return {};
}

}  // namespace pas::json
