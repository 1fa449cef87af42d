#pragma once
// One validation: the walk over a resource by the base definitions (walk.cpp), and over parts of it by what profiles
// say beyond them (profile_walk.cpp, slice_walk.cpp). For one thread and one report; internal to this folder.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/fhirpath/evaluation.h"
#include "fhir/json/bundle_index.h"
#include "fhir/validation/met_cache.h"
#include "fhir/validation/profile.h"
#include "fhir/validation/question_index.h"
#include "fhir/validation/report.h"
#include "fhir/validation/schema.h"
#include "fhir/validation/validator.h"

namespace pas::validation {

// A value of the resource with its FHIR type. A primitive's id and extensions are in its companion, the `_name` member;
// either may be absent.
struct Place {
  json::Node value;
  json::Node companion;
  const TypeRule* type = nullptr;

  // What holds the element's children.
  json::Node object() const { return type != nullptr && type->primitive != Primitive::kNone ? companion : value; }
  json::Node node() const { return value ? value : companion; }
};

class Walk {
 public:
  Walk(const ProfileStore& profiles, const json::BundleIndex& index, const Options& options, Report& report);

  void run();

 private:
  // The way down to an object: whose member it is, for the contexts of extensions.
  struct Frame {
    const Frame* up = nullptr;
    const TypeRule* type = nullptr;
    const ElementRule* element = nullptr;  // null for a resource
    json::Node node;
  };

  // walk.cpp: base definitions.
  void walk_resource(json::Node resource, const Frame* up, const ElementRule* at);
  void walk_object(json::Node object, const Frame& frame, const ElementRule* at);
  void walk_member(json::Node member, const Frame& frame, const Member& place, bool has_companions);
  void walk_companion(json::Node companion, const Frame& frame, const ElementRule& element, const TypeRule& type);
  void check_valueless(json::Node companion, const ElementRule& element);
  void walk_value(json::Node value, json::Node companion, const Frame& frame, const ElementRule& element,
                  const TypeUse& use);
  void walk_primitive(json::Node value, json::Node companion, const ElementRule& element, const TypeRule& type,
                      const Frame& frame);
  void walk_array(json::Node array, json::Node companions, const Frame& frame, const ElementRule& element,
                  const TypeUse& use);
  void unknown_member(json::Node member, const TypeRule& type);
  void check_type_rules(const Place& place, const Frame& frame);  // what is particular to a type

  // extension_walk.cpp
  void check_extension(json::Node extension, const Frame& frame, const ElementRule& at);
  bool allowed_here(const definitions::Structure& definition, const Frame& place) const;

  // reference_walk.cpp
  void check_reference(json::Node reference, const ElementRule& at, const TypeUse& use);
  void check_reference_limit(const Place& reference, const TypeLimit& limit, const Constrained& rules);
  // By the target where it is here, else by the literal reference; null when that does not tell.
  const TypeRule* referenced_type(json::Node reference) const;
  void check_bundle(json::Node bundle);

  // For dom-3: a value that may point at a contained resource, and whether each of them is pointed at.
  void note_fragment(std::string_view fragment);
  bool contained_are_referenced(json::Node resource) const;

  // questionnaire_walk.cpp
  struct AnswerCount {
    std::size_t items = 0, answers = 0;
    json::Node last;
  };
  json::Node questionnaire_of(json::Node response);
  void check_questionnaire_response(json::Node response);
  void check_answer_items(json::Node parent, json::Node questions, bool is_finished, std::size_t depth);
  void check_answer_count(json::Node parent, json::Node question, const AnswerCount& count, bool is_finished);
  void check_answer_item(json::Node item, json::Node question, bool is_finished, std::size_t depth);
  void check_answer(json::Node value, json::Node question);
  void check_answer_limits(json::Node value, json::Node question);
  void check_answer_unit(json::Node quantity, json::Node question);

  // content_checks.cpp
  void check_attachment(json::Node attachment);
  void check_narrative(json::Node narrative);
  void check_quantity(json::Node quantity);

