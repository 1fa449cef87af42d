#include "fhir/fhirpath/lexer.h"

#include <algorithm>
#include <array>

#include "fhir/fhirpath/text.h"

namespace pas::fhirpath {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool is_name(char c) {
  return is_name_start(c) || is_digit(c);
}

constexpr std::array<std::string_view, 4> kTwoCharacters{"!=", "!~", "<=", ">="};
constexpr std::string_view kOneCharacter = ".,()[]{}+-*/&|=~<>";

}  // namespace

std::optional<Token> Lexer::fail(std::size_t position, std::string message) {
  error_ = {Diagnostic::Phase::kSyntax, std::move(message), position};
  return std::nullopt;
}

// White space and comments; false when a comment does not end.
bool Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return false;
      at_ = end + 2;
    } else {
      break;
    }
  }
  return true;
}

void Lexer::take_name(std::string& to) {
  while (is_name(peek())) to += text_[at_++];
}

void Lexer::take_digits(std::string& to) {
  while (is_digit(peek())) to += text_[at_++];
}

std::optional<Token> Lexer::next() {
  if (!skip_blanks()) return fail(at_, "this comment has no end (*/)");
  Token token;
  token.position = static_cast<std::uint32_t>(at_);
  if (at_ == text_.size()) return token;
  const char c = text_[at_];
  if (is_name_start(c)) {
    token.kind = Token::Kind::kIdentifier;
    take_name(token.text);
    return token;
  }
  if (is_digit(c)) return number(std::move(token));
  if (c == '\'' || c == '`') {
    token.kind = c == '`' ? Token::Kind::kIdentifier : Token::Kind::kString;
    token.is_delimited = true;
    return quoted(c, std::move(token));
  }
  if (c == '@') return temporal(std::move(token));
  if (c == '%') {
    token.kind = Token::Kind::kVariable;
    ++at_;
    if (peek() == '`' || peek() == '\'') return quoted(peek(), std::move(token));
    if (!is_name_start(peek())) return fail(token.position, "% must be followed by a variable's name");
    take_name(token.text);
    return token;
  }
  if (c == '$') {
    token.kind = Token::Kind::kDollar;
    ++at_;
    take_name(token.text);
    if (token.text == "this" || token.text == "index" || token.text == "total") return token;
    return fail(token.position, "only $this, $index and $total begin with $");
  }
  token.kind = Token::Kind::kSymbol;
  const std::string_view two = text_.substr(at_, 2);
  if (std::ranges::find(kTwoCharacters, two) != kTwoCharacters.end()) {
    token.text = two;
  } else if (kOneCharacter.find(c) != std::string_view::npos) {
    token.text = c;
  } else {
    return fail(at_, "a character that no expression has outside of quotes");
  }
  at_ += token.text.size();
  return token;
}

std::optional<Token> Lexer::quoted(char delimiter, Token token) {
  const std::size_t start = at_++;
  while (true) {
    if (at_ >= text_.size()) return fail(start, std::string("this has no end (") + delimiter + ")");
    const char c = text_[at_];
    if (c == delimiter) break;
    if (c == '\\') {
      const std::size_t position = at_;
      if (!escape(token.text)) {
        return fail(position,
                    "no such escape; there are \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t and \\u with four hex digits");
      }
    } else {
      token.text += c;
      ++at_;
    }
  }
  ++at_;
  return token;
}

bool Lexer::escape(std::string& to) {
  constexpr std::string_view kFrom = "'\"`\\/fnrt";
  constexpr std::string_view kTo = "'\"`\\/\f\n\r\t";
  const char c = peek(1);
  if (c == 'u') {
    std::uint32_t code = 0;
    if (!code_unit(code) || (code >= 0xDC00 && code < 0xE000)) return false;
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a code point
      std::uint32_t low = 0;
      if (!code_unit(low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    text::append_utf8(to, code);
    return true;
  }
  const std::size_t index = c == '\0' ? std::string_view::npos : kFrom.find(c);
  if (index == std::string_view::npos) return false;
  to += kTo[index];
  at_ += 2;
  return true;
}

bool Lexer::code_unit(std::uint32_t& value) {
  if (peek() != '\\' || peek(1) != 'u') return false;
  value = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    const int digit = text::hex_digit(peek(i));
    if (digit < 0) return false;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  at_ += 6;
  return true;
}

std::optional<Token> Lexer::number(Token token) {
  token.kind = Token::Kind::kNumber;
  take_digits(token.text);
  if (peek() == '.' && is_digit(peek(1))) {
    token.text += text_[at_++];
    take_digits(token.text);
  }
  if (is_name_start(peek())) return fail(at_, "a letter follows this number without a space");
  return token;
}

// hh[:mm[:ss[.fff]]]
void Lexer::take_time(std::string& to) {
  take_digits(to);
  while ((peek() == ':' || peek() == '.') && is_digit(peek(1))) {
    to += text_[at_++];
    take_digits(to);
  }
}

void Lexer::take_offset(std::string& to) {
  if (peek() == 'Z') {
    to += text_[at_++];
  } else if ((peek() == '+' || peek() == '-') && is_digit(peek(1)) && is_digit(peek(2)) && peek(3) == ':') {
    to += text_[at_++];
    take_time(to);
  }
}

std::optional<Token> Lexer::temporal(Token token) {
  ++at_;
  if (peek() == 'T') {
    ++at_;
    token.kind = Token::Kind::kTime;
    take_time(token.text);
    if (peek() == 'Z' || (peek() == '+' && is_digit(peek(1)))) return fail(at_, "a time has no time zone");
    return token;
  }
  token.kind = Token::Kind::kDate;
  take_digits(token.text);
  while (peek() == '-' && is_digit(peek(1)) && is_digit(peek(2)) && !is_digit(peek(3))) {
    token.text += text_[at_++];
    take_digits(token.text);
  }
  if (peek() == 'T') {
    token.kind = Token::Kind::kDateTime;
    token.text += text_[at_++];
    take_time(token.text);
    if (is_digit(token.text.back())) take_offset(token.text);
  }
  return token;
}

}  // namespace pas::fhirpath
