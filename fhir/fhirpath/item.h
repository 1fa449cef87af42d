#pragma once
// One value of a FHIRPath collection: an element of the document, or a value of the System types. Copied freely; what
// it points at (the document, the evaluation's memory, the model) must outlive it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/model.h"
#include "fhir/fhirpath/temporal.h"
#include "fhir/json/document.h"

namespace pas::fhirpath {

// A System.Quantity. `unit` is a UCUM code ("mg"), or a calendar duration's word in the singular ("week").
struct Quantity {
  Decimal value;
  std::string_view unit;
  bool is_calendar = false;
  bool is_ucum = true;  // false: the unit is text that only equals itself
};

enum class Kind : std::uint8_t {
  kNode,  // an element of the document, primitive or not
  kBoolean,
  kString,
  kInteger,
  kDecimal,
  kDate,
  kDateTime,
  kTime,
  kQuantity,
  kType,  // what type() answers
};

class Item {
 public:
  Item() : integer_(0) {}
  // An element of the given FHIR type; kNoType when it is not known.
  static Item element(json::Node node, TypeId type = kNoType) {
    Item item;
    item.kind_ = Kind::kNode;
    item.node_ = node;
    item.type_id_ = type;
    return item;
  }
  // A primitive without a value: the node is the object of its `_name` member, with an id or extensions.
  static Item companion(json::Node node, TypeId type = kNoType) {
    Item item = element(node, type);
    item.is_companion_ = true;
    return item;
  }
  static Item boolean(bool value) {
    Item item;
    item.kind_ = Kind::kBoolean;
    item.boolean_ = value;
    return item;
  }
  static Item string(std::string_view value) {
    Item item;
    item.kind_ = Kind::kString;
    item.string_ = value;
    return item;
  }
  static Item integer(std::int64_t value) {
    Item item;
    item.kind_ = Kind::kInteger;
    item.integer_ = value;
    return item;
  }
  static Item decimal(const Decimal& value);
  static Item temporal(const Temporal& value);
  static Item date(base::Date value) { return temporal(Temporal::of(value)); }
  static Item quantity(const Quantity* value);  // the quantity must outlive the item
  // System.`name`, or FHIR.`name`.
  static Item type(std::string_view name, bool is_system);

  Kind kind() const { return kind_; }
  bool is_node() const { return kind_ == Kind::kNode; }
  bool is_number() const { return kind_ == Kind::kInteger || kind_ == Kind::kDecimal; }
  json::Node node() const { return node_; }    // absent unless kNode
  TypeId type_id() const { return type_id_; }  // of an element, when known
  bool is_companion() const { return is_companion_; }

  // The System value, of a System item or of a JSON value of that kind; nothing for other kinds. A JSON string is a
  // string whatever its FHIR type; use Evaluation's results, which keep the type, where that matters.
  std::optional<bool> boolean() const;
  std::optional<std::string_view> string() const;
  std::optional<std::int64_t> integer() const;
  std::optional<Decimal> decimal() const;  // of integers too
  std::optional<Temporal> temporal() const;
  // Of a type: its name, and whether its namespace is System (else FHIR).
  std::string_view named_type() const { return kind_ == Kind::kType ? string_ : std::string_view(); }
  bool is_system_type() const { return is_system_type_; }
  const Quantity* quantity() const { return kind_ == Kind::kQuantity ? quantity_ : nullptr; }

  // The text that FHIRPath's toString() gives; JSON text for an object, "Namespace.Name" for a type.
  std::string to_string() const;
  // "Integer", "Patient", "code"; of an element without a model what its JSON shows: "boolean", "string", "integer",
  // "decimal", its resourceType or "Element".
  std::string_view type_name(const Model* model) const;

 private:
  Kind kind_ = Kind::kBoolean;
  bool is_companion_ = false;
  bool is_system_type_ = false;
  std::uint8_t scale_ = 0;  // of a decimal
  TypeId type_id_ = kNoType;
  json::Node node_;
  union {
    bool boolean_;
    std::int64_t integer_;
    Int128 unscaled_;
    std::string_view string_;  // of a string; the name of a type
    Temporal temporal_;
    const Quantity* quantity_;
  };
};

static_assert(sizeof(Item) == 48);

}  // namespace pas::fhirpath
