#include "fhir/json/writer.h"

#define RAPIDJSON_SSE42
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "fhir/base/text.h"

namespace pas::json {

struct Writer::State {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
};

namespace {
rapidjson::SizeType length_of(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

// RapidJSON's SIMD, which it has for a StringBuffer alone, does not escape 0x1A to 0x1F.
struct BytewiseBuffer : rapidjson::StringBuffer {};
std::string escaped(std::string_view text) {
  BytewiseBuffer buffer;
  rapidjson::Writer<BytewiseBuffer> out(buffer);
  out.String(text.data(), length_of(text));
  return {buffer.GetString(), buffer.GetSize()};
}
}  // namespace

Writer::Writer() : state_(std::make_unique<State>()) {}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Writer& Writer::begin_object() {
  state_->out.StartObject();
  return *this;
}
Writer& Writer::end_object() {
  state_->out.EndObject();
  return *this;
}
Writer& Writer::begin_array() {
  state_->out.StartArray();
  return *this;
}
Writer& Writer::end_array() {
  state_->out.EndArray();
  return *this;
}
Writer& Writer::key(std::string_view name) {
  return string(name);
}
Writer& Writer::string(std::string_view text) {
  if (base::control_at(text)) {
    const std::string json = escaped(text);
    state_->out.RawValue(json.data(), json.size(), rapidjson::kStringType);
  } else {
    state_->out.String(text.empty() ? "" : text.data(), length_of(text));
  }
  return *this;
}
Writer& Writer::integer(std::int64_t value) {
  state_->out.Int64(value);
  return *this;
}
Writer& Writer::number(std::string_view text) {
  state_->out.RawValue(text.data(), text.size(), rapidjson::kNumberType);
  return *this;
}
Writer& Writer::boolean(bool value) {
  state_->out.Bool(value);
  return *this;
}
Writer& Writer::null() {
  state_->out.Null();
  return *this;
}
Writer& Writer::raw(std::string_view json) {
  state_->out.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}

// Depth is bounded by the parser's limit.
Writer& Writer::node(Node value) {  // NOLINT(misc-no-recursion)
  switch (value.kind()) {
    case Kind::kObject:
      begin_object();
      for (const Node child : value) key(child.key()).node(child);
      return end_object();
    case Kind::kArray:
      begin_array();
      for (const Node child : value) node(child);
      return end_array();
    case Kind::kString:
      return string(value.text());
    case Kind::kNumber:
      return number(value.text());
    case Kind::kTrue:
      return boolean(true);
    case Kind::kFalse:
      return boolean(false);
    default:
      return null();
  }
}

std::string_view Writer::view() const {
  return {state_->buffer.GetString(), state_->buffer.GetSize()};
}

std::string Writer::take() && {
  return std::string(view());
}

}  // namespace pas::json
