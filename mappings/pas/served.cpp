#include "mappings/pas/served.h"

namespace pas::pas {

DatePeriod period_of(json::Node period) {
  return {base::parse_date(period["start"].text()), base::parse_date(period["end"].text())};
}

DatePeriod served_of(json::Node claim_item) {
  if (const auto day = base::parse_date(claim_item["servicedDate"].text())) return {day, day};
  return period_of(claim_item["servicedPeriod"]);
}

std::optional<base::Date> last_day_served(const Request& request) {
  std::optional<base::Date> last;
  const auto add = [&last](const DatePeriod& served) {
    for (const auto& day : {served.start, served.end}) {
      if (day && (!last || *day > *last)) last = day;
    }
  };
  for (const Item& item : request.items) add(served_of(item.node));
  if (!last) add(period_of(request.claim["billablePeriod"]));
  return last;
}

}  // namespace pas::pas
