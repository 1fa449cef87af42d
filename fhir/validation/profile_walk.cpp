#include <algorithm>

#include "fhir/validation/bounds.h"
#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

constexpr std::uint32_t kDeepestProfiles = 24;  // of profiles that lead to each other through references and slices

std::string count_in_words(std::uint32_t count) {
  return count == definitions::table::kUnbounded ? "any number" : std::to_string(count);
}

std::uint64_t key_of(const Profile& profile, const Place& place) {
  return (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&profile)) << 24U) ^ place.node().id();
}

// What the canonicals of one guide begin with.
std::string_view guide_of(std::string_view canonical) {
  return canonical.substr(0, canonical.find("/StructureDefinition/"));
}

}  // namespace

void Walk::check_declared_profiles(json::Node resource, const TypeRule& type) {
  std::unordered_set<const ProfileRef*> checked;  // a sender may claim one often
  for (const json::Node canonical : resource["meta"]["profile"]) {
    if (!canonical.is_string()) continue;
    ProfileRef* ref = profiles_.find(canonical.text());
    if (ref != nullptr) {
      if (!checked.insert(ref).second) continue;
      report_profile(*ref, {resource, {}, &type});
    } else if (!schema_.definitions().find_structure(canonical.text())) {
      fault(Severity::kInformation, IssueType::kNotFound, "profile", canonical, [&] {
        return "The profile " + in_quotes(canonical.text()) + " is not among the definitions at hand: not checked.";
      });
    }
  }
}

void Walk::check_profile(const Profile& profile, const Place& place) {
  if (profile.type == nullptr || profile_depth_ >= kDeepestProfiles) return;
  if (place.type == nullptr || !place.type->is_a(profile.type->name)) {
    return fault(Severity::kError, IssueType::kStructure, profile.structure.name(), place.node(), [&] {
      return "The profile " + std::string(profile.structure.url()) + " is for " + std::string(profile.type->name) +
             "; found " + std::string(place.type == nullptr ? "something else" : place.type->name) + ".";
    });
  }
  ++profile_depth_;
  check_item(profile.root, place);
  for (ProfileRef* imposed : profile.imposed) check_profile(profiles_.compiled(*imposed), place);
  --profile_depth_;
}

bool Walk::meets(ProfileRef& ref, const Place& place) {
  const Profile& profile = profiles_.compiled(ref);
  const std::uint64_t key = key_of(profile, place);
  if (const auto known = met_[key]; known != MetCache::State::kNone) return known == MetCache::State::kMet;
  met_[key] = MetCache::State::kMet;
  const bool failed_before = std::exchange(probe_failed_, false);
  const bool counted_before = std::exchange(counting_, false);
  ++probing_;
  check_profile(profile, place);
  --probing_;
  counting_ = counted_before;
  const bool met = !std::exchange(probe_failed_, failed_before);
  met_[key] = met ? MetCache::State::kMet : MetCache::State::kFailed;
  return met;
}

void Walk::check_any_profile(const std::vector<ProfileRef*>& candidates, const Place& place, std::string_view rule) {
  const auto fits = [&](ProfileRef* candidate) {
    return place.type != nullptr && place.type->is_a(candidate->structure.type());
  };
  if (std::ranges::any_of(candidates, [&](auto* candidate) { return fits(candidate) && meets(*candidate, place); })) {
    return;
  }
  std::vector<ProfileRef*> fitting;
  std::ranges::copy_if(candidates, std::back_inserter(fitting), fits);
  if (fitting.empty() || probing_ > 0) {
    return fault(Severity::kError, IssueType::kStructure, rule, place.node(), [&] {
      return std::string(place.type == nullptr ? "This" : place.type->name) + " is not what is allowed here.";
    });
  }
  ProfileRef& nearest = nearest_profile(fitting, place);
  if (fitting.size() > 1) {
    std::vector<std::string> names;
    names.reserve(fitting.size());
    for (ProfileRef* candidate : fitting) names.emplace_back(candidate->structure.url());
    fault(Severity::kInformation, IssueType::kInformational, rule, place.node(), [&] {
      return "None of the profiles that are allowed here is met (" + listed(names, names.size()) +
             "); the other issues at this place are those by " + std::string(nearest.structure.name()) + ".";
    });
  }
  // Many references may lead here.
  if (told_.insert(key_of(profiles_.compiled(nearest), place)).second) report_profile(nearest, place);
}

