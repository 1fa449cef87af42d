#pragma once
// The inputs of one Claim.item, as a policy reads them: each with its value, or unknown, or in conflict, and where it
// came from (policy page §1). Made by extract(); plain values without lifetime, read by any number of threads.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pas::inputs {

enum class State : std::uint8_t {
  kKnown,
  kUnknown,   // no source has a value; the note says what was there but could not be read
  kConflict,  // sources disagree: counts as unknown, and the note names them
};
std::string_view to_string(State state);  // "known", "unknown", "conflict"

struct Input {
  std::string name;  // of the catalog: "device.code"
  State state = State::kUnknown;
  std::string value;                 // JSON text of a scalar, array or object; empty unless known
  std::vector<std::string> sources;  // indexed FHIRPaths of the elements used; "providers.csv:12", "store", "default"
  std::string note;                  // for a person; empty for most
};

// A document that does not count, because its attachment disagrees with what is said of it.
struct DocumentNote {
  std::string path;     // indexed FHIRPath of the element that disagrees
  std::string message;  // "size is 1200, the data has 1187 bytes"
  friend bool operator==(const DocumentNote&, const DocumentNote&) = default;
};

class InputSet {
 public:
  InputSet() = default;
  InputSet(std::vector<Input> inputs, std::vector<DocumentNote> damaged)
      : inputs_(std::move(inputs)), damaged_documents_(std::move(damaged)) {}

  // Null for a name that the catalog does not have.
  const Input* find(std::string_view name) const;
  // Every input of the catalog, in its order: Catalog::inputs()[i] describes all()[i].
  const std::vector<Input>& all() const { return inputs_; }
  const std::vector<DocumentNote>& damaged_documents() const { return damaged_documents_; }

  // The document that policy conditions are evaluated on: dots of the names become nesting, what is not known is left
  // out. Where a name is also the beginning of others ("drug" beside "drug.class") its own value stands under "value",
  // whether or not the others are known.
  std::string to_json() const;

 private:
  std::vector<Input> inputs_;
  std::vector<DocumentNote> damaged_documents_;
};

}  // namespace pas::inputs
