#include "mappings/pas/shapes.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <string>

#include "fhir/base/calendar.h"
#include "mappings/pas/elements.h"
#include "mappings/pas/shape_tables.h"

namespace pas::pas {
namespace {

using validation::IssueType;
using validation::Severity;

std::string_view in_words(json::Kind kind) {
  switch (kind) {
    case json::Kind::kNull:
      return "null";
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return "a boolean";
    case json::Kind::kNumber:
      return "a number";
    case json::Kind::kString:
      return "a string";
    case json::Kind::kArray:
      return "a list";
    case json::Kind::kObject:
      return "an object";
    case json::Kind::kAbsent:
      break;
  }
  return "nothing";
}

bool are_digits(std::string_view text, std::size_t from, std::size_t count, int low, int high) {
  if (count == 0 || text.size() < from + count) return false;
  if (text.substr(from, count).find_first_not_of("0123456789") != std::string_view::npos) return false;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data() + from, text.data() + from + count, value);
  return error == std::errc() && end == text.data() + from + count && value >= low && value <= high;
}

// YYYY, YYYY-MM or a real YYYY-MM-DD.
bool is_date(std::string_view text) {
  if (text.size() == 10) return base::parse_date(text).has_value();
  if (!are_digits(text, 0, 4, 1, 9999)) return false;
  return text.size() == 4 || (text.size() == 7 && text[4] == '-' && are_digits(text, 5, 2, 1, 12));
}

// A date, or a full one with a time of day and an offset; seconds may have a fraction (R4 §2.24.0.1).
bool is_date_time(std::string_view text) {
  if (text.find('T') == std::string_view::npos) return is_date(text);
  if (!base::parse_date(text) || text.size() < 20 || text[13] != ':' || text[16] != ':') return false;
  if (!are_digits(text, 11, 2, 0, 23) || !are_digits(text, 14, 2, 0, 59) || !are_digits(text, 17, 2, 0, 60)) {
    return false;
  }
  std::size_t at = 19;
  if (text[at] == '.') {
    const std::size_t end = text.find_first_not_of("0123456789", at + 1);
    if (end == at + 1 || end == std::string_view::npos) return false;
    at = end;
  }
  const std::string_view offset = text.substr(at);
  if (offset == "Z") return true;
  return offset.size() == 6 && (offset[0] == '+' || offset[0] == '-') && offset[3] == ':' &&
         are_digits(offset, 1, 2, 0, 14) && are_digits(offset, 4, 2, 0, 59);
}

constexpr bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// No white space at the ends, single spaces inside.
bool is_code(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  return text.find("  ") == std::string_view::npos &&
         std::ranges::none_of(text, [](char c) { return c != ' ' && is_white(c); });
}

struct Primitive {
  bool is_kind;  // the JSON kind is right
  bool is_valid;
  std::string_view expected;
};

Primitive test_primitive(json::Node node, Shape shape) {
  const std::string_view text = node.text();
  const bool is_string = node.is_string();
  switch (shape) {
    case Shape::kBoolean:
      return {node.is_boolean(), true, "true or false"};
    case Shape::kDecimal:
      return {node.is_number(), true, "a number"};
    case Shape::kPositiveInt:
      return {node.is_number(), are_digits(text, 0, text.size(), 1, 2147483647) && text[0] != '0',
              "a whole number from 1"};
    case Shape::kCode:
      return {is_string, is_code(text), "a code without white space around it"};
    case Shape::kUri:
      return {is_string, !text.empty() && std::ranges::none_of(text, is_white), "a URI without white space"};
    case Shape::kDate:
      return {is_string, is_date(text), "a date that exists, as YYYY-MM-DD"};
    case Shape::kDateTime:
      return {is_string, is_date_time(text),
              "a date that exists, alone or with time and offset (2026-03-10T08:15:00Z)"};
    default:
      return {is_string, !std::ranges::all_of(text, is_white), "a string that is not empty"};
  }
}

// The rule of an element, put into words only for an issue: "Claim.item.sequence".
struct Rule {
  Shape shape;
  std::string_view member = {};
  std::string name() const {
    std::string text(name_of(shape));
    if (!member.empty()) text.append(".").append(member);
    return text;
  }
};

class Checker {
 public:
  explicit Checker(validation::Report& report) : report_(report) {}

