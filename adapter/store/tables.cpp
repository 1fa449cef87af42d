#include "adapter/store/tables.h"

#include <algorithm>

namespace pas::store {
namespace {

using enum ColumnKind;

constexpr Column kCaseColumns[] = {{"seq", kInteger},
                                   {"id", kText},
                                   {"client", kText},
                                   {"version", kText},
                                   {"kind", kText},
                                   {"status", kText},
                                   {"claim_identifiers", kText},
                                   {"claim_full_url", kText},
                                   {"claim_id", kText},
                                   {"member_id", kText},
                                   {"patient_identifiers", kText},
                                   {"payer", kText},
                                   {"request_date", kText},
                                   {"received_at_ms", kInteger},
                                   {"request_sha256", kText},
                                   {"prior_id", kText},
                                   {"replaced_by", kText},
                                   {"priority", kText},
                                   {"due_ms", kInteger},
                                   {"requestors", kText},
                                   {"revision", kInteger},
                                   {"served_to", kText},
                                   {"whole_id", kText, true}};
constexpr Column kKeyColumns[] = {{"client", kText}, {"kind", kText}, {"value", kText}, {"case_seq", kInteger}};
constexpr Column kBodyColumns[] = {{"case_seq", kInteger},
                                   {"request", kCompressed},
                                   {"response", kCompressed},
                                   {"decisions", kCompressed},
                                   {"whole", kCompressed, true}};
constexpr Column kItemColumns[] = {{"case_seq", kInteger},
                                   {"place", kInteger},
                                   {"sequence", kInteger},
                                   {"action", kText},
                                   {"reason", kText},
                                   {"procedure_code", kText},
                                   {"item_transaction", kText},
                                   {"months", kInteger},
                                   {"trace_number", kText},
                                   {"authorization_number", kText},
                                   {"administrative_reference_number", kText},
                                   {"valid_from", kText},
                                   {"valid_to", kText},
                                   {"state", kSealed}};
constexpr Column kMonthColumns[] = {
    {"payer", kText}, {"member_id", kText}, {"procedure_code", kText}, {"months", kInteger}};
constexpr Column kRevisionColumns[] = {{"case_seq", kInteger},    {"revision", kInteger}, {"at_ms", kInteger},
                                       {"actor", kText},          {"action", kText},      {"note", kText},
                                       {"decisions", kCompressed}};
constexpr Column kSupplementColumns[] = {
    {"seq", kInteger}, {"case_seq", kInteger}, {"id", kText}, {"received_at_ms", kInteger}, {"json", kCompressed}};
constexpr Column kExchangeColumns[] = {
    {"case_seq", kInteger}, {"number", kInteger},       {"payer", kText},           {"type", kText},
    {"other", kText},       {"requested_ms", kInteger}, {"responded_ms", kInteger}, {"http_status", kInteger},
    {"detail", kText}};
constexpr Column kSubscriptionColumns[] = {{"seq", kInteger},         {"id", kText},
                                           {"client", kText},         {"status", kText},
                                           {"json", kCompressed},     {"endpoint", kText},
                                           {"organizations", kText},  {"version", kText},
                                           {"created_ms", kInteger},  {"end_ms", kInteger},
                                           {"heartbeat_s", kInteger}, {"event_count", kInteger},
                                           {"error", kText},          {"purged_events", kInteger}};
constexpr Column kOrganizationColumns[] = {{"organization", kText}, {"subscription_seq", kInteger}};
constexpr Column kEventColumns[] = {{"subscription_seq", kInteger},
                                    {"number", kInteger},
                                    {"case_seq", kInteger},
                                    {"timestamp_ms", kInteger},
                                    {"focus", kCompressed}};
constexpr Column kOutboxColumns[] = {{"id", kInteger},
                                     {"case_seq", kReference},
                                     {"kind", kText},
                                     {"payload", kBytes},
                                     {"due_ms", kInteger},
                                     {"subject", kText},
                                     {"attempts", kInteger},
                                     {"leased", kInteger},
                                     {"state", kText},
                                     {"request_id", kText, true},
                                     {"traceparent", kText, true}};
constexpr Column kDeliveryColumns[] = {{"seq", kInteger},   {"subject", kText}, {"message_id", kInteger},
                                       {"kind", kText},     {"outcome", kText}, {"attempt", kInteger},
                                       {"at_ms", kInteger}, {"result", kText},  {"http_status", kInteger}};

// Each beside what names it in a place.
constexpr Owner kOfCase[] = {{"cases", "case_seq"}};
constexpr Owner kOfSubscriptionAndCase[] = {{"subscriptions", "subscription_seq"}, {"cases", "case_seq"}};
constexpr std::string_view kBySequence[] = {"sequence"};
constexpr std::string_view kByRevision[] = {"revision"};
constexpr std::string_view kById[] = {"id"};
constexpr std::string_view kByTime[] = {"timestamp_ms"};

// A table comes behind those that it refers to.
constexpr Table kTables[] = {
    {"cases", kCaseColumns, "seq"},
    {"case_keys", kKeyColumns, "client, kind, value, case_seq"},
    {"bodies", kBodyColumns, "case_seq", kOfCase},
    {"items", kItemColumns, "case_seq, place", kOfCase, kBySequence},
    {"months", kMonthColumns, "payer, member_id, procedure_code"},
    {"revisions", kRevisionColumns, "case_seq, revision", kOfCase, kByRevision},
    {"supplements", kSupplementColumns, "seq", kOfCase, kById},
    {"exchanges", kExchangeColumns, "case_seq, number"},
    {"subscriptions", kSubscriptionColumns, "seq", {}, kById},
    {"subscription_organizations", kOrganizationColumns, "organization, subscription_seq"},
    {"events", kEventColumns, "subscription_seq, number", kOfSubscriptionAndCase, kByTime},
    {"outbox", kOutboxColumns, "id"},
    {"deliveries", kDeliveryColumns, "seq"},
};

std::size_t index_of(const Table& table, std::string_view name) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return static_cast<std::size_t>(found - table.columns.begin());
}

// "$2, $3": both databases take these, SQLite as names that it numbers as they come.
std::string parameter(std::size_t number) {
  return "$" + std::to_string(number);
}

}  // namespace

