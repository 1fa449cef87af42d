#include "adapter/observe/trace.h"

#include <algorithm>

namespace pas::observe {
namespace {

constexpr std::string_view kVersion = "00-";
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kSpanAt = kVersion.size() + kTraceDigits + 1;
constexpr std::size_t kFlagsAt = kSpanAt + kSpanDigits + 1;
constexpr std::size_t kLength = kFlagsAt + 2;

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

// A UUID's 32 digits; its version digit keeps them, and the first 16, from being all zeros.
std::string random_digits(base::IdSource& ids) {
  std::string digits = ids.uuid();
  std::erase(digits, '-');
  return digits;
}

// Of the flags only "sampled" has a meaning in version 00; the others must not be passed on.
bool is_sampled(std::string_view traceparent) {
  constexpr std::string_view kOdd = "13579bdf";
  return kOdd.find(traceparent.back()) != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view text) {
  return text.size() == kLength && text.starts_with(kVersion) && text[kSpanAt - 1] == '-' &&
         text[kFlagsAt - 1] == '-' && is_id(text.substr(kVersion.size(), kTraceDigits)) &&
         is_id(text.substr(kSpanAt, kSpanDigits)) && is_lower_hex(text.substr(kFlagsAt));
}

std::string continue_trace(std::string_view parent, base::IdSource& ids) {
  const bool is_known = is_traceparent(parent);
  std::string own(kVersion);
  own += is_known ? std::string(trace_id(parent)) : random_digits(ids);
  own += '-';
  own += random_digits(ids).substr(0, kSpanDigits);
  return own + (is_known && is_sampled(parent) ? "-01" : "-00");
}

std::string_view trace_id(std::string_view traceparent) {
  return is_traceparent(traceparent) ? traceparent.substr(kVersion.size(), kTraceDigits) : std::string_view();
}

}  // namespace pas::observe
