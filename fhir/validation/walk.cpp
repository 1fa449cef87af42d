#include "fhir/validation/walk.h"

#include <algorithm>
#include <array>

#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

constexpr std::size_t kMostElements = 128;                     // of one type; R4's largest has 60
constexpr std::size_t kStepsPerElement = 400;                  // of FHIRPath; an ordinary request takes a tenth
constexpr std::size_t kLongestString = std::size_t{1} << 20U;  // FHIR R4 string: 1 MB

json::Node companion_of(json::Node object, std::string_view name) {
  for (const json::Node member : object) {
    if (member.key().size() == name.size() + 1 && member.key().starts_with('_') && member.key().substr(1) == name) {
      return member;
    }
  }
  return {};
}

bool is_uri(Primitive type) {
  return type == Primitive::kUri || type == Primitive::kUrl || type == Primitive::kCanonical;
}

bool has_companion(json::Node object) {
  return std::any_of(object.begin(), object.end(), [](json::Node member) { return member.key().starts_with('_'); });
}

}  // namespace

Walk::Walk(const ProfileStore& profiles, const json::BundleIndex& index, const Options& options, Report& report)
    : profiles_(profiles),
      schema_(profiles.schema()),
      index_(index),
      options_(options),
      report_(report),
      evaluation_(environment()) {}

void Walk::run() {
  const json::Node root = index_.bundle();
  walk_resource(root, nullptr, nullptr);
  const TypeRule* type = resource_type(root);
  for (const std::string& canonical : options_.profiles) {
    ProfileRef* ref = profiles_.find(canonical);
    if (ref != nullptr && type != nullptr) {
      check_profile(profiles_.compiled(*ref), {root, {}, type});
    } else if (ref == nullptr && !schema_.definitions().find_structure(canonical)) {
      fault(Severity::kError, IssueType::kNotFound, "profile", root,
            [&] { return "The profile " + in_quotes(canonical) + " is not among the definitions at hand."; });
    }
  }
  report_costly();
}

const TypeRule* Walk::resource_type(json::Node resource) const {
  const TypeRule* type = schema_.find(resource["resourceType"].text());
  return type != nullptr && type->is_resource && !type->is_abstract ? type : nullptr;
}

void Walk::walk_resource(json::Node resource, const Frame* up, const ElementRule* at) {
  if (!resource.is_object()) {
    return fault(Severity::kError, IssueType::kStructure, at == nullptr ? "Resource" : at->path, resource,
                 [] { return std::string("A resource is needed here: an object with a resourceType."); });
  }
  const TypeRule* type = resource_type(resource);
  if (type == nullptr) {
    return fault(Severity::kError, IssueType::kStructure, at == nullptr ? "Resource" : at->path, resource, [&] {
      const std::string_view name = resource["resourceType"].text();
      return name.empty() ? std::string("The resource has no resourceType.")
                          : in_quotes(name) + " is not a resource type of FHIR R4.";
    });
  }
  const bool is_contained = at != nullptr && at->name == "contained";
  const json::Node contained_before = std::exchange(contained_, is_contained ? resource : json::Node{});
  std::unordered_set<std::string_view> fragments_before;
  if (!is_contained) fragments_before.swap(fragments_);
  walk_object(resource, {up, type, nullptr, resource}, at);
  contained_ = contained_before;
  if (!is_contained) fragments_before.swap(fragments_);
  check_declared_profiles(resource, *type);
  if (type->name == "Bundle") check_bundle(resource);
  if (type->name == "QuestionnaireResponse") check_questionnaire_response(resource);
}

