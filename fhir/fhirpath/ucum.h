#pragma once
// Units of the Unified Code for Units of Measure (UCUM 2.1, case-sensitive codes), as far as FHIR R4, its common UCUM
// value set and PAS use them; ucum_table.cpp lists the atoms. Codes are terms of those atoms: prefixes, exponents,
// products, quotients, parentheses, whole-number factors and annotations ("mg/dL", "kg.m/s2", "10*3/uL", "{score}").
//
// Conversion is exact (rational). Atoms that UCUM defines by procedure ([iU], [CFU], [pH]…) or as a logarithm (B[V]),
// and mol, are dimensions of their own; Cel and [degF] convert to K only when they stand alone. A code that is not read
// here converts to nothing.

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pas::fhirpath::ucum {

using Rational = boost::multiprecision::cpp_rational;

// A unit in terms of base units: amount of base = (value + offset) * factor.
struct Unit {
  Rational factor = 1;
  Rational offset = 0;
  std::vector<std::pair<int, int>> dimensions;  // base unit and exponent, sorted, no zero exponents
};

// Nothing for a code that is not read.
std::optional<Unit> parse(std::string_view code);

namespace detail {

// `factor` times `unit` is one of the atom; an atom without a unit is a base unit.
struct Atom {
  std::string_view code;
  bool is_metric = false;  // takes prefixes
  std::string_view factor;
  std::string_view unit;
  std::string_view offset;  // added before the factor is applied
};
const Atom* find_atom(std::string_view code, int& index);

struct Prefix {
  std::string_view code;
  int exponent;    // of 10
  int binary = 0;  // of 2
};
std::span<const Prefix> prefixes();

}  // namespace detail

}  // namespace pas::fhirpath::ucum