ProfileRef& Walk::nearest_profile(const std::vector<ProfileRef*>& candidates, const Place& place) {
  const auto is_claimed = [&](ProfileRef* candidate) {
    const json::Node profiles = place.value["meta"]["profile"];
    return std::any_of(profiles.begin(), profiles.end(), [&](json::Node url) {
      return url.text().substr(0, url.text().find('|')) == candidate->structure.url();
    });
  };
  if (const auto claimed = std::ranges::find_if(candidates, is_claimed); claimed != candidates.end()) return **claimed;
  if (candidates.size() == 1) return *candidates.front();
  ProfileRef*& nearest = nearest_[key_of(profiles_.compiled(*candidates.front()), place)];  // many references may ask
  if (nearest == nullptr) {
    nearest =
        *std::ranges::min_element(candidates, {}, [&](auto* candidate) { return count_faults(*candidate, place); });
  }
  return *nearest;
}

std::size_t Walk::count_faults(ProfileRef& profile, const Place& place) {
  const bool failed_before = std::exchange(probe_failed_, false);
  const bool counting_before = std::exchange(counting_, true);
  const std::size_t counted_before = std::exchange(counted_, 0);
  ++probing_;
  check_profile(profiles_.compiled(profile), place);
  --probing_;
  probe_failed_ = failed_before;
  counting_ = counting_before;
  return std::exchange(counted_, counted_before);
}

void Walk::report_profile(ProfileRef& ref, const Place& place) {
  const std::size_t kept = report_.issues().size();
  const std::size_t errors = report_.errors();
  check_profile(profiles_.compiled(ref), place);
  if (report_.errors() == errors || options_.derived_profile_fault == Severity::kError) return;
  const std::string_view guide = guide_of(ref.structure.url());
  ProfileRef* base = &ref;
  while (base != nullptr && guide_of(base->structure.url()) == guide) base = profiles_.find(base->structure.base());
  if (base != nullptr && meets(*base, place)) report_.soften_after(kept);
}

void Walk::check_item(const Constrained& rules, const Place& place) {
  if (probing_ > 0 && probe_failed_ && !counting_) return;
  check_types(rules, place);
  const bool is_primitive = place.type != nullptr && place.type->primitive != Primitive::kNone;
  if (is_primitive && place.value && !has_json_form(place.type->primitive, place.value)) return;  // reported as that
  if (rules.value) check_value(rules, place);
  if (rules.value_set != nullptr) {
    check_binding(*rules.value_set, rules.strength, rules.value_set_url, rules.rule, place);
  }
  if (rules.max_value_set != nullptr) {
    check_binding(*rules.max_value_set, definitions::BindingStrength::kRequired, rules.max_value_set->url(), rules.rule,
                  place);
  }
  for (const definitions::ValueSet* set : rules.additional_required) {
    check_binding(*set, definitions::BindingStrength::kRequired, set->url(), rules.rule, place);
  }
  check_bounds(rules, place);
  check_constraints(rules.constraints, place);
  check_children(rules, place);
}

void Walk::check_children(const Constrained& rules, const Place& parent) {
  for (const Constrained& child : rules.children) check_child(child, parent);
}

void Walk::check_child(const Constrained& rules, const Place& parent) {
  const std::size_t first = items_.size();
  collect(parent, *rules.base, rules.only_key);
  const std::size_t count = items_.size() - first;
  check_count(rules, parent, first, count);
  for (std::size_t i = first; i < first + count; ++i) {
    const Place item = items_[i];  // items_ grows below
    check_item(rules, item);
  }
  if (!rules.slices.empty()) check_slices(rules, parent, first, count);
  items_.resize(first);
}

void Walk::check_count(const Constrained& rules, const Place& parent, std::size_t first, std::size_t count) {
  if (rules.checks_min && count < rules.min) {
    fault(
        Severity::kError, IssueType::kRequired, rules.rule, parent.node(),
        [&] {
          std::string message = std::string(rules.name);
          if (rules.rule.size() > rules.path.size()) message += " (" + std::string(rules.rule) + ")";
          return message + (count == 0 ? " is missing: " : " is there " + std::to_string(count) + " times: ") +
                 "the profile requires " + (rules.max == rules.min ? "" : "at least ") + std::to_string(rules.min) +
                 ".";
        },
        rules.name);
  }
  if (rules.checks_max && count > rules.max) {
    const json::Node surplus = items_[first + rules.max].node();
    fault(Severity::kError, IssueType::kStructure, rules.rule, surplus, [&] {
      if (rules.max == 0) return std::string(rules.name) + " is not allowed by the profile.";
      return std::string(rules.name) + " is there " + std::to_string(count) + " times: the profile allows " +
             count_in_words(rules.max) + ".";
    });
  }
}