void Walk::walk_object(json::Node object, const Frame& frame, const ElementRule* at) {
  const TypeRule& type = *frame.type;
  steps_left_ += kStepsPerElement;
  if (object.size() == 0) {
    return fault(Severity::kError, IssueType::kInvalid, "ele-1", object,
                 [] { return std::string("An empty object: an element needs a value or children; leave it out."); });
  }
  std::array<std::uint8_t, kMostElements> seen{};
  const bool companions = has_companion(object);
  for (const json::Node member : object) {
    std::string_view key = member.key();
    if (type.is_resource && key == "resourceType") continue;
    const bool is_companion = companions && key.starts_with('_');
    if (is_companion) key.remove_prefix(1);
    const Member* place = type.find(key);
    if (place == nullptr || (type.primitive != Primitive::kNone && key == "value")) {
      unknown_member(member, type);
      continue;
    }
    const ElementRule& element = type.elements[place->element];
    const TypeUse& use = element.types[place->type];
    if (is_companion && (use.type == nullptr || use.type->primitive == Primitive::kNone)) {
      unknown_member(member, type);
      continue;
    }
    std::uint8_t& mark = seen[std::min<std::size_t>(place->element, kMostElements - 1)];
    const auto this_type = static_cast<std::uint8_t>(place->type + 1);
    if (mark != 0 && mark != this_type) {
      fault(Severity::kError, IssueType::kStructure, element.path, member, [&] {
        return std::string(element.name) + "[x] may have only one type; it is given twice, also as " + in_quotes(key) +
               ".";
      });
    }
    mark = this_type;
    if (!is_companion) {
      walk_member(member, frame, *place, companions);
    } else if (!object[key]) {
      walk_companion(member, frame, element, *use.type);
      check_valueless(member, element);
    }
  }
  for (const std::uint16_t index : type.required) {
    if (seen[std::min<std::size_t>(index, kMostElements - 1)] != 0) continue;
    const ElementRule& element = type.elements[index];
    if (type.primitive != Primitive::kNone && element.name == "value") continue;
    fault(
        Severity::kError, IssueType::kRequired, element.path, object,
        [&] { return std::string(element.name) + " is missing: FHIR requires it in " + std::string(type.name) + "."; },
        element.name);
  }
  const Place place{object, {}, &type};
  if (type.primitive == Primitive::kNone) {
    check_constraints(type.constraints, place);
    if (at != nullptr) check_constraints(at->constraints, place);
    check_type_rules(place, frame);
  }
}

void Walk::walk_member(json::Node member, const Frame& frame, const Member& place, bool has_companions) {
  const ElementRule& element = frame.type->elements[place.element];
  const TypeUse& use = element.types[place.type];
  const bool is_primitive = use.type != nullptr && use.type->primitive != Primitive::kNone;
  const json::Node companion = has_companions && is_primitive ? companion_of(frame.node, member.key()) : json::Node{};
  if (member.is_array()) {
    if (!element.repeats) {
      return fault(Severity::kError, IssueType::kStructure, element.path, member,
                   [&] { return std::string(element.name) + " does not repeat: give one value, without an array."; });
    }
    return walk_array(member, companion, frame, element, use);
  }
  if (element.repeats) {
    fault(Severity::kError, IssueType::kStructure, element.path, member, [&] {
      return std::string(element.name) + " may repeat, so that its JSON is an array: write [ … ] around the value.";
    });
  }
  walk_value(member, companion, frame, element, use);
}

void Walk::walk_array(json::Node array, json::Node companions, const Frame& frame, const ElementRule& element,
                      const TypeUse& use) {
  if (array.size() == 0) {
    return fault(Severity::kError, IssueType::kInvalid, element.path, array,
                 [] { return std::string("An array may not be empty: leave it out."); });
  }
  if (companions && (!companions.is_array() || companions.size() != array.size())) {
    fault(Severity::kError, IssueType::kStructure, element.path, companions, [&] {
      return std::string(companions.key()) + " must be an array of the same length as " + std::string(array.key()) +
             ", with null where there is nothing to add.";
    });
    companions = {};
  }
  auto companion = companions.begin();
  for (const json::Node item : array) {
    json::Node beside;
    if (companions) {
      beside = *companion;
      ++companion;
      if (beside.is_null()) beside = {};
    }
    if (item.is_null() && beside) {
      walk_companion(beside, frame, element, *use.type);
    } else {
      walk_value(item, beside, frame, element, use);
    }
  }
}

void Walk::walk_companion(json::Node companion, const Frame& frame, const ElementRule& element, const TypeRule& type) {
  if (companion.is_array() && element.repeats) {
    for (const json::Node item : companion) {
      if (!item.is_null()) walk_companion(item, frame, element, type);
    }
    return;
  }
  if (!companion.is_object()) {
    return fault(Severity::kError, IssueType::kStructure, element.path, companion, [&] {
      return in_quotes(companion.key()) + " holds the id and extensions of a value: it must be an object.";
    });
  }
  walk_object(companion, {&frame, &type, &element, companion}, &element);
}

// FHIR R4 Terminologies 4.1.5.1: a mandatory code with a required binding needs one of its codes; an extension such as
// data-absent-reason does not stand in for it.
void Walk::check_valueless(json::Node companion, const ElementRule& element) {
  const bool needs_code = element.min > 0 && element.strength == definitions::BindingStrength::kRequired &&
                          element.types[0].type->primitive == Primitive::kCode;
  if (needs_code) {
    fault(Severity::kError, IssueType::kCodeInvalid, element.path, companion, [&] {
      return std::string(element.name) + " needs a code of " + std::string(element.value_set_url) +
             "; an extension alone does not do.";
    });
  }
  if (companion.is_object() && !companion["extension"]) {
    fault(Severity::kError, IssueType::kInvalid, "ele-1", companion,
          [&] { return std::string(element.name) + " has neither a value nor an extension: leave it out."; });
  }
}

