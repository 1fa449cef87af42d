#include "mappings/policy/literals.h"

#include <algorithm>
#include <vector>

#include "mappings/policy/reader.h"

namespace pas::policy {
namespace {

struct Token {
  enum class Kind { kName, kString, kNumber, kSymbol };
  Kind kind = Kind::kSymbol;
  std::string text;  // a string without its quotes; names joined by dots, without backticks
  std::size_t position = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {
    while (at_ < text_.size()) next();
  }
  std::vector<Token> take() && { return std::move(tokens_); }

 private:
  void next() {
    const char c = text_[at_];
    const std::size_t start = at_;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '\'') {
      tokens_.push_back({Token::Kind::kString, quoted('\''), start});
    } else if (is_digit(c)) {
      while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
      tokens_.push_back({Token::Kind::kNumber, std::string(text_.substr(start, at_ - start)), start});
    } else if (is_name(c) || c == '`') {
      tokens_.push_back({Token::Kind::kName, name(), start});
    } else {
      const bool two = (c == '<' || c == '>' || c == '!') && text_.substr(at_ + 1, 1) == "=";
      at_ += two ? 2 : 1;
      tokens_.push_back({Token::Kind::kSymbol, std::string(text_.substr(start, at_ - start)), start});
    }
  }

  std::string quoted(char quote) {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_];
    }
    if (at_ < text_.size()) ++at_;
    return value;
  }

  std::string name() {
    std::string path;
    for (;;) {
      if (text_[at_] == '`') {
        path += quoted('`');
      } else {
        while (at_ < text_.size() && is_name(text_[at_])) path += text_[at_++];
      }
      const bool goes_on =
          at_ + 1 < text_.size() && text_[at_] == '.' && (is_name(text_[at_ + 1]) || text_[at_ + 1] == '`');
      if (!goes_on) return path;
      path += '.';
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

bool is_constant(const Token& token) {
  return token.kind == Token::Kind::kString || token.kind == Token::Kind::kNumber ||
         (token.kind == Token::Kind::kName && (token.text == "true" || token.text == "false"));
}

std::optional<Misfit> compare(const inputs::InputDefinition& input, const Token& constant) {
  Token::Kind wanted = Token::Kind::kString;
  switch (input.type) {
    case inputs::Type::kCodes:
    case inputs::Type::kDocuments:
      return Misfit{constant.position, input.name + " is a list: ask with exists(), or \"some\""};
    case inputs::Type::kInteger:
    case inputs::Type::kDecimal:
      wanted = Token::Kind::kNumber;
      break;
    case inputs::Type::kBoolean:
      wanted = Token::Kind::kName;
      break;
    default:
      break;
  }
  if (constant.kind != wanted) {
    return Misfit{constant.position, input.name + " is of type " + std::string(to_string(input.type)) +
                                         ", it cannot be compared with " + constant.text};
  }
  if (input.type != inputs::Type::kWord) return std::nullopt;
  if (std::find(input.values.begin(), input.values.end(), constant.text) != input.values.end()) return std::nullopt;
  return Misfit{constant.position, input.name + " is never '" + constant.text + '\'' +
                                       suggestion(constant.text, {input.values.begin(), input.values.end()})};
}

}  // namespace

std::optional<Misfit> find_misfit(std::string_view expression, const inputs::Catalog& catalog,
                                  const inputs::InputDefinition* list) {
  if (list != nullptr) return std::nullopt;
  static constexpr std::string_view kComparisons[] = {"=", "!=", "<", ">", "<=", ">="};
  const std::vector<Token> tokens = Tokens(expression).take();
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const inputs::InputDefinition* input =
        tokens[i].kind == Token::Kind::kName ? catalog.find(tokens[i].text) : nullptr;
    if (input == nullptr) continue;
    const Token& op = tokens[i + 1];
    std::size_t at = i + 2;
    if (op.kind == Token::Kind::kSymbol && std::ranges::find(kComparisons, op.text) != std::end(kComparisons)) {
      if (!is_constant(tokens[at])) continue;
      if (auto misfit = compare(*input, tokens[at])) return misfit;
    } else if (op.text == "in" && tokens[at].text == "(") {
      for (++at; at < tokens.size() && is_constant(tokens[at]); at += 2) {
        if (auto misfit = compare(*input, tokens[at])) return misfit;
        if (at + 1 >= tokens.size() || tokens[at + 1].text != "|") break;
      }
    }
  }
  return std::nullopt;
}

}  // namespace pas::policy