void Walk::check_types(const Constrained& rules, const Place& place) {
  if (rules.types.empty() || place.type == nullptr) return;
  const auto same = [&](const TypeLimit& limit) {
    return limit.code == place.type->name || limit.code == "Resource" ||
           (place.type->is_resource && place.type->is_a(limit.code));
  };
  const auto limit = std::ranges::find_if(rules.types, same);
  if (limit == rules.types.end()) {
    if (!rules.checks_types) return;
    return fault(Severity::kError, IssueType::kStructure, rules.rule, place.node(), [&] {
      std::vector<std::string> names;
      for (const TypeLimit& allowed : rules.types) names.emplace_back(allowed.code);
      return std::string(place.type->name) +
             " is not allowed here by the profile; allowed: " + listed(names, names.size()) + ".";
    });
  }
  if (!limit->profiles.empty()) check_any_profile(limit->profiles, place, rules.rule);
  if (!limit->targets.empty() && limit->code == "Reference") check_reference_limit(place, *limit, rules);
}

void Walk::check_value(const Constrained& rules, const Place& place) {
  if (matches(*rules.value, place.value)) return;
  fault(Severity::kError, IssueType::kValue, rules.rule, place.node(), [&] {
    return std::string(rules.name) + (rules.value->is_fixed ? " must be " : " must hold ") +
           rules.value->node().to_json() + "; found " +
           (place.value ? in_quotes(place.value.to_json()) : std::string("no value")) + ".";
  });
}

void Walk::check_bounds(const Constrained& rules, const Place& place) {
  if (rules.max_length > 0 && characters_in(place.value.text()) > rules.max_length) {
    fault(Severity::kError, IssueType::kTooLong, rules.rule, place.node(), [&] {
      return std::string(rules.name) + " has " + std::to_string(characters_in(place.value.text())) +
             " characters; allowed are " + std::to_string(rules.max_length) + ".";
    });
  }
  // A Duration counts from today, back for the least and on for the most.
  const auto order_to = [&](json::Node bound, int forbidden) -> std::optional<int> {
    if (rules.bound_type != "Duration") return compare_values(place.value, bound, rules.bound_type);
    const auto value = fhirpath::Temporal::parse_date(place.value.text().substr(0, 10));
    const auto limit = options_.now ? date_after(*options_.now, bound, forbidden) : std::nullopt;
    return value && limit ? compare(*value, *limit) : std::nullopt;
  };
  const auto check = [&](std::string_view bound, int forbidden, std::string_view words) {
    if (bound.empty()) return;
    const auto document = json::Document::parse(std::string(bound));
    if (!document || order_to(document->root(), forbidden) != forbidden) return;
    fault(Severity::kError, IssueType::kValue, rules.rule, place.node(),
          [&] { return std::string(rules.name) + " must be " + std::string(words) + " " + std::string(bound) + "."; });
  };
  check(rules.min_value, -1, "at least");
  check(rules.max_value, 1, "at most");
}

void Walk::collect(const Place& parent, const ElementRule& element, std::string_view only_key) {
  const json::Node object = parent.object();
  if (!object.is_object() || parent.type == nullptr) return;
  for (const json::Node member : object) {
    std::string_view key = member.key();
    const bool is_companion = key.starts_with('_');
    if (is_companion) key.remove_prefix(1);
    if (element.is_choice ? !key.starts_with(element.name) : key != element.name) continue;
    if (!only_key.empty() && key != only_key) continue;
    const Member* place = parent.type->find(key);
    if (place == nullptr || &parent.type->elements[place->element] != &element) continue;
    const TypeRule* type = element.types[place->type].type;
    if (is_companion) {
      if (object[key]) continue;  // met with its value
      if (member.is_object()) items_.push_back({{}, member, type});
      for (const json::Node item : member) {
        if (member.is_array() && item.is_object()) items_.push_back({{}, item, type});
      }
      continue;
    }
    json::Node beside;
    if (type != nullptr && type->primitive != Primitive::kNone) {
      for (const json::Node other : object) {
        if (other.key().starts_with('_') && other.key().substr(1) == key) beside = other;
      }
    }
    if (!member.is_array()) {
      items_.push_back({member, beside.is_object() ? beside : json::Node{}, type ? type : resource_type(member)});
      continue;
    }
    auto companion = beside.begin();
    const bool paired = beside.is_array() && beside.size() == member.size();
    for (const json::Node item : member) {
      json::Node extra;
      if (paired) {
        extra = *companion;
        ++companion;
      }
      if (item.is_null() && !extra.is_object()) continue;
      items_.push_back({item.is_null() ? json::Node{} : item, extra.is_object() ? extra : json::Node{},
                        type ? type : resource_type(item)});
    }
  }
}

}  // namespace pas::validation
