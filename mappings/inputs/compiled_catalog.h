#pragma once
// The catalog as extract() runs it: every expression compiled, every name resolved. Made once by Catalog::load().

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath/program.h"
#include "mappings/inputs/documents.h"

namespace pas::inputs {

// How sources become one value.
enum class Rule : std::uint8_t {
  kFirst,  // the first source that has a value
  kAgree,  // every source that has one must have the same
  kAll,    // a list of what all sources have
};

// What C++ does with the elements that a path finds.
enum class Transform : std::uint8_t {
  kNone,
  kMonthsBegun,   // Period -> integer: months begun, the last day included
  kHours,         // Timing.repeat -> decimal: duration (else durationMax) by durationUnit
  kQuantity,      // Quantity -> decimal in the input's unit
  kAge,           // birth date -> integer: whole years on the request date
  kInForce,       // Coverage -> boolean: active and covering the first service day, else the request date
  kSupportsItem,  // DocumentReference or an order -> an element of a list of documents
};

enum class SourceKind : std::uint8_t {
  kPath,      // a FHIRPath expression
  kQuestion,  // the answer to a questionnaire item
  kStore,     // 1 + months already authorized, from the environment
  kDefault,   // a fixed value
  kClassify,  // the value set that another input's codes belong to
};

// What is read of the C-CDA attachments of the documents that a path finds.
enum class CcdaPart : std::uint8_t { kNone, kProblems, kMedications };

struct Source {
  SourceKind kind = SourceKind::kPath;
  bool fallback = false;  // looked at only when the sources above have nothing
  std::optional<fhirpath::Program> program;
  Transform transform = Transform::kNone;
  std::map<std::string, std::string, std::less<>> codes;  // code -> JSON value, where the source maps codes
  std::string question;                                   // link id
  std::string fixed;                                      // JSON value
  std::size_t document_kind = 0;
  CcdaPart ccda = CcdaPart::kNone;
  std::size_t input = 0;             // kClassify: of the codes; kStore: of the device code
  std::vector<std::string> classes;  // kClassify: value sets, each also the word
  std::string otherwise;             // kClassify: the word for codes outside every set
};

struct Recipe {
  Rule rule = Rule::kFirst;
  std::vector<Source> sources;
  std::vector<std::string> systems;                       // names; of codes and mapped codes
  std::string translate;                                  // code map, or empty
  std::map<std::string, std::string, std::less<>> words;  // compared form -> word
};

// A way to find a document's date or prescriber: a path, or what an attachment says of itself.
enum class WayKind : std::uint8_t { kPath, kCcda, kPdfCreated, kPdfModified };
struct Way {
  WayKind kind = WayKind::kPath;
  std::optional<fhirpath::Program> program;
};

// A question put to a document's text: an expression whose focus is the text.
struct TextQuestion {
  std::string name;
  fhirpath::Program program;
};

// Ways to find a document's date, signature and prescriber, in order.
struct DocumentKind {
  std::string name;
  bool has_attachments = false;  // they are verified, and a damaged one refuses the document
  std::vector<Way> dates;
  std::vector<Way> prescribers;
  std::vector<std::string> signed_status;  // of docStatus, for an authenticator to count; absent counts too
  bool signed_by_authenticator = false;
  bool signed_by_provenance = false;           // whose signature, where it can be verified, is not false
  bool signed_by_verified_provenance = false;  // whose signature is verified
  bool signed_by_ccda = false;
  std::vector<TextQuestion> texts;
};

struct Variable {
  std::string name;
  fhirpath::Program program;
};

struct CompiledCatalog {
  std::vector<Variable> variables;  // each may use those before it
  std::vector<Recipe> recipes;      // of inputs()[i]
  std::vector<DocumentKind> document_kinds;
  Wants wants;                                          // of documents
  std::optional<fhirpath::Program> responses;           // the QuestionnaireResponses whose answers count
  std::string npi_system;                               // name of the system of NPIs
  std::string signature_types;                          // value set of Signature.type that count
  std::map<std::string, std::string> prescriber_types;  // word -> value set of credentials
};

// What a word is compared by: letters and digits, in lower case.
std::string word_key(std::string_view text);

}  // namespace pas::inputs
