#include <algorithm>

#include "fhir/fhirpath/decimal.h"
#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

bool same_scalar(json::Node expected, json::Node actual) {
  if (expected.is_number() && actual.is_number()) {
    const auto left = fhirpath::Decimal::parse(expected.text());
    const auto right = fhirpath::Decimal::parse(actual.text());
    return left && right ? *left == *right : expected.text() == actual.text();
  }
  return expected.kind() == actual.kind() && expected.text() == actual.text();
}

bool is_equal(json::Node expected, json::Node actual) {
  if (expected.is_object()) {
    return actual.is_object() && actual.size() == expected.size() &&
           std::all_of(expected.begin(), expected.end(),
                       [&](json::Node member) { return is_equal(member, actual[member.key()]); });
  }
  if (expected.is_array()) {
    return actual.is_array() && actual.size() == expected.size() &&
           std::equal(expected.begin(), expected.end(), actual.begin(), is_equal);
  }
  return same_scalar(expected, actual);
}

bool holds(json::Node expected, json::Node actual) {
  if (expected.is_object()) {
    return actual.is_object() && std::all_of(expected.begin(), expected.end(),
                                             [&](json::Node member) { return holds(member, actual[member.key()]); });
  }
  if (expected.is_array()) {
    return actual.is_array() && std::all_of(expected.begin(), expected.end(), [&](json::Node item) {
             return std::any_of(actual.begin(), actual.end(), [&](json::Node other) { return holds(item, other); });
           });
  }
  return same_scalar(expected, actual);
}

}  // namespace

bool matches(const ExpectedValue& expected, json::Node actual) {
  return expected.is_fixed ? is_equal(expected.node(), actual) : holds(expected.node(), actual);
}

void Walk::check_slices(const Constrained& rules, const Place& parent, std::size_t first, std::size_t count) {
  // The slice of each item, on a stack shared by nested calls.
  const std::size_t slot = slots_.size();
  const auto none = static_cast<std::uint32_t>(rules.slices.size());
  std::uint32_t furthest = 0;
  bool was_outside = false;
  for (std::size_t i = first; i < first + count; ++i) {
    const Place item = items_[i];
    const std::uint32_t slice = slice_of(rules, item);
    slots_.push_back(slice);
    if (slice == none) {
      was_outside = true;
      if (rules.slicing_rules == definitions::SlicingRules::kClosed && rules.can_tell_slices) {
        fault(Severity::kError, IssueType::kStructure, rules.rule, item.node(), [&] {
          std::vector<std::string> names;
          for (const Slice& known : rules.slices) names.emplace_back(known.name);
          return "The profile allows only these kinds of " + std::string(rules.name) +
                 " here: " + listed(names, names.size()) + "; this is none of them.";
        });
      }
      continue;
    }
    if (rules.slicing_rules == definitions::SlicingRules::kOpenAtEnd && was_outside) {
      fault(Severity::kError, IssueType::kStructure, rules.rule, item.node(),
            [&] { return "Other " + std::string(rules.name) + " may only follow those of the profile's slices."; });
    }
    if (rules.is_ordered && slice < furthest) {
      fault(Severity::kError, IssueType::kStructure, rules.rule, item.node(), [&] {
        return std::string(rules.slices[slice].name) + " must stand before " +
               std::string(rules.slices[furthest].name) + ".";
      });
    }
    furthest = std::max(furthest, slice);
    check_item(rules.slices[slice].element, item);
  }
  for (std::uint32_t slice = 0; slice < none; ++slice) {
    const Slice& here = rules.slices[slice];
    if (here.tests.empty() && !here.is_default) continue;  // it cannot be told
    const std::size_t start = items_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (slots_[slot + i] != slice) continue;
      const Place item = items_[first + i];
      items_.push_back(item);
    }
    check_count(here.element, parent, start, items_.size() - start);
    if (!here.element.slices.empty()) check_slices(here.element, parent, start, items_.size() - start);
    items_.resize(start);
  }
  slots_.resize(slot);
}

// The first slice that the item belongs to, else @default, else their number.
std::uint32_t Walk::slice_of(const Constrained& rules, const Place& item) {
  const auto count = static_cast<std::uint32_t>(rules.slices.size());
  std::uint32_t rest = count;
  for (std::uint32_t slice = 0; slice < count; ++slice) {
    if (is_in_slice(rules.slices[slice], item)) return slice;
    if (rules.slices[slice].is_default) rest = slice;
  }
  return rest;
}

bool Walk::is_in_slice(const Slice& slice, const Place& place) {
  return !slice.tests.empty() &&
         std::ranges::all_of(slice.tests, [&](const SliceTest& test) { return passes(test, 0, place); });
}

// Whether something at the end of the path, followed from `step` on, passes.
bool Walk::passes(const SliceTest& test, std::size_t step, const Place& place) {
  if (step == test.steps.size()) return passes_here(test, place);
  const Step& next = test.steps[step];
  if (next.kind == Step::Kind::kOfType) {
    return place.type != nullptr && place.type->name == next.name && passes(test, step + 1, place);
  }
  if (next.kind == Step::Kind::kResolve) {
    const json::Node target = index_.resolve(place.value);
    return target && passes(test, step + 1, {target, {}, resource_type(target)});
  }
  const bool is_extension = next.kind == Step::Kind::kExtension;
  const ElementRule* element =
      place.type == nullptr ? nullptr : place.type->element(is_extension ? "extension" : next.name);
  if (element == nullptr) return false;
  const std::size_t first = items_.size();
  collect(place, *element, {});
  bool found = false;
  bool any = false;
  for (std::size_t i = first; i < items_.size() && !found; ++i) {
    const Place item = items_[i];
    if (is_extension && item.value["url"].text() != next.name) continue;
    any = true;
    found = passes(test, step + 1, item);
  }
  items_.resize(first);
  return test.kind == SliceTest::Kind::kMissing ? !any || found : found;
}

bool Walk::passes_here(const SliceTest& test, const Place& place) {
  switch (test.kind) {
    case SliceTest::Kind::kValue:
      return matches(*test.value, place.value);
    case SliceTest::Kind::kBinding: {
      const std::string_view type = place.type == nullptr ? "" : place.type->name;
      const auto coding_fits = [&](json::Node coding) {
        return test.value_set->contains(coding["system"].text(), coding["code"].text()).value_or(false);
      };
      if (type == "Coding") return coding_fits(place.value);
      if (type == "CodeableConcept") {
        const json::Node codings = place.value["coding"];
        return std::any_of(codings.begin(), codings.end(), coding_fits);
      }
      return test.value_set->contains_code(place.value.text()).value_or(false);
    }
    case SliceTest::Kind::kType:
      return place.type != nullptr &&
             std::ranges::any_of(test.types, [&](std::string_view type) { return place.type->is_a(type); });
    case SliceTest::Kind::kExists:
      return true;
    case SliceTest::Kind::kMissing:
      return false;
    case SliceTest::Kind::kProfile:
      return std::ranges::any_of(test.profiles, [&](ProfileRef* profile) { return meets(*profile, place); });
  }
  return false;
}

}  // namespace pas::validation
