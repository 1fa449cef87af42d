#include "fhir/fhirpath/ucum.h"

#include <algorithm>
#include <string>

#include "fhir/fhirpath/decimal.h"

namespace pas::fhirpath::ucum {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t kMaxLength = 120;
constexpr int kMaxNesting = 12;  // of parentheses and of atoms in atoms' definitions
constexpr int kMaxExponent = 30;

Rational power(const Rational& base, int exponent) {
  const auto size = static_cast<unsigned>(std::abs(exponent));
  const Rational result(pow(numerator(base), size), pow(denominator(base), size));
  return exponent < 0 ? Rational(1) / result : result;
}

// "2.54", "1.6e-24", "5/9".
Rational number(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) return number(text.substr(0, slash)) / number(text.substr(slash + 1));
  const std::size_t e = std::min(text.find('e'), text.size());
  std::string digits(text.substr(0, e));
  int exponent = e < text.size() ? std::stoi(std::string(text.substr(e + 1))) : 0;
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) {
    exponent -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));  // cpp_int reads 0… as octal
  return Rational(cpp_int(digits)) * power(Rational(10), exponent);
}

// unit *= other ^ exponent
void multiply(Unit& unit, const Unit& other, int exponent) {
  unit.factor *= power(other.factor, exponent);
  for (const auto& [base, size] : other.dimensions) {
    auto at = std::ranges::lower_bound(unit.dimensions, base, {}, &std::pair<int, int>::first);
    if (at == unit.dimensions.end() || at->first != base) at = unit.dimensions.insert(at, {base, 0});
    at->second += size * exponent;
    if (at->second == 0) unit.dimensions.erase(at);
  }
}

class Parser {
 public:
  Parser(std::string_view text, int nesting) : rest_(text), nesting_(nesting) {}

  std::optional<Unit> parse() {
    Unit unit;
    if (nesting_ > kMaxNesting || !term(unit, 0) || !rest_.empty()) return std::nullopt;
    return unit;
  }

 private:
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // ['/'] component { ('.' | '/') component }
  bool term(Unit& unit, int parentheses) {
    int sign = skip('/') ? -1 : 1;
    while (true) {
      if (!component(unit, sign, parentheses)) return false;
      if (skip('.')) {
        sign = 1;
      } else if (skip('/')) {
        sign = -1;
      } else {
        return true;
      }
    }
  }

  bool component(Unit& unit, int sign, int parentheses) {
    if (skip('(')) {
      Unit inner;
      if (parentheses >= kMaxNesting || !term(inner, parentheses + 1) || !skip(')')) return false;
      multiply(unit, inner, sign);
      at_start_ = false;
      return rest_.empty() || rest_.front() != '{' || annotation();
    }
    if (!rest_.empty() && rest_.front() == '{') return annotation();
    const bool is_ten = rest_.starts_with("10*") || rest_.starts_with("10^");
    if (!is_ten && !rest_.empty() && is_digit(rest_.front())) {
      Unit factor;
      factor.factor = Rational(cpp_int(std::string(factor_digits())));
      if (factor.factor == 0) return false;
      multiply(unit, factor, sign);
    } else {
      std::optional<Unit> atom = simple(is_ten ? take(3) : take(symbol_length()));
      int power = 1;
      if (!atom || !exponent(power)) return false;
      // An offset has a meaning only for the unit alone: keep it if nothing else has come or comes.
      if (atom->offset != 0) {
        if (!at_start_ || !rest_.empty() || power != 1) return false;
        unit.offset = atom->offset;
      }
      multiply(unit, *atom, sign * power);
    }
    at_start_ = false;
    return rest_.empty() || rest_.front() != '{' || annotation();
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view factor_digits() {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
    std::string_view digits = take(end);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return digits;
  }

  bool annotation() {
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::size_t symbol_length() const {
    bool in_brackets = false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '[') in_brackets = true;
      if (c == ']') in_brackets = false;
      if (!in_brackets && (is_digit(c) || std::string_view("./(){}+-").find(c) != std::string_view::npos)) return i;
    }
    return rest_.size();
  }

  bool exponent(int& power) {
    const bool negative = skip('-');
    if (!negative) skip('+');
    if (rest_.empty() || !is_digit(rest_.front())) return !negative;
    power = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      power = power * 10 + (rest_.front() - '0');
      if (power > kMaxExponent) return false;
      rest_.remove_prefix(1);
    }
    if (negative) power = -power;
    return power != 0;
  }

  std::optional<Unit> simple(std::string_view symbol) const {
    if (symbol.empty()) return std::nullopt;
    if (auto unit = atom(symbol, false)) return unit;
    for (const detail::Prefix& prefix : detail::prefixes()) {
      if (!symbol.starts_with(prefix.code)) continue;
      if (auto unit = atom(symbol.substr(prefix.code.size()), true)) {
        if (unit->offset != 0) return std::nullopt;
        unit->factor *= power(Rational(10), prefix.exponent) * power(Rational(2), prefix.binary);
        return unit;
      }
    }
    return std::nullopt;
  }

  std::optional<Unit> atom(std::string_view code, bool prefixed) const {
    int index = 0;
    const detail::Atom* found = detail::find_atom(code, index);
    if (found == nullptr || (prefixed && !found->is_metric)) return std::nullopt;
    if (found->unit.empty()) {
      Unit base;
      base.dimensions.emplace_back(index, 1);
      return base;
    }
    std::optional<Unit> unit = Parser(found->unit, nesting_ + 1).parse();
    if (!unit) return std::nullopt;
    unit->factor *= number(found->factor);
    if (!found->offset.empty()) unit->offset = number(found->offset);
    return unit;
  }

  std::string_view rest_;
  int nesting_;
  bool at_start_ = true;
};

}  // namespace

std::optional<Unit> parse(std::string_view code) {
  if (code.empty() || code.size() > kMaxLength) return std::nullopt;
  return Parser(code, 0).parse();
}

}  // namespace pas::fhirpath::ucum
