#pragma once
// Requests as test data: a base bundle below tests/cases/pas/bases with a JSON Patch (RFC 6902: add, replace, remove,
// copy).

#include <memory>
#include <string>
#include <vector>

#include "fhir/json/bundle_index.h"

namespace pas::cases {

// A request body with its index, at a fixed address.
struct Body {
  json::Document document;
  json::BundleIndex index;
};
std::unique_ptr<const Body> body_of(std::string text);

// The text of a case: {"base": "pump", "patch": [...]}, with "wrap": true inside Parameters; or {"bundle": ...}.
// "sample" names a file of samples/bundles in place of a base.
std::string text_of(json::Node test_case);

// The text with each operation of the list done to it.
std::string changed(std::string text, json::Node operations);

json::Document parse(std::string text);

// Indented by two, for files that people read.
std::string pretty(json::Node node);

}  // namespace pas::cases
