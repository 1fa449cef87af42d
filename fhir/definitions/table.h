#pragma once
// The layout of a compiled package: sections of fixed-size records over one string store, read where they lie.
// Host byte order (little-endian machines only); every reference is an index, checked once when the table is opened.
//
// A table is written by TableWriter and read through DefinitionSet; nothing else needs this header.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::definitions::table {

inline constexpr std::string_view kMagic = "PASDEF01";
inline constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;  // max = "*"

using StringId = std::uint32_t;  // 0 is the empty string
using ListId = std::uint32_t;    // place of a count, followed by that many numbers; 0 is the empty list

struct Range {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

struct PackageRecord {
  StringId name, version, canonical;
  ListId dependencies;  // name, version, …
};

struct StructureRecord {
  StringId url, version, name, type, base;
  Range elements;             // in the order of the snapshot: an element, its children, then its slices
  ListId contexts;            // of an extension: context type, expression, …
  ListId context_invariants;  // FHIRPath expressions
  ListId imposed;             // profiles that an instance must meet besides
  std::uint32_t kind;         // StructureKind
  std::uint32_t flags;
};
enum StructureFlag : std::uint32_t { kAbstract = 1, kConstraint = 2 /* a profile */ };

struct ElementRecord {
  StringId path;        // Claim.item.extension
  StringId slice_name;  // empty but for a slice
  std::uint32_t min, max;
  ListId types;
  ListId constraints;
  std::uint32_t binding;  // 1-based; 0 for none
  std::uint32_t slicing;  // 1-based; 0 for none
  StringId content_reference;
  StringId value_type;            // of fixed[x], pattern[x]: Coding, code, …
  StringId value;                 // its JSON text
  StringId min_value, max_value;  // JSON text
  StringId bound_type;            // of minValue[x], maxValue[x]
  std::uint32_t max_length;       // in characters; 0 for none
  std::uint32_t flags;
};
enum ElementFlag : std::uint32_t {
  kDepthMask = 0xFF,  // dots in the path
  kChoice = 1U << 8U,
  kRepeats = 1U << 9U,  // an array in JSON: its base's maximum is above 1
  kModifier = 1U << 10U,
  kMustSupport = 1U << 11U,
  kFixed = 1U << 12U,
  kPattern = 1U << 13U,
};

struct TypeRecord {
  StringId code;
  ListId profiles, targets;   // canonical urls
  std::uint32_t aggregation;  // bits: 1 contained, 2 referenced, 4 bundled
};

struct ConstraintRecord {
  StringId key, expression;
  std::uint32_t is_error;  // else a warning
};

struct BindingRecord {
  StringId value_set;
  std::uint32_t strength;  // BindingStrength
  StringId max_value_set;
  ListId additional;  // purpose, value set, …
};

struct SlicingRecord {
  ListId discriminators;  // type, path, …
  std::uint32_t rules;    // SlicingRules
  std::uint32_t ordered;
};

struct CodeSystemRecord {
  StringId url, version;
  ListId codes;  // sorted by text; only where complete
  std::uint32_t flags;
};
enum CodeSystemFlag : std::uint32_t { kComplete = 1, kCaseInsensitive = 2 };

struct ValueSetRecord {
  StringId url, version;
  Range groups;
  std::uint32_t is_open;  // a part is unknown altogether: codes of any system may belong
};

struct GroupRecord {
  StringId system;
  ListId codes;            // sorted by text
  std::uint32_t is_known;  // else other codes of the system may belong too
};

// Opened over bytes that it keeps. Immutable.
class Table {
 public:
  // Refuses bytes that are not a whole table of this layout.
  static base::Result<std::shared_ptr<const Table>> open(std::string bytes);

  std::string_view string(StringId id) const {
    return blob_.substr(string_offsets_[id], string_offsets_[id + 1] - string_offsets_[id]);
  }
  std::span<const std::uint32_t> list(ListId id) const { return lists_.subspan(id + 1, lists_[id]); }

  std::span<const PackageRecord> packages;
  std::span<const StructureRecord> structures;
  std::span<const ElementRecord> elements;
  std::span<const TypeRecord> types;
  std::span<const ConstraintRecord> constraints;
  std::span<const BindingRecord> bindings;
  std::span<const SlicingRecord> slicings;
  std::span<const CodeSystemRecord> code_systems;
  std::span<const ValueSetRecord> value_sets;
  std::span<const GroupRecord> groups;

 private:
  Table() = default;
  bool bind();
  bool is_sound() const;

  std::string bytes_;
  std::span<const std::uint32_t> lists_;
  std::span<const std::uint32_t> string_offsets_;
  std::string_view blob_;
};

// The sections in their order in the file; the header holds a Range (byte offset, record count) for each.
enum Section : std::uint32_t {
  kPackages,
  kStructures,
  kElements,
  kTypes,
  kConstraints,
  kBindings,
  kSlicings,
  kCodeSystems,
  kValueSets,
  kGroups,
  kLists,
  kStringOffsets,
  kBlob,
  kSectionCount
};

struct Header {
  char magic[8];
  Range sections[kSectionCount];
};

// As stored in the repository: zstd, with the sizes of both.
std::string compress(std::string_view table);
base::Result<std::string> decompress(std::string_view packed);

}  // namespace pas::definitions::table