void Walk::walk_value(json::Node value, json::Node companion, const Frame& frame, const ElementRule& element,
                      const TypeUse& use) {
  if (value.is_null()) {
    return fault(Severity::kError, IssueType::kStructure, element.path, value, [] {
      return std::string("null is no value: leave the element out, or add extensions in the member with '_'.");
    });
  }
  if (use.type == nullptr) {
    if (element.name == "value" && frame.type->primitive != Primitive::kNone) return;
    return walk_resource(value, &frame, &element);
  }
  const TypeRule& type = *use.type;
  if (type.primitive != Primitive::kNone) return walk_primitive(value, companion, element, type, frame);
  if (!value.is_object()) {
    return fault(Severity::kError, IssueType::kStructure, element.path, value, [&] {
      return std::string(element.name) + " must be an object (" + std::string(type.name) + "); found " +
             in_words(value) + ".";
    });
  }
  if (type.is_resource) return walk_resource(value, &frame, &element);
  walk_object(value, {&frame, &type, &element, value}, &element);
  if (type.name == "Extension") {
    check_extension(value, frame, element);
  } else if (type.name == "Reference") {
    check_reference(value, element, use);
  }
  if (element.value_set != nullptr) {
    check_binding(*element.value_set, element.strength, element.value_set_url, element.path, {value, {}, &type});
  }
}

void Walk::walk_primitive(json::Node value, json::Node companion, const ElementRule& element, const TypeRule& type,
                          const Frame& frame) {
  if (companion) walk_companion(companion, frame, element, type);
  if (!has_json_form(type.primitive, value)) {
    return fault(Severity::kError, IssueType::kStructure, element.path, value, [&] {
      return std::string(element.name) + " must be " + std::string(json_form(type.primitive)) + "; found " +
             in_words(value) + ".";
    });
  }
  const std::string_view text = value.text();
  if (text.starts_with('#') && (is_uri(type.primitive) || element.name == "reference")) note_fragment(text.substr(1));
  if (!is_well_formed(type.primitive, text)) {
    return fault(Severity::kError, IssueType::kValue, element.path, value, [&] {
      return in_quotes(text) + " is not a valid " + std::string(type.name) + ": needed is " +
             std::string(format_in_words(type.primitive)) + ".";
    });
  }
  if (text.size() > kLongestString && type.primitive != Primitive::kBase64Binary) {
    fault(Severity::kError, IssueType::kTooLong, element.path, value,
          [] { return std::string("A string may not be longer than 1 MB."); });
  }
  if (element.value_set != nullptr) {
    check_binding(*element.value_set, element.strength, element.value_set_url, element.path, {value, companion, &type});
  }
  if (!element.constraints.empty()) check_constraints(element.constraints, {value, companion, &type});
}

void Walk::unknown_member(json::Node member, const TypeRule& type) {
  fault(Severity::kError, IssueType::kStructure, type.name, member, [&] {
    std::string message = in_quotes(member.key()) + " is not an element of " + std::string(type.name) + " in FHIR R4";
    std::vector<std::string_view> names;
    for (const Member& known : type.members) names.push_back(known.key);
    const std::string_view nearest = nearest_of(member.key(), names);
    return message + (nearest.empty() ? "." : "; did you mean " + in_quotes(nearest) + "?");
  });
}

void Walk::check_type_rules(const Place& place, const Frame&) {
  const std::string_view name = place.type->name;
  if (name == "Attachment") {
    check_attachment(place.value);
  } else if (name == "Narrative") {
    check_narrative(place.value);
  } else if (name == "Coding") {
    check_coding(place.value);
  } else if (place.type->is_a("Quantity")) {
    check_quantity(place.value);
  }
}

bool Walk::is_new(Severity severity, std::string_view rule, json::Node at, std::string_view member) {
  const std::size_t text = std::hash<std::string_view>{}(rule)*31 + std::hash<std::string_view>{}(member);
  return reported_.insert((text * 31 + at.id()) * 4 + static_cast<std::uint64_t>(severity)).second;
}

void Walk::add_issue(Severity severity, IssueType type, std::string_view rule, json::Node at, std::string message,
                     std::string_view member) {
  std::string expression = element_path(schema_, at, index_.bundle());
  if (!member.empty()) expression.append(".").append(member);
  report_.add({severity, type, std::string(rule), std::move(expression), std::move(message), at.offset()});
}

}  // namespace pas::validation
