#pragma once
// Profiles compiled into what they say beyond the base definitions: a tree of only the elements that are constrained.
// Compiled at first use, then immutable and shared by all threads.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/validation/schema.h"

namespace pas::validation {

struct Profile;

// A structure that may be asked for; compiled when it is.
struct ProfileRef {
  definitions::Structure structure;
  std::atomic<const Profile*> compiled{nullptr};
};

// fixed[x] or pattern[x].
struct ExpectedValue {
  json::Document document;
  bool is_fixed = false;
  json::Node node() const { return document.root(); }
};

// One type that the profile allows.
struct TypeLimit {
  std::string_view code;
  std::vector<ProfileRef*> profiles;           // one must be met; empty for none
  std::vector<std::string_view> targets;       // resource types; empty for any
  std::vector<ProfileRef*> target_profiles;    // one must be met, or the target's type stands in open_targets
  std::vector<std::string_view> open_targets;  // types that are allowed without a profile, or whose profile is not here
};

// A step of a discriminator's path.
struct Step {
  enum class Kind { kElement, kExtension, kResolve, kOfType } kind = Kind::kElement;
  std::string name;  // element, extension url, type
};

// One thing that tells a slice from the others.
struct SliceTest {
  enum class Kind { kValue, kBinding, kType, kExists, kMissing, kProfile } kind = Kind::kValue;
  std::vector<Step> steps;
  std::shared_ptr<const ExpectedValue> value;
  const definitions::ValueSet* value_set = nullptr;
  std::string_view value_set_url;
  std::vector<std::string_view> types;
  std::vector<ProfileRef*> profiles;
};

struct Slice;

struct Constrained {
  std::string_view path;      // as the profile's snapshot has it
  std::string_view name;      // of the element; empty for the root
  std::string_view rule;      // path, with the slice's name after it
  std::string_view only_key;  // a choice limited to one JSON name, where a snapshot writes valueString for value[x]
  const ElementRule* base = nullptr;
  std::uint32_t min = 0, max = definitions::table::kUnbounded;
  bool checks_min = false, checks_max = false;
  bool checks_types = false;
  std::vector<TypeLimit> types;
  std::shared_ptr<const ExpectedValue> value;
  const definitions::ValueSet* value_set = nullptr;
  std::string_view value_set_url;
  definitions::BindingStrength strength = definitions::BindingStrength::kExample;
  const definitions::ValueSet* max_value_set = nullptr;
  std::vector<const definitions::ValueSet*> additional_required;
  std::string_view min_value, max_value, bound_type;  // JSON text
  std::uint32_t max_length = 0;
  std::vector<const ConstraintRule*> constraints;
  std::vector<Constrained> children;
  std::vector<Slice> slices;
  definitions::SlicingRules slicing_rules = definitions::SlicingRules::kOpen;
  bool is_ordered = false;
  bool can_tell_slices = true;  // every slice has its tests

  bool says_something() const;
};

struct Slice {
  std::string_view name;
  bool is_default = false;  // @default
  std::vector<SliceTest> tests;
  Constrained element;
};

struct Profile {
  definitions::Structure structure;
  const TypeRule* type = nullptr;
  bool is_modifier = false;  // of an extension
  Constrained root;
  std::vector<ProfileRef*> imposed;
};

class ProfileStore {
 public:
  // `schema` must outlive it.
  explicit ProfileStore(const Schema& schema);

  // Null when it is not here, or is no more than a base type.
  ProfileRef* find(std::string_view canonical) const;
  const Profile& compiled(ProfileRef& ref) const;
  const Schema& schema() const { return schema_; }

 private:
  const Schema& schema_;
  std::unordered_map<const void*, std::unique_ptr<ProfileRef>> refs_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<const Profile>> profiles_;
  mutable std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace pas::validation