  // profile_walk.cpp
  void check_declared_profiles(json::Node resource, const TypeRule& type);
  void check_profile(const Profile& profile, const Place& place);
  bool meets(ProfileRef& profile, const Place& place);  // silently
  void check_any_profile(const std::vector<ProfileRef*>& candidates, const Place& place, std::string_view rule);
  // The one to report by when none is met: that which the resource claims, else the nearest.
  ProfileRef& nearest_profile(const std::vector<ProfileRef*>& candidates, const Place& place);
  std::size_t count_faults(ProfileRef& profile, const Place& place);
  // check_profile(), whose errors become warnings where Options::derived_profile_fault says so.
  void report_profile(ProfileRef& profile, const Place& place);
  void check_item(const Constrained& rules, const Place& place);
  void check_children(const Constrained& rules, const Place& parent);
  void check_child(const Constrained& rules, const Place& parent);
  void check_count(const Constrained& rules, const Place& parent, std::size_t first, std::size_t count);
  void check_types(const Constrained& rules, const Place& place);
  void check_value(const Constrained& rules, const Place& place);
  void check_bounds(const Constrained& rules, const Place& place);
  // Appends the element's items to items_.
  void collect(const Place& parent, const ElementRule& element, std::string_view only_key);

  // slice_walk.cpp
  void check_slices(const Constrained& rules, const Place& parent, std::size_t first, std::size_t count);
  std::uint32_t slice_of(const Constrained& rules, const Place& item);
  bool is_in_slice(const Slice& slice, const Place& place);
  bool passes(const SliceTest& test, std::size_t step, const Place& place);
  bool passes_here(const SliceTest& test, const Place& place);

  // binding_checks.cpp
  void check_binding(const definitions::ValueSet& set, definitions::BindingStrength strength, std::string_view url,
                     std::string_view rule, const Place& place);
  void check_coding(json::Node coding);

  // invariant_walk.cpp
  fhirpath::Environment environment();
  void check_constraints(const std::vector<const ConstraintRule*>& constraints, const Place& place);
  // Nothing when it cannot be told.
  std::optional<bool> holds(const ConstraintRule& rule, const Place& place);
  void report_costly();  // what was left unchecked, at the end

  // The type of a resource node, or null.
  const TypeRule* resource_type(json::Node resource) const;

  // `message` makes the text, only when the issue is kept.
  template <class Message>
  void fault(Severity severity, IssueType type, std::string_view rule, json::Node at, Message&& message,
             std::string_view member = {}) {
    if (probing_ > 0) {
      if (severity != Severity::kError) return;
      probe_failed_ = true;
      counted_ += counting_ ? 1U : 0U;
      return;
    }
    if (severity > options_.least || !is_new(severity, rule, at, member)) return;
    if (!report_.takes(severity)) return report_.leave_out(severity);
    add_issue(severity, type, rule, at, message(), member);
  }
  bool is_new(Severity severity, std::string_view rule, json::Node at, std::string_view member);
  void add_issue(Severity severity, IssueType type, std::string_view rule, json::Node at, std::string message,
                 std::string_view member);

  const ProfileStore& profiles_;
  const Schema& schema_;
  const json::BundleIndex& index_;
  const Options& options_;
  Report& report_;

  fhirpath::Evaluation evaluation_;
  QuestionIndex questions_;
  // Of the resource at work and its contained ones: the fragments that it names, and the contained ones that name it.
  std::unordered_set<std::string_view> fragments_;
  std::unordered_set<std::uint32_t> point_at_container_;
  json::Node contained_;  // the one at work
  // FHIRPath steps that invariants may still take; each element adds to it, so that the cost is linear.
  std::size_t steps_left_ = 20'000'000;
  // The first rule or answers that were left unchecked because that would cost too much.
  std::string_view costly_rule_;
  json::Node costly_place_;
  std::vector<Place> items_;          // of the elements being checked, used as a stack
  std::vector<std::uint32_t> slots_;  // the slices of items, used as a stack
  std::unordered_set<std::uint64_t> reported_;
  // Whether a node meets a profile; true while that is being found out, for references in a ring.
  MetCache met_;
  std::uint32_t probing_ = 0;  // nested silent checks
  bool probe_failed_ = false;
  bool counting_ = false;  // a silent check that goes on after its first fault
  std::size_t counted_ = 0;
  std::unordered_map<std::uint64_t, ProfileRef*> nearest_;  // by the first candidate and the node
  std::unordered_set<std::uint64_t> told_;                  // profiles whose faults at a node are reported
  std::uint32_t profile_depth_ = 0;
  std::uint32_t nesting_ = 0;  // of conformsTo()
};

// The FHIRPath of a node from `top`, with choices as value.ofType(Quantity).
std::string element_path(const Schema& schema, json::Node node, json::Node top);

// Whether a code, Coding or CodeableConcept is in the set; nothing when that cannot be told.
std::optional<bool> is_member(const definitions::ValueSet& set, json::Node coded);

// Whether `actual` is `expected` (fixed), or holds at least what it holds (pattern).
bool matches(const ExpectedValue& expected, json::Node actual);

}  // namespace pas::validation
