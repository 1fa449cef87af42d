#pragma once
// A StructureDefinition as plain values, between its JSON (or a compiled table) and the table that is written.
// An element's unset optional means "as in the base": in a differential; a snapshot has them all.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/definitions/terms.h"
#include "fhir/json/document.h"

namespace pas::definitions {

struct TypeDraft {
  std::string code;
  std::vector<std::string> profiles;
  std::vector<std::string> targets;
  std::uint32_t aggregation = 0;
};

struct ConstraintDraft {
  std::string key;
  std::string expression;
  bool is_error = true;
};

struct BindingDraft {
  std::string value_set;
  BindingStrength strength = BindingStrength::kExample;
  std::string max_value_set;
  std::vector<std::pair<std::string, std::string>> additional;  // purpose, value set
};

struct SlicingDraft {
  std::vector<std::pair<std::string, std::string>> discriminators;  // type, path
  SlicingRules rules = SlicingRules::kOpen;
  bool ordered = false;
};

// fixed[x], pattern[x], minValue[x], maxValue[x]
struct ValueDraft {
  std::string type;  // Coding, code, Quantity, …
  std::string json;
};

struct ElementDraft {
  std::string id;
  std::string path;
  std::string slice_name;
  std::optional<std::uint32_t> min, max;  // max: table::kUnbounded for "*"
  std::optional<bool> repeats;            // in JSON an array
  std::optional<std::vector<TypeDraft>> types;
  std::vector<ConstraintDraft> constraints;
  std::optional<BindingDraft> binding;
  std::optional<SlicingDraft> slicing;
  std::optional<std::string> content_reference;
  std::optional<ValueDraft> fixed, pattern, min_value, max_value;
  std::optional<std::uint32_t> max_length;
  std::optional<bool> is_modifier, must_support;
};

struct StructureDraft {
  std::string url, version, name, type, base;
  StructureKind kind = StructureKind::kComplex;
  bool is_abstract = false;
  bool is_profile = false;  // derivation: constraint
  bool is_snapshot = true;  // else `elements` is the differential
  std::vector<std::pair<std::string, std::string>> contexts;
  std::vector<std::string> context_invariants;
  std::vector<std::string> imposed;
  std::vector<ElementDraft> elements;
};

// `definition` is a StructureDefinition resource. Facts only: no descriptions, comments, mappings.
StructureDraft read_structure(json::Node definition);

}  // namespace pas::definitions
