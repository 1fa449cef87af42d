#pragma once
// The input catalog: which inputs exist, of what type, and where each is looked for, as data (inputs.json of a payer).
//
//   {"variables": {"order": "%item.extension('…').value.reference.resolve().ofType(DeviceRequest)"},   in this order
//    "questionnaireResponses": "%claim.supportingInfo.…",     whose answers count
//    "documentKinds": {…}, "people": {…},                     document_kinds.cpp
//    "inputs": [{"name": "device.code", "title": "the device's code", "type": "code", "systems": ["HCPCS"],
//                "rule": "agree", "sources": [{"path": "%item.productOrService.coding"},
//                                             {"path": "%order.code.coding"}]}]}
//
// Expressions are FHIRPath over %claim, %item, %patient, %coverage, %requestDate and the variables. A source is one of
//   {"path": …}       elements; with "codes" a Coding's code becomes the value beside it; with "transform" C++ makes
//                     the value (transforms.h); with "document" it is one of that kind (document_records.h)
//   {"question": …}   the answers to a questionnaire item
//   {"store": "next-month", "code": input}   1 + the months authorized so far for the member and that code
//   {"classify": input, "classes": [value sets], "otherwise": word}   the set that another input's codes belong to
//   {"default": …}
// and a rule makes one value of what they have: "first" source with a value, "agree" or else conflict, "all" as a list.
//
// The catalog is checked and compiled once: names, types, systems, value sets and expressions; a mistake refuses it
// with file, line, column and a caret. Immutable; any thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/inputs/load_error.h"
#include "mappings/inputs/value_sets.h"

namespace pas::inputs {

enum class Type : std::uint8_t {
  kCode,       // a code, as a string; the systems are fixed by the catalog
  kCodes,      // a list of {"system", "code"}, systems by their canonical URI
  kWord,       // one of `values`
  kText,       // a string
  kInteger,    //
  kDecimal,    //
  kBoolean,    //
  kDocuments,  // a list of objects whose members type_of_field() knows
};
std::string_view to_string(Type type);  // "code", "codes", "word", …

// What a member of a document is, dotted where it stands in another ("prescriber.npi"): date, type, signed,
// prescriber's npi, type, enrolled, source, readable, signature.verified, pdf's encrypted, damaged, pages, created,
// modified, signed, and text's answers. Nothing for another name.
std::optional<Type> type_of_field(std::string_view field);

// What policies and explanations need to know of an input.
struct InputDefinition {
  std::string name;
  std::string title;  // for notes: "the infusion's duration"
  Type type = Type::kText;
  std::string unit;                 // "h", "mo"; empty where there is none
  std::string question;             // link id of the questionnaire item that answers it; empty if none does
  std::vector<std::string> values;  // of a word
  std::vector<std::string> fields;  // of kDocuments: members of an element, dotted ("prescriber.enrolled")
};

struct CompiledCatalog;  // compiled_catalog.h: the sources

class Catalog {
 public:
  // The two files of a payer; the names are for messages.
  struct Files {
    std::string_view inputs;
    std::string_view inputs_file;
    std::string_view value_sets;
    std::string_view value_sets_file;
  };
  static boost::system::result<Catalog, LoadErrors> load(const Files& files);

  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  const std::vector<InputDefinition>& inputs() const { return inputs_; }
  const InputDefinition* find(std::string_view name) const;
  // The input that a path of the inputs document reads: the longest name that it begins with ("drug.value.code" reads
  // "drug", "device.rental.months" itself). Null if it reads none.
  const InputDefinition* read_by(std::string_view path) const;

  const ValueSets& value_sets() const { return *value_sets_; }
  const CompiledCatalog& compiled() const { return *compiled_; }

 private:
  Catalog();
  std::vector<InputDefinition> inputs_;
  std::unique_ptr<const ValueSets> value_sets_;
  std::unique_ptr<const CompiledCatalog> compiled_;
};

}  // namespace pas::inputs
