#include "fhir/validation/ucum_syntax.h"

#include <algorithm>

namespace pas::validation {
namespace {

constexpr std::size_t kDeepest = 16;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // main-term: an optional leading '/', then a term, to the end.
  bool whole() {
    take('/');
    return term(0) && text_.empty();
  }

 private:
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool term(std::size_t depth) {
    if (depth > kDeepest || !component(depth)) return false;
    while (take('.') || take('/')) {
      if (!component(depth)) return false;
    }
    return true;
  }

  bool component(std::size_t depth) {
    if (take('(')) return term(depth + 1) && take(')');
    if (text_.starts_with('{')) return annotation();
    if (!symbol()) return false;
    return !text_.starts_with('{') || annotation();
  }

  // A unit with its exponent, or a factor: m2, s-1, 10*3, 10*-6, [in_i], mm[Hg], 100.
  bool symbol() {
    std::size_t length = 0;
    bool in_brackets = false;
    while (length < text_.size()) {
      const char c = text_[length];
      if (c <= ' ' || c > '~' || c == '{' || c == '}' || c == '(' || c == ')') break;
      if (c == '[') {
        if (in_brackets) return false;
        in_brackets = true;
      } else if (c == ']') {
        if (!in_brackets) return false;
        in_brackets = false;
      } else if (!in_brackets && (c == '.' || c == '/')) {
        break;
      }
      ++length;
    }
    if (length == 0 || in_brackets) return false;
    const std::string_view read = text_.substr(0, length);
    text_.remove_prefix(length);
    return read.front() != '-' && read.front() != '+' && read.back() != '-' && read.back() != '+';
  }

  bool annotation() {
    const std::size_t end = text_.find('}');
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return std::ranges::all_of(inside, [](char c) { return c >= ' ' && c <= '~' && c != '{'; });
  }

  std::string_view text_;
};

}  // namespace

bool is_ucum_syntax(std::string_view code) {
  return Reader(code).whole();
}

}  // namespace pas::validation
