#pragma once
// A JSON document as the sender wrote it: strings unescaped in place, numbers as their text (1.0 stays 1.0), every
// node with its place in the source. The only parser; RapidJSON is an implementation detail of document.cpp.
//
// A Document owns its bytes and nodes and never changes: any number of threads may read it. A Node is a pointer and an
// index, copied freely; it and every string_view taken from it end with the Document (moving the Document is fine).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::json {

struct Limits {
  std::size_t bytes = std::size_t{64} << 20U;  // of source text
  std::size_t depth = 64;                      // of nested objects and arrays
  std::size_t nodes = 8'000'000;               // values of any kind
};

// For what is stored: it was taken under the limit of its time, which may have been greater.
constexpr Limits limits_of_stored(std::string_view text) {
  Limits limits;
  limits.bytes = text.size();
  return limits;
}

// What a text that Document::parse takes over without a copy has beside its size. An append beyond the capacity would
// double it: of a big body that is the body again.
inline constexpr std::size_t kRoom = 15;
std::string with_room(std::string_view text);  // a copy

// Why a text is not JSON that we take. `offset` is in bytes from the start of the text.
struct ParseError {
  enum class Kind { kSyntax, kDuplicateKey, kInvalidUtf8, kTooDeep, kTooLarge };
  Kind kind = Kind::kSyntax;
  std::size_t offset = 0;
  std::string message;  // in words, without content from the text but for a duplicate key's name
};

// 1-based; the column counts bytes.
struct Location {
  std::size_t line = 1;
  std::size_t column = 1;
};
Location locate(std::string_view source, std::size_t offset);

enum class Kind : std::uint8_t { kAbsent, kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

namespace detail {
// 32 bytes, in the order of the text: a container's children follow it, and `next` jumps over them.
struct NodeRecord {
  std::uint32_t key_offset;    // of the member's name in the buffer
  std::uint32_t key_length;    // 0 for an array's element and for the root
  std::uint32_t value_offset;  // of a string's or number's text; of '{' or '[' for containers
  std::uint32_t value_length;
  std::uint32_t next;    // index after the last descendant
  std::uint32_t parent;  // the root's is itself
  std::uint32_t size;    // children of a container
  Kind kind;
};
struct Tape {
  std::string buffer;
  std::vector<NodeRecord> nodes;
};
}  // namespace detail

class Node {
 public:
  Node() = default;  // absent: every question has the answer of an empty place, so that paths can be chained

  explicit operator bool() const { return tape_ != nullptr; }
  Kind kind() const { return tape_ == nullptr ? Kind::kAbsent : record().kind; }
  bool is_object() const { return kind() == Kind::kObject; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_number() const { return kind() == Kind::kNumber; }
  bool is_boolean() const { return kind() == Kind::kTrue || kind() == Kind::kFalse; }
  bool is_true() const { return kind() == Kind::kTrue; }
  bool is_null() const { return kind() == Kind::kNull; }

  // The string unescaped, the number or boolean as written; empty for the rest.
  std::string_view text() const;

  // The member's name; empty for an element of an array and for the root.
  std::string_view key() const {
    if (tape_ == nullptr) return {};
    return {tape_->buffer.data() + record().key_offset, record().key_length};
  }

  // An object's member, or absent. Linear in the members.
  Node operator[](std::string_view name) const;
  // An array's element, or absent. Linear in the index: iterate where you can.
  Node at(std::size_t index) const;
  // Children of an object or array; 0 for the rest.
  std::size_t size() const { return tape_ == nullptr ? 0 : record().size; }

  Node parent() const;  // absent for the root
  std::size_t index_in_parent() const;

  // Where the value starts in the source text, in bytes.
  std::size_t offset() const { return tape_ == nullptr ? 0 : record().value_offset; }

  // The indexed FHIRPath of this node from the root, as OperationOutcome.issue.expression wants it:
  // Bundle.entry[3].resource.item[0].quantity. A root without resourceType starts with $this. With `top`, the path
  // starts there: for a Bundle inside Parameters.
  std::string path(Node top) const;
  std::string path() const { return path(Node()); }

  // Every child in the order of the text; for an object, child.key() is its name.
  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  // The value as JSON text, written again without white space; numbers as they were.
  std::string to_json() const;

  // Position in the document; unique and increasing in the order of the text.
  std::uint32_t id() const { return index_; }
  friend bool operator==(const Node&, const Node&) = default;

 private:
  friend class Document;
  Node(const detail::Tape* tape, std::uint32_t index) : tape_(tape), index_(index) {}
  const detail::NodeRecord& record() const { return tape_->nodes[index_]; }

  const detail::Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
};

class Node::Iterator {
 public:
  using value_type = Node;
  using difference_type = std::ptrdiff_t;
  Node operator*() const { return {tape_, index_}; }
  Iterator& operator++() {
    index_ = tape_->nodes[index_].next;
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  friend class Node;
  Iterator(const detail::Tape* tape, std::uint32_t index) : tape_(tape), index_(index) {}
  const detail::Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
};

inline Node::Iterator Node::begin() const {
  return {tape_, size() == 0 ? end().index_ : index_ + 1};
}

inline Node::Iterator Node::end() const {
  return {tape_, tape_ == nullptr ? 0 : record().next};
}

class Document {
 public:
  // Takes the text over (it is unescaped in place). Refuses what is not one JSON value of valid UTF-8 within the
  // limits, an object that names a member twice, and a NUL byte.
  static boost::system::result<Document, ParseError> parse(std::string text, const Limits& limits = {});

  Node root() const { return {tape_.get(), 0}; }
  std::size_t node_count() const { return tape_->nodes.size(); }
  // The node of an id() taken from this document.
  Node node(std::uint32_t id) const { return {tape_.get(), id}; }

 private:
  explicit Document(std::unique_ptr<detail::Tape> tape) : tape_(std::move(tape)) {}
  std::unique_ptr<detail::Tape> tape_;
};

[[noreturn]] void throw_exception_from_error(const ParseError& error, const boost::source_location& where);

}  // namespace pas::json