  void check(json::Node node, Shape shape, const Rule& rule,  // NOLINT(misc-no-recursion)
             std::span<const std::string_view> codes) {
    const std::span<const Member> members = members_of(shape);
    if (members.empty()) return check_primitive(node, shape, rule, codes);
    if (!node.is_object()) return wrong_kind(node, rule, "an object (" + std::string(name_of(shape)) + ")");
    if (node.size() == 0) {
      report_.add(Severity::kError, IssueType::kStructure, rule.name(), node,
                  "An empty object. Give it content or leave the element out.");
      return;
    }
    std::uint32_t seen = 0;  // a bit for each member
    for (const json::Node child : node) {
      const std::size_t index = index_of(members, child.key());
      if (index == members.size()) continue;
      check_member(child, shape, members, index, seen);
      seen |= 1U << index;
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].is_required && (seen & (1U << i)) == 0) check_missing(node, shape, members, i, seen);
    }
  }

 private:
  static std::size_t index_of(std::span<const Member> members, std::string_view name) {
    std::size_t i = 0;
    while (i < members.size() && members[i].name != name) ++i;
    return i;
  }

  // Whether a form of the same choice is among those seen.
  static bool has_form(std::span<const Member> members, std::string_view choice, std::uint32_t seen) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].choice == choice && (seen & (1U << i)) != 0) return true;
    }
    return false;
  }

  void check_member(json::Node child, Shape shape, std::span<const Member> members,  // NOLINT(misc-no-recursion)
                    std::size_t index, std::uint32_t seen) {
    const Member& member = members[index];
    const Rule rule{shape, member.name};
    if (!member.choice.empty() && has_form(members, member.choice, seen)) {
      report_.add(Severity::kError, IssueType::kStructure, rule.name(), child,
                  "More than one form of " + std::string(member.choice) + ". Send only one of them.");
    }
    if (!member.is_list) {
      if (child.is_array()) return wrong_kind(child, rule, "a single value, not a list");
      return check(child, member.shape, rule, member.codes);
    }
    if (!child.is_array()) return wrong_kind(child, rule, "a list, also for a single value");
    if (child.size() == 0) {
      report_.add(Severity::kError, IssueType::kStructure, rule.name(), child,
                  "An empty list. Give it content or leave the element out.");
    }
    for (const json::Node element : child) check(element, member.shape, rule, member.codes);
  }

  void check_missing(json::Node node, Shape shape, std::span<const Member> members, std::size_t index,
                     std::uint32_t seen) {
    const Member& member = members[index];
    if (!member.choice.empty()) {
      const bool is_first = index == 0 || members[index - 1].choice != member.choice;  // told once
      if (!is_first || has_form(members, member.choice, seen)) return;
      return missing(node, shape, member.choice, "one of its forms is required");
    }
    // A primitive may be there by its extensions only (_created).
    if (members_of(member.shape).empty() && node["_" + std::string(member.name)]) return;
    std::string need = member.is_list ? "a list with at least one " : "one ";
    missing(node, shape, member.name, need.append(name_of(member.shape)).append(" is required"));
  }

  void missing(json::Node node, Shape shape, std::string_view name, std::string_view need) {
    const std::string rule = Rule{shape, name}.name();
    // A choice is named without [x] in FHIRPath.
    report_.add(Severity::kError, IssueType::kRequired, rule, node,
                rule + " is missing: " + std::string(need) + ". Add it.", name.substr(0, name.find('[')));
  }

  void check_primitive(json::Node node, Shape shape, const Rule& rule, std::span<const std::string_view> codes) {
    // A list of primitives has null where an element has extensions only.
    if (node.is_null() && node.parent().is_array()) return;
    const Primitive primitive = test_primitive(node, shape);
    if (!primitive.is_kind) return wrong_kind(node, rule, primitive.expected);
    if (!primitive.is_valid) {
      report_.add(Severity::kError, IssueType::kValue, rule.name(), node,
                  quoted(node.text()) + " is not a valid " + std::string(name_of(shape)) + ": " +
                      std::string(primitive.expected) + " is expected.");
      return;
    }
    if (codes.empty()) return;
    std::string allowed;
    for (const std::string_view code : codes) {
      if (code == node.text()) return;
      allowed.append(allowed.empty() ? "" : ", ").append(code);
    }
    report_.add(Severity::kError, IssueType::kCodeInvalid, rule.name(), node,
                quoted(node.text()) + " is not one of the codes that are allowed: " + allowed + ".");
  }

  void wrong_kind(json::Node node, const Rule& rule, std::string_view expected) {
    report_.add(Severity::kError, IssueType::kStructure, rule.name(), node,
                "Found " + std::string(in_words(node.kind())) + "; expected " + std::string(expected) + ".");
  }

  validation::Report& report_;
};

}  // namespace

void check_shape(json::Node node, Shape shape, validation::Report& report) {
  Checker(report).check(node, shape, {shape}, {});
}

}  // namespace pas::pas
