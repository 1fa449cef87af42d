#pragma once
// The tokens of FHIRPath (2.0.0, Lexical Elements). A token's text has its escapes resolved and its delimiters removed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/fhirpath/diagnostic.h"

namespace pas::fhirpath {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kIdentifier,  // keywords too: is_delimited tells them from `and`
    kString,
    kNumber,
    kDate,
    kDateTime,
    kTime,
    kVariable,  // %name, %`name`, %'name'
    kDollar,    // $this, $index, $total
    kSymbol,    // one of . , ( ) [ ] { } + - * / & | = ~ != !~ < <= > >=
  };
  Kind kind = Kind::kEnd;
  bool is_delimited = false;
  std::uint32_t position = 0;
  std::string text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view expression) : text_(expression) {}

  // The next token; nothing when there is an error().
  std::optional<Token> next();
  const Diagnostic& error() const { return error_; }

 private:
  std::optional<Token> fail(std::size_t position, std::string message);
  bool skip_blanks();
  std::optional<Token> quoted(char delimiter, Token token);
  bool escape(std::string& to);
  bool code_unit(std::uint32_t& value);
  std::optional<Token> number(Token token);
  std::optional<Token> temporal(Token token);
  void take_name(std::string& to);
  void take_digits(std::string& to);
  void take_time(std::string& to);
  void take_offset(std::string& to);
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  Diagnostic error_;
};

}  // namespace pas::fhirpath
