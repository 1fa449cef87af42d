#pragma once
// The closed lists of StructureDefinition and ElementDefinition (FHIR R4), as the tables number them.

#include <cstdint>

namespace pas::definitions {

enum class StructureKind : std::uint32_t { kPrimitive, kComplex, kResource, kLogical };
enum class BindingStrength : std::uint32_t { kExample, kPreferred, kExtensible, kRequired };
enum class SlicingRules : std::uint32_t { kOpen, kClosed, kOpenAtEnd };

}  // namespace pas::definitions
