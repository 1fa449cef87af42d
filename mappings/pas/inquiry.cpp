#include "mappings/pas/inquiry.h"

#include <algorithm>

#include "mappings/pas/elements.h"
#include "mappings/pas/served.h"

namespace pas::pas {
namespace {

constexpr std::string_view kAnyProduct = "not-applicable";

void add_number(std::vector<std::string_view>& numbers, std::string_view number) {
  if (!number.empty() && std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
}

void add_numbers(std::vector<std::string_view>& numbers, json::Node element) {
  for (const std::string_view name : {"extension-authorizationNumber", "extension-administrationReferenceNumber"}) {
    add_number(numbers, find_extension(element, name)["valueString"].text());
  }
}

// An open end reaches as far as it wants; so does a period that is not told at all.
bool overlap(const DatePeriod& a, const DatePeriod& b) {
  const bool a_before_b = a.end && b.start && *a.end < *b.start;
  const bool b_before_a = b.end && a.start && *b.end < *a.start;
  return !a_before_b && !b_before_a;
}

InquiryItem read_item(const Request& request, const Item& item) {
  InquiryItem read;
  add_numbers(read.numbers, request.claim);
  add_numbers(read.numbers, item.node);
  for (const Identifier& trace : item.trace_numbers) add_number(read.numbers, trace.value);
  for (const json::Node coding : item.node["productOrService"]["coding"]) {
    const std::string_view code = coding["code"].text();
    if (code == kAnyProduct) {
      read.product_codes.clear();
      break;
    }
    if (!code.empty()) read.product_codes.push_back(code);
  }
  read.served = served_of(item.node);
  if (!read.served.start && !read.served.end) read.served = period_of(request.claim["billablePeriod"]);
  const json::Node action = find_extension(item.node, "extension-reviewActionCode");
  read.action = action["valueCodeableConcept"]["coding"].at(0)["code"].text();
  return read;
}

void add_member_ids(Inquiry& inquiry) {
  const Request& request = inquiry.request;
  const auto add = [&inquiry](std::string_view id) { add_number(inquiry.member_ids, id); };
  add(request.member_id);
  add(request.coverage["subscriberId"].text());
  for (const Identifier& identifier : identifiers_of(request.coverage)) add(identifier.value);
  for (const Identifier& identifier : request.patient_identifiers) add(identifier.value);
}

bool fits(const InquiryItem& wanted, const CaseItemFacts& item) {
  if (!wanted.numbers.empty()) {
    return std::ranges::any_of(wanted.numbers, [&](std::string_view number) {
      return std::ranges::find(item.numbers, number) != item.numbers.end();
    });
  }
  if (!wanted.action.empty() && wanted.action != item.action) return false;
  if (!wanted.product_codes.empty()) {
    const bool same = std::ranges::any_of(wanted.product_codes, [&](std::string_view code) {
      return has_code(item.claim_item["productOrService"], code);
    });
    if (!same) return false;
  }
  const DatePeriod served = served_of(item.claim_item);
  return overlap(wanted.served, served.start || served.end ? served : item.valid);
}

}  // namespace

Inquiry read_inquiry(const Request& request) {
  Inquiry inquiry;
  inquiry.request = request;
  add_member_ids(inquiry);
  for (const json::Node party : parties_of(request)) {
    for (const Identifier& identifier : identifiers_of(party)) inquiry.providers.push_back(identifier);
  }
  for (const Item& item : request.items) inquiry.items.push_back(read_item(request, item));
  if (inquiry.items.empty()) inquiry.items.push_back(read_item(request, {}));
  return inquiry;
}

bool matches(const Inquiry& inquiry, const std::vector<CaseItemFacts>& items, bool found_by_number) {
  return std::ranges::any_of(inquiry.items, [&](const InquiryItem& wanted) {
    if (!wanted.numbers.empty() && found_by_number) return true;
    return std::ranges::any_of(items, [&](const CaseItemFacts& item) { return fits(wanted, item); });
  });
}

}  // namespace pas::pas
