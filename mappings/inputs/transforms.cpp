#include "mappings/inputs/transforms.h"

#include <array>
#include <optional>

#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/quantities.h"
#include "fhir/json/writer.h"

namespace pas::inputs {
namespace {

using fhirpath::Decimal;
using fhirpath::Quantity;

Reading problem(std::string text) {
  return {{}, {}, std::move(text)};
}

// The days that a date or dateTime of any precision may mean.
struct Days {
  base::Date first;
  base::Date last;
};
std::optional<Days> parse_days(std::string_view text) {
  if (const auto day = base::parse_date(text)) return Days{*day, *day};
  const bool is_year = text.size() == 4;
  if (!is_year && text.size() != 7) return std::nullopt;
  const auto first = base::parse_date(std::string(text) + (is_year ? "-01-01" : "-01"));
  if (!first) return std::nullopt;
  return Days{*first, base::add_days(base::add_months(*first, is_year ? 12 : 1), -1)};
}

struct Unit {
  std::string_view code;  // UCUM
  std::int64_t numerator;
  std::int64_t denominator;
};
constexpr std::array kHourUnits = {Unit{"s", 1, 3600}, Unit{"min", 1, 60}, Unit{"h", 1, 1}, Unit{"d", 24, 1},
                                   Unit{"wk", 168, 1}};

}  // namespace

std::string json_string(std::string_view text) {
  json::Writer writer;
  writer.string(text);
  return std::move(writer).take();
}

Reading read_months_begun(json::Node period) {
  const json::Node start = period["start"];
  const json::Node end = period["end"];
  if (!start && !end) return {};
  if (!start || !end) return problem("has no start or no end");
  const auto first = base::parse_date(start.text());
  const auto last = base::parse_date(end.text());
  if (!first || !last) return problem("does not start and end on a full date");
  const int months = base::months_begun(*first, *last);
  if (months < 1) return problem("ends before it begins");
  return {std::to_string(months), {period}, {}};
}

Reading read_hours(json::Node repeat) {
  json::Node duration = repeat["duration"];
  if (!duration) duration = repeat["durationMax"];
  if (!duration) return {};
  const auto value = Decimal::parse(duration.text());
  if (!value || *value <= Decimal(0)) return problem("has a duration that is not a positive number");
  for (const Unit& unit : kHourUnits) {
    if (unit.code != repeat["durationUnit"].text()) continue;
    const auto scaled = multiply(*value, Decimal(unit.numerator));
    const auto hours = scaled ? divide(*scaled, Decimal(unit.denominator)) : std::nullopt;
    if (!hours) break;
    return {hours->trimmed().to_string(), {duration}, {}};
  }
  return problem("has a durationUnit that cannot be turned into hours");
}

Reading read_quantity(json::Node quantity, std::string_view unit) {
  const json::Node value = quantity["value"];
  if (!value) return {};
  const auto amount = Decimal::parse(value.text());
  if (!amount) return problem("has a value that is not a number");
  if (quantity["comparator"]) return problem("has a comparator, so that its value is not known");
  const json::Node code = quantity["code"];
  if (!code || quantity["system"].text() != "http://unitsofmeasure.org") return problem("has no UCUM unit");
  const auto converted = convert(Quantity{*amount, code.text()}, Quantity{Decimal(0), unit});
  if (!converted) return problem("has a unit that cannot be turned into " + std::string(unit));
  return {converted->trimmed().to_string(), {quantity}, {}};
}

Reading read_age(json::Node birth_date, base::Date request_date) {
  const auto birth = base::parse_date(birth_date.text());
  if (!birth) return problem("is not a full date");
  if (*birth > request_date) return problem("is after the request date");
  return {std::to_string(base::years_between(*birth, request_date)), {birth_date}, {}};
}

Reading read_in_force(json::Node coverage, json::Node item, base::Date request_date) {
  const json::Node status = coverage["status"];
  if (!status) return problem("has no status");
  if (status.text() != "active") return {"false", {status}, {}};

  Reading reading{{}, {status}, {}};
  Days service{request_date, request_date};
  json::Node service_day = item["servicedDate"];
  if (!service_day) service_day = item["servicedPeriod"]["start"];
  if (service_day) {
    const auto days = parse_days(service_day.text());
    if (!days) return problem("cannot be compared: the first service day is not a date");
    service = *days;
    reading.used.push_back(service_day);
  }
  std::optional<base::Date> from;
  std::optional<base::Date> to;
  for (const std::string_view bound : {"start", "end"}) {
    const json::Node node = coverage["period"][bound];
    if (!node) continue;
    const auto days = parse_days(node.text());
    if (!days) return problem("has a period whose " + std::string(bound) + " is not a date");
    (bound == "start" ? from : to) = bound == "start" ? days->first : days->last;
    reading.used.push_back(node);
  }
  const auto covers = [&](base::Date day) { return (!from || *from <= day) && (!to || day <= *to); };
  if (covers(service.first) != covers(service.last)) {
    return problem("covers only part of the time that the first service day may mean");
  }
  reading.value = covers(service.first) ? "true" : "false";
  return reading;
}

}  // namespace pas::inputs
