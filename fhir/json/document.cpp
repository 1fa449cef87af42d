#include "fhir/json/document.h"

#define RAPIDJSON_SSE42
#define RAPIDJSON_HAS_STDSTRING 0
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "fhir/base/text.h"
#include "fhir/base/utf8.h"

namespace pas::json {
namespace {

using detail::NodeRecord;
using detail::Tape;

// Objects up to this many members are checked for repeated names pairwise, larger ones by hash.
constexpr std::uint32_t kPairwiseMembers = 16;

class TapeBuilder {
 public:
  TapeBuilder(Tape& tape, const rapidjson::InsituStringStream& stream, const Limits& limits)
      : tape_(tape), stream_(stream), limits_(limits) {}

  bool Null() { return scalar(Kind::kNull, position() - 4, 4); }
  bool Bool(bool value) {
    const std::uint32_t length = value ? 4 : 5;
    return scalar(value ? Kind::kTrue : Kind::kFalse, position() - length, length);
  }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return scalar(Kind::kNumber, offset_of(text), length);
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return scalar(Kind::kString, offset_of(text), length);
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    key_offset_ = offset_of(text);
    key_length_ = length;
    return true;
  }
  bool StartObject() { return open(Kind::kObject); }
  bool StartArray() { return open(Kind::kArray); }
  bool EndObject(rapidjson::SizeType members) {
    return members < 2 || names_are_unique(open_.back(), members) ? close(members) : false;
  }
  bool EndArray(rapidjson::SizeType elements) { return close(elements); }

  // Numbers never come this way: kParseNumbersAsStringsFlag.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  const ParseError& error() const { return error_; }
  bool failed() const { return !error_.message.empty(); }

 private:
  std::uint32_t offset_of(const char* text) const { return static_cast<std::uint32_t>(text - tape_.buffer.data()); }
  std::uint32_t position() const { return static_cast<std::uint32_t>(stream_.src_ - stream_.head_); }

  bool fail(ParseError::Kind kind, std::size_t offset, std::string message) {
    error_ = {kind, offset, std::move(message)};
    return false;
  }

  bool append(Kind kind, std::uint32_t offset, std::uint32_t length) {
    if (tape_.nodes.size() >= limits_.nodes) {
      return fail(ParseError::Kind::kTooLarge, offset, "more than " + std::to_string(limits_.nodes) + " values");
    }
    const std::uint32_t parent = open_.empty() ? 0 : open_.back();
    const auto index = static_cast<std::uint32_t>(tape_.nodes.size());
    tape_.nodes.push_back({key_offset_, key_length_, offset, length, index + 1, parent, 0, kind});
    key_offset_ = 0;
    key_length_ = 0;
    return true;
  }

  bool scalar(Kind kind, std::uint32_t offset, std::uint32_t length) { return append(kind, offset, length); }

  bool open(Kind kind) {
    if (open_.size() >= limits_.depth) {
      return fail(ParseError::Kind::kTooDeep, position() - 1,
                  "nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    const auto index = static_cast<std::uint32_t>(tape_.nodes.size());
    if (!append(kind, position() - 1, 0)) return false;
    open_.push_back(index);
    return true;
  }

  bool close(std::uint32_t size) {
    NodeRecord& record = tape_.nodes[open_.back()];
    record.size = size;
    record.next = static_cast<std::uint32_t>(tape_.nodes.size());
    open_.pop_back();
    return true;
  }

  std::string_view key_of(const NodeRecord& record) const {
    return {tape_.buffer.data() + record.key_offset, record.key_length};
  }

  bool repeated(const NodeRecord& record) {
    return fail(ParseError::Kind::kDuplicateKey, record.key_offset,
                "the member \"" + std::string(key_of(record).substr(0, 100)) + "\" is given twice");
  }

  bool names_are_unique(std::uint32_t object, std::uint32_t members) {
    const auto end = static_cast<std::uint32_t>(tape_.nodes.size());
    if (members <= kPairwiseMembers) {
      for (std::uint32_t i = object + 1; i < end; i = next_of(i)) {
        const std::string_view name = key_of(tape_.nodes[i]);
        for (std::uint32_t k = object + 1; k < i; k = next_of(k)) {
          if (key_of(tape_.nodes[k]) == name) return repeated(tape_.nodes[i]);
        }
      }
      return true;
    }
    std::unordered_set<std::string_view> seen;
    seen.reserve(members);
    for (std::uint32_t i = object + 1; i < end; i = next_of(i)) {
      if (!seen.insert(key_of(tape_.nodes[i])).second) return repeated(tape_.nodes[i]);
    }
    return true;
  }

  std::uint32_t next_of(std::uint32_t index) const { return tape_.nodes[index].next; }

  Tape& tape_;
  const rapidjson::InsituStringStream& stream_;
  const Limits& limits_;
  std::vector<std::uint32_t> open_;
  std::uint32_t key_offset_ = 0;
  std::uint32_t key_length_ = 0;
  ParseError error_;
};

}  // namespace

std::string with_room(std::string_view text) {
  std::string roomy;
  roomy.reserve(text.size() + kRoom);
  roomy.append(text);
  return roomy;
}

boost::system::result<Document, ParseError> Document::parse(std::string text, const Limits& limits) {
  const std::size_t most = std::min<std::size_t>(limits.bytes, std::numeric_limits<std::uint32_t>::max() - 1U);
  if (text.size() > most) {
    return ParseError{ParseError::Kind::kTooLarge, most, "longer than " + std::to_string(most) + " bytes"};
  }
  if (const auto bad = base::invalid_utf8_at(text)) {
    return ParseError{ParseError::Kind::kInvalidUtf8, *bad, "not valid UTF-8"};
  }
  // RapidJSON takes NUL for the end, and its SIMD overlooks 0x1A to 0x1F in strings.
  if (const auto control = base::control_at(text)) {
    return ParseError{ParseError::Kind::kSyntax, *control, "a control character that is not escaped"};
  }
  auto tape = std::make_unique<Tape>();
  tape->nodes.reserve(text.size() / 24 + 16);
  // RapidJSON reads strings in aligned blocks of 16 bytes, beyond the NUL too.
  tape->buffer = text.capacity() - text.size() < kRoom ? with_room(text) : std::move(text);
  tape->buffer.append(kRoom, '\0');

  rapidjson::InsituStringStream stream(tape->buffer.data());
  TapeBuilder builder(*tape, stream, limits);
  rapidjson::Reader reader;
  // Recursive, since that is the faster: the handler's depth limit bounds the stack.
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult outcome = reader.Parse<kFlags>(stream, builder);
  if (builder.failed()) return builder.error();
  if (outcome.IsError()) {
    return ParseError{ParseError::Kind::kSyntax, outcome.Offset(), rapidjson::GetParseError_En(outcome.Code())};
  }
  return Document(std::move(tape));
}

Location locate(std::string_view source, std::size_t offset) {
  const std::string_view before = source.substr(0, std::min(offset, source.size()));
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t start = before.rfind('\n');
  return {line, before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1};
}

void throw_exception_from_error(const ParseError& error, const boost::source_location&) {
  throw std::logic_error("unchecked parse result: " + error.message);
}

}  // namespace pas::json
