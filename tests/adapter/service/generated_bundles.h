#pragma once
// Request bundles by the thousand: samples with some values changed and resources left out, by a recipe of
// tests/cases/generated. The same recipe and seed give the same bundles.
//
//   bases      samples to start from
//   changes    "at" of a resource of the type "of" becomes one of "values"; null: it is left out. [*]: any element
//   left out   types of which a resource may be missing, with the Claim's supportingInfo that names it

#include <random>
#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "tests/mappings/inputs/tree.h"

namespace pas::service_test {

class BundleGenerator {
 public:
  explicit BundleGenerator(const std::string& recipe);  // "husky"

  cases::Tree next();
  // The same bundle with its entries in another order, the Claim first.
  cases::Tree shuffled(cases::Tree bundle);

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  json::Node any(json::Node list) { return list.at(below(list.size())); }
  cases::Tree* any_resource(cases::Tree& bundle, std::string_view type);
  cases::Tree* walk(cases::Tree& from, std::string_view path);
  void change(cases::Tree& bundle, json::Node change);
  void leave_out(cases::Tree& bundle, std::string_view type);

  json::Document recipe_;
  std::vector<json::Document> bases_;
  std::mt19937 random_{20260301};  // its numbers are the same everywhere, those of the distributions are not
};

}  // namespace pas::service_test
