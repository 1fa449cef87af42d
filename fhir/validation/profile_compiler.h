#pragma once
// Compiles one profile's snapshot into the tree of what it says beyond the base definitions (profile.h).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validation/profile.h"

namespace pas::validation {

// For one use. `store` and `structure` must outlive the Profile; `texts` keeps the strings that are made.
class ProfileCompiler {
 public:
  ProfileCompiler(const ProfileStore& store, definitions::Structure structure,
                  std::vector<std::unique_ptr<std::string>>& texts);

  std::unique_ptr<const Profile> compile();

 private:
  // The element at `at`, with what stands below it; `type` is the type that its children belong to.
  Constrained element(std::size_t at, const ElementRule& base, bool is_slice);
  void add_own_rules(std::size_t at, Constrained& into);
  void add_children(std::size_t at, const TypeRule* type, Constrained& into);
  void add_types(const definitions::Element& element, Constrained& into);
  void add_binding(const definitions::Element& element, Constrained& into);
  // The slices that follow the element at `at` and are named below `prefix` ("" or "outer/").
  void add_slices(std::size_t at, std::string_view prefix, const ElementRule& base, Constrained& into);
  const TypeRule* type_below(const definitions::Element& element, const ElementRule& base) const;
  std::string_view keep(std::string text);

  const ProfileStore& store_;
  const Schema& schema_;
  definitions::Structure structure_;
  std::vector<std::unique_ptr<std::string>>& texts_;
};

// What tells the slice at `at` of `structure` from the others, by the slicing's discriminators; empty when that cannot
// be found.
std::vector<SliceTest> slice_tests(const ProfileStore& store, const definitions::Structure& structure, std::size_t at,
                                   const definitions::Slicing& slicing);

// The number of the element after the last descendant of `at`.
std::size_t end_of(const definitions::Structure& structure, std::size_t at);

// `json` as fixed[x] or pattern[x] has it.
std::shared_ptr<const ExpectedValue> expected_value(const definitions::Element& element);

}  // namespace pas::validation
