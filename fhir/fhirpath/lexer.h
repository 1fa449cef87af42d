#pragma once
// The tokens of an expression (FHIRPath 2.0.0, Lexical Elements), one at a time. Internal to the engine.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/fhirpath/diagnostic.h"

namespace pas::fhirpath {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kIdentifier,  // keywords too, which the parser tells apart by their place
    kString,
    kNumber,
    kDate,      // @2015-02, without the @
    kDateTime,  // @2015-02-04T14:34, without the @
    kTime,      // @T14:34, without the @T
    kVariable,  // %name
    kDollar,    // $this, $index, $total, without the $
    kSymbol,
  };
  Kind kind = Kind::kEnd;
  bool is_delimited = false;   // an identifier in backticks
  std::string text;            // unescaped
  std::uint32_t position = 0;  // in bytes
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // kEnd, again and again, at the end; nothing on an error.
  std::optional<Token> next();
  const Diagnostic& error() const { return error_; }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool fail(std::size_t position, std::string message);
  bool skip_space();
  bool read(Token& token);
  bool read_name(Token& token, Token::Kind kind);
  bool read_number(Token& token);
  bool read_temporal(Token& token);
  bool read_quoted(Token& token, Token::Kind kind);
  bool read_escape(std::string& out);
  std::optional<std::uint32_t> read_hex(std::size_t start);
  bool read_symbol(Token& token);

  std::string_view text_;
  std::size_t at_ = 0;
  Diagnostic error_;
};

}  // namespace pas::fhirpath
