#pragma once
// The formats of FHIR's primitive types in JSON (FHIR R4 Datatypes 2.24.0.1, JSON 2.6.2).

#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::validation {

enum class Primitive : std::uint8_t {
  kNone,  // not a primitive type
  kBase64Binary,
  kBoolean,
  kCanonical,
  kCode,
  kDate,
  kDateTime,
  kDecimal,
  kId,
  kInstant,
  kInteger,
  kMarkdown,
  kOid,
  kPositiveInt,
  kString,
  kTime,
  kUnsignedInt,
  kUri,
  kUrl,
  kUuid,
  kXhtml,
};

// By FHIR's name of the type; a type that is not known but primitive is a string.
Primitive primitive_of(std::string_view type);

// What JSON value the type is written as: "a boolean", "a number", "a string".
std::string_view json_form(Primitive type);
bool has_json_form(Primitive type, json::Node value);

// Whether a value of the right JSON form has the type's format.
bool is_well_formed(Primitive type, std::string_view text);

// The format in words, with an example: "a date as YYYY, YYYY-MM or YYYY-MM-DD".
std::string_view format_in_words(Primitive type);

}  // namespace pas::validation
