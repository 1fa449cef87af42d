#include "fhir/validation/profile.h"

#include "fhir/validation/profile_compiler.h"

namespace pas::validation {

bool Constrained::says_something() const {
  return checks_min || checks_max || checks_types || !types.empty() || value || value_set != nullptr ||
         max_value_set != nullptr || !additional_required.empty() || !min_value.empty() || !max_value.empty() ||
         max_length > 0 || !constraints.empty() || !children.empty() || !slices.empty();
}

ProfileStore::ProfileStore(const Schema& schema) : schema_(schema) {
  for (const definitions::Structure& structure : schema.definitions().structures()) {
    if (!structure.is_profile() || structure.size() == 0) continue;
    auto& ref = refs_[structure.key()];
    ref = std::make_unique<ProfileRef>();
    ref->structure = structure;
  }
}

ProfileRef* ProfileStore::find(std::string_view canonical) const {
  const definitions::Structure structure = schema_.definitions().find_structure(canonical);
  if (!structure) return nullptr;
  const auto found = refs_.find(structure.key());
  return found == refs_.end() ? nullptr : found->second.get();
}

const Profile& ProfileStore::compiled(ProfileRef& ref) const {
  if (const Profile* profile = ref.compiled.load(std::memory_order_acquire)) return *profile;
  const std::lock_guard lock(mutex_);
  if (const Profile* profile = ref.compiled.load(std::memory_order_relaxed)) return *profile;
  profiles_.push_back(ProfileCompiler(*this, ref.structure, texts_).compile());
  ref.compiled.store(profiles_.back().get(), std::memory_order_release);
  return *profiles_.back();
}

}  // namespace pas::validation
