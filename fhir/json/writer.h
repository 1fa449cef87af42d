#pragma once
// Writes compact JSON into one growing buffer. Names and strings are escaped; numbers go out as the text given.
// Calls must nest (key before each member's value); a misuse is a bug and asserts.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::json {

class Writer {
 public:
  Writer();
  ~Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& number(std::string_view text);  // a JSON number, as it shall appear
  Writer& boolean(bool value);
  Writer& null();
  // A value of another document, whole.
  Writer& node(Node value);
  // JSON text that is known to be one value.
  Writer& raw(std::string_view json);

  // A member in one call.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, const std::string& text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  Writer& member(std::string_view name, int value) { return key(name).integer(value); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }
  Writer& member(std::string_view name, Node value) { return key(name).node(value); }

  // The text so far; valid until the next call.
  std::string_view view() const;
  std::string take() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pas::json