std::span<const Table> all_tables() {
  return kTables;
}

bool is_sealable(const Column& column) {
  return column.kind == kCompressed || column.kind == kSealed;
}

std::string place_of(const Table& table, const TableRow& row, const Column& column) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.owners.size(); ++i) {
    names.push_back(std::get<std::string>(row[table.columns.size() + i]));
  }
  for (const std::string_view name : table.names) {
    const Value& value = row[index_of(table, name)];
    const auto* integer = std::get_if<std::int64_t>(&value);
    names.push_back(integer != nullptr ? std::to_string(*integer) : std::get<std::string>(value));
  }
  return place_of(std::string(table.name).append(".").append(column.name), names);
}

std::string columns_of(const Table& table) {
  std::string text;
  for (const Column& column : table.columns) text.append(text.empty() ? "" : ", ").append(column.name);
  return text;
}

std::string select_of(const Table& table) {
  std::string text = "SELECT ";
  for (const Column& column : table.columns) {
    if (&column != table.columns.data()) text += ", ";
    const std::string name(column.name);
    text += column.kind == kReference ? "coalesce(" + name + ", 0)" : name;
  }
  for (const Owner& owner : table.owners) {
    text.append(", (SELECT o.id FROM ").append(owner.table).append(" o WHERE o.seq = ").append(table.name);
    text.append(".").append(owner.reference).append(")");
  }
  return text.append(" FROM ").append(table.name);
}

std::vector<std::size_t> key_of(const Table& table) {
  std::vector<std::size_t> key;
  for (std::string_view rest = table.order; !rest.empty();) {
    const auto comma = std::min(rest.find(", "), rest.size());
    key.push_back(index_of(table, rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 2, rest.size()));
  }
  return key;
}

std::string page_of(const Table& table, bool is_first) {
  std::string text = select_of(table);
  const std::size_t most = is_first ? 1 : key_of(table).size() + 1;
  if (!is_first) {
    text.append(" WHERE (").append(table.order).append(") > (");
    for (std::size_t number = 1; number < most; ++number)
      text.append(number == 1 ? "" : ", ").append(parameter(number));
    text += ")";
  }
  return text.append(" ORDER BY ").append(table.order).append(" LIMIT ").append(parameter(most));
}

std::string update_of(const Table& table, const Column& column) {
  std::string text = "UPDATE " + std::string(table.name) + " SET " + std::string(column.name) + " = $1 WHERE ";
  std::size_t number = 1;
  for (const std::size_t key : key_of(table)) {
    text.append(table.columns[key].name).append(" = ").append(parameter(++number)).append(" AND ");
  }
  return text.append(column.name).append(" = ").append(parameter(number + 1));
}

}  // namespace pas::store
