#include "fhir/fhirpath/lexer.h"

#include <array>

#include "fhir/fhirpath/text.h"

namespace pas::fhirpath {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_part(char c) {
  return is_letter(c) || is_digit(c);
}

}  // namespace

std::optional<Token> Lexer::next() {
  if (!skip_space()) return std::nullopt;
  Token token;
  token.position = static_cast<std::uint32_t>(at_);
  if (at_ < text_.size() && !read(token)) return std::nullopt;
  return token;
}

bool Lexer::fail(std::size_t position, std::string message) {
  error_ = {Diagnostic::Phase::kSyntax, std::move(message), position};
  return false;
}

bool Lexer::skip_space() {
  for (;;) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else if (c == '/' && peek(1) == '*') {
      const auto end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return fail(at_, "this comment does not end");
      at_ = end + 2;
    } else {
      return true;
    }
  }
}

bool Lexer::read(Token& token) {
  const char c = peek();
  if (is_letter(c)) return read_name(token, Token::Kind::kIdentifier);
  if (is_digit(c)) return read_number(token);
  if (c == '\'') return read_quoted(token, Token::Kind::kString);
  if (c == '`' || c == '"') {
    token.is_delimited = true;
    return read_quoted(token, Token::Kind::kIdentifier);
  }
  if (c == '@') return read_temporal(token);
  if (c == '%') {
    ++at_;
    if (peek() == '`' || peek() == '\'' || peek() == '"') return read_quoted(token, Token::Kind::kVariable);
    if (!is_letter(peek())) return fail(token.position, "a variable's name is missing after %");
    return read_name(token, Token::Kind::kVariable);
  }
  if (c == '$') {
    ++at_;
    if (!read_name(token, Token::Kind::kDollar)) return false;
    if (token.text == "this" || token.text == "index" || token.text == "total") return true;
    return fail(token.position, "only $this, $index and $total begin with $");
  }
  return read_symbol(token);
}

bool Lexer::read_name(Token& token, Token::Kind kind) {
  const std::size_t start = at_;
  while (is_name_part(peek())) ++at_;
  token.kind = kind;
  token.text = text_.substr(start, at_ - start);
  return true;
}

bool Lexer::read_number(Token& token) {
  const std::size_t start = at_;
  while (is_digit(peek())) ++at_;
  if (peek() == '.' && is_digit(peek(1))) {
    ++at_;
    while (is_digit(peek())) ++at_;
  }
  token.kind = Token::Kind::kNumber;
  token.text = text_.substr(start, at_ - start);
  return true;
}

bool Lexer::read_temporal(Token& token) {
  ++at_;
  token.kind = Token::Kind::kDateTime;
  if (peek() == 'T') {
    token.kind = Token::Kind::kTime;
    ++at_;
  }
  const std::size_t start = at_;
  const auto is_part = [](char c) { return is_digit(c) || c == '-' || c == ':' || c == 'T' || c == 'Z' || c == '+'; };
  while (is_part(peek()) || (peek() == '.' && is_digit(peek(1)))) ++at_;
  token.text = text_.substr(start, at_ - start);
  if (token.kind == Token::Kind::kDateTime && token.text.find('T') == std::string::npos)
    token.kind = Token::Kind::kDate;
  if (token.text.empty()) return fail(token.position, "a date or time is missing after @");
  return true;
}

bool Lexer::read_quoted(Token& token, Token::Kind kind) {
  const char quote = peek();
  ++at_;
  token.kind = kind;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] != '\\') {
      token.text += text_[at_++];
      continue;
    }
    if (!read_escape(token.text)) return false;
  }
  if (at_ == text_.size()) return fail(token.position, "this quoted text does not end");
  ++at_;
  return true;
}

bool Lexer::read_escape(std::string& out) {
  const std::size_t start = at_;
  const char c = peek(1);
  at_ += 2;
  switch (c) {
    case '\'':
    case '"':
    case '`':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'u': {
      auto unit = read_hex(start);
      if (!unit) return false;
      std::uint32_t code = *unit;
      if (code >= 0xD800 && code <= 0xDBFF && peek() == '\\' && peek(1) == 'u') {
        at_ += 2;
        const auto low = read_hex(start);
        if (!low) return false;
        if (*low < 0xDC00 || *low > 0xDFFF) return fail(start, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10U) + (*low - 0xDC00);
      }
      if (code >= 0xD800 && code <= 0xDFFF) return fail(start, "half of a surrogate pair");
      text::append_utf8(out, code);
      return true;
    }
    default:
      return fail(start, "no such escape: use \\\\ for a backslash");
  }
}

std::optional<std::uint32_t> Lexer::read_hex(std::size_t start) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = peek();
    std::uint32_t digit = 0;
    if (is_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      fail(start, "\\u takes four hexadecimal digits");
      return std::nullopt;
    }
    code = code << 4U | digit;
  }
  return code;
}

bool Lexer::read_symbol(Token& token) {
  constexpr std::array<std::string_view, 21> kSymbols = {"<=", ">=", "!=", "!~", "<", ">", "=", "~", "+", "-", "*",
                                                         "/",  "&",  "|",  "(",  ")", "[", "]", "{", "}", "."};
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol : kSymbols) {
    if (!rest.starts_with(symbol)) continue;
    token.kind = Token::Kind::kSymbol;
    token.text = symbol;
    at_ += symbol.size();
    return true;
  }
  if (rest.front() == ',') {
    token.kind = Token::Kind::kSymbol;
    token.text = ",";
    ++at_;
    return true;
  }
  return fail(at_, "this character has no place in an expression");
}

}  // namespace pas::fhirpath
