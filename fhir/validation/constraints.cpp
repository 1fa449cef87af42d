#include "fhir/validation/constraints.h"

#include <algorithm>
#include <array>

namespace pas::validation {
namespace {

// What the walk itself sees to (empty elements, narratives, contained references), or what is quick to see.
using Decide = bool (*)(json::Node focus);

bool always(json::Node) {
  return true;
}

bool has_value_or_extensions(json::Node extension) {
  bool has_value = false;
  bool has_extensions = false;
  for (const json::Node member : extension) {
    std::string_view key = member.key();
    if (key.starts_with('_')) key.remove_prefix(1);
    has_value |= key.starts_with("value");
    has_extensions |= key == "extension" && member.size() > 0;
  }
  return has_value != has_extensions;
}

bool has_narrative(json::Node resource) {
  return static_cast<bool>(resource["text"]["div"]);
}

struct Known {
  std::string_view key;
  std::string_view expression_start;  // so that another rule of the same key is not taken for it
  Decide decide;
};

constexpr std::array<Known, 7> kKnown{{
    {"bdl-7", "(type = 'history') or entry.where(fullUrl.exists())", always},
    {"ele-1", "hasValue() or (children().count() > id.count()", always},
    {"ext-1", "extension.exists() != value.exists()", has_value_or_extensions},
    {"dom-6", "text.`div`.exists()", has_narrative},
    {"txt-1", "htmlChecks()", always},
    {"txt-2", "htmlChecks()", always},
    {"ref-1", "reference.startsWith('#').not() or", always},
}};

Decide decision_of(const definitions::Constraint& constraint) {
  const auto found = std::ranges::find_if(kKnown, [&](const Known& known) {
    return known.key == constraint.key && constraint.expression.starts_with(known.expression_start);
  });
  return found == kKnown.end() ? nullptr : found->decide;
}

}  // namespace

ConstraintRule::ConstraintRule(const definitions::Constraint& constraint, std::string_view type)
    : key_(constraint.key),
      expression_(constraint.expression),
      type_(type),
      is_error_(constraint.is_error),
      is_about_contained_(constraint.key == "dom-3" && constraint.expression.starts_with("contained.where(")),
      decide_(decision_of(constraint)) {}

std::optional<bool> ConstraintRule::decide(json::Node focus) const {
  if (decide_ == nullptr) return std::nullopt;
  return decide_(focus);
}

const fhirpath::Program* ConstraintRule::program(const fhirpath::Model& model) const {
  std::call_once(compiled_, [&] {
    fhirpath::CompileOptions options;
    options.model = &model;
    options.context_type = type_;
    options.lenient = true;  // as the definitions write them
    if (auto program = fhirpath::Program::compile(expression_, options)) {
      program_ = *std::move(program);
    }
  });
  return program_ ? &*program_ : nullptr;
}

const ConstraintRule* ConstraintPool::add(const definitions::Constraint& constraint, std::string_view type) {
  const std::lock_guard lock(mutex_);
  auto& rule = rules_[{constraint.key, constraint.expression, type}];
  if (!rule) rule = std::make_unique<ConstraintRule>(constraint, type);
  return rule.get();
}

}  // namespace pas::validation
