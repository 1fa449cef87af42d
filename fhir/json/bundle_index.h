#pragma once
// Finds what a Bundle's references point at, in constant time (FHIR R4 Bundle §2.36.4.1).
//
// A reference may be a fullUrl (absolute or urn:uuid/urn:oid), relative ("Patient/1", tried against the base of the
// referring entry's fullUrl, then by type and id in this bundle), versioned (the version is passed over), or a fragment
// ("#id" of a contained resource, "#" for its container). Holds views into the Document: it ends with it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/document.h"

namespace pas::json {

struct Entry {
  Node node;      // the entry itself
  Node resource;  // absent when the entry has none
  std::string_view full_url;
  std::string_view type;  // resource.resourceType
  std::string_view id;    // resource.id
};

class BundleIndex {
 public:
  // `bundle` is any node; a resource that is not a Bundle is indexed as the only entry.
  explicit BundleIndex(Node bundle);

  Node bundle() const { return bundle_; }
  const std::vector<Entry>& entries() const { return entries_; }

  // The entry that `inside` is part of; nothing for the bundle's own elements.
  const Entry* entry_of(Node inside) const;

  // The resource that `reference`, found at or below `from`, points at; absent if it is not in the bundle.
  Node resolve(std::string_view reference, Node from) const;
  // The same for a Reference element (its .reference member).
  Node resolve(Node reference) const;

  // The innermost resource that holds `inside`: a contained resource, else the entry's.
  static Node resource_of(Node inside);

 private:
  Node resolve_fragment(std::string_view id, Node from) const;
  const Entry* find_url(std::string_view url) const;

  Node bundle_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::uint32_t> by_url_;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> by_type_and_id_;  // "Patient/1": the first
  struct Fragment {
    std::uint32_t container;  // id of its node
    std::string_view id;
    bool operator==(const Fragment&) const = default;
  };
  struct FragmentHash {
    std::size_t operator()(const Fragment& fragment) const {
      return std::hash<std::string_view>{}(fragment.id) * 31 + fragment.container;
    }
  };
  std::unordered_map<Fragment, Node, FragmentHash> contained_;
};

}  // namespace pas::json
