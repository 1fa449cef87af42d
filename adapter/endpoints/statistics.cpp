#include "adapter/endpoints/statistics.h"

#include <charconv>
#include <map>

#include "adapter/endpoints/admin_json.h"
#include "fhir/base/calendar.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

constexpr std::int64_t kMsOfDay = 86'400'000;
constexpr int kDefaultDays = 14;
constexpr int kMostDays = 90;
constexpr int kMostCounted = 5000;  // cases, the newest; more would keep a reviewer waiting

using Days = std::map<std::string, std::map<std::string, std::int64_t>>;  // by day and action

struct Decisions {
  Days days;
  bool is_partial = false;  // there are more cases than are counted
};

std::string day_of(std::int64_t at_ms) {
  return base::to_instant(base::from_ms(at_ms)).substr(0, 10);
}

base::Result<Decisions> count_decisions(const store::Store& store, std::int64_t since_ms) {
  Decisions counted;
  store::CaseFilter filter;
  filter.received_from_ms = since_ms;
  std::optional<std::int64_t> before;
  for (int cases = 0;;) {
    const auto page = store.list_cases(filter, before, store::kMaxCases);
    if (!page) return page.error();
    for (const store::Case& record : page->cases) {
      std::int64_t at_ms = record.received_at_ms;
      if (record.revision > 1) {
        const auto history = store.history(record.id);
        if (!history) return history.error();
        if (!history->empty()) at_ms = history->back().at_ms;
      }
      for (const store::Item& item : record.items) ++counted.days[day_of(at_ms)][item.action];
    }
    cases += static_cast<int>(page->cases.size());
    before = page->continue_before;
    counted.is_partial = before.has_value() && cases >= kMostCounted;
    if (!before || counted.is_partial) return counted;
  }
}

}  // namespace

http::Response read_statistics(const Call& call, const store::Store& store, const base::Clock& clock) {
  int days = kDefaultDays;
  if (const auto given = call.request.parameter("days")) {
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), days);
    if (error != std::errc() || end != given->data() + given->size() || days < 1 || days > kMostDays) {
      return mistakes_answer(400, {"days: 1 to " + std::to_string(kMostDays) + " is wanted."});
    }
  }
  const std::int64_t now = base::to_ms(clock.now());
  const auto backlog = store.backlog(now);
  if (!backlog) return problem_of(backlog.error());
  const auto decisions = count_decisions(store, (now / kMsOfDay - days + 1) * kMsOfDay);
  if (!decisions) return problem_of(decisions.error());
  json::Writer out;
  out.begin_object().member("late", backlog->late).key("waiting").begin_array();
  for (const auto& [hours, count] : backlog->pended_by_hours) {
    out.begin_object().member("hours", hours).member("cases", count).end_object();
  }
  out.end_array().key("days").begin_array();
  for (int ago = days - 1; ago >= 0; --ago) {
    const std::string day = day_of(now - ago * kMsOfDay);
    out.begin_object().member("day", day).key("items").begin_object();
    const auto found = decisions->days.find(day);
    if (found != decisions->days.end()) {
      for (const auto& [action, count] : found->second) out.member(action.empty() ? "none" : action, count);
    }
    out.end_object().end_object();
  }
  out.end_array().member("isPartial", decisions->is_partial).end_object();
  return json_answer(200, std::move(out).take());
}

}  // namespace pas::endpoints
