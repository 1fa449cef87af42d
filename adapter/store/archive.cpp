#include "adapter/store/archive.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "adapter/store/packing.h"
#include "adapter/store/tables.h"
#include "fhir/base/base64.h"
#include "fhir/base/utf8.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

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
                                   {"served_to", kText}};
constexpr Column kKeyColumns[] = {{"client", kText}, {"kind", kText}, {"value", kText}, {"case_seq", kInteger}};
constexpr Column kBodyColumns[] = {
    {"case_seq", kInteger}, {"request", kCompressed}, {"response", kCompressed}, {"decisions", kCompressed}};
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
                                   {"state", kText}};
constexpr Column kMonthColumns[] = {
    {"payer", kText}, {"member_id", kText}, {"procedure_code", kText}, {"months", kInteger}};
constexpr Column kRevisionColumns[] = {{"case_seq", kInteger},    {"revision", kInteger}, {"at_ms", kInteger},
                                       {"actor", kText},          {"action", kText},      {"note", kText},
                                       {"decisions", kCompressed}};
constexpr Column kSupplementColumns[] = {
    {"seq", kInteger}, {"case_seq", kInteger}, {"id", kText}, {"received_at_ms", kInteger}, {"json", kCompressed}};
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

// A table comes behind those that it refers to.
constexpr Table kTables[] = {
    {"cases", kCaseColumns, "seq"},
    {"case_keys", kKeyColumns, "client, kind, value, case_seq"},
    {"bodies", kBodyColumns, "case_seq"},
    {"items", kItemColumns, "case_seq, place"},
    {"months", kMonthColumns, "payer, member_id, procedure_code"},
    {"revisions", kRevisionColumns, "case_seq, revision"},
    {"supplements", kSupplementColumns, "seq"},
    {"subscriptions", kSubscriptionColumns, "seq"},
    {"subscription_organizations", kOrganizationColumns, "organization, subscription_seq"},
    {"events", kEventColumns, "subscription_seq, number"},
    {"outbox", kOutboxColumns, "id"},
    {"deliveries", kDeliveryColumns, "seq"},
};

constexpr std::pair<Sequence, std::string_view> kSequences[] = {
    {Sequence::kAuthorization, "authorization"}, {Sequence::kAdministrativeReference, "administrative-reference"}};
constexpr std::string_view kNumbers = "numbers";  // {"numbers":{"sequence":"authorization","next":1001}}

constexpr std::string_view kVersion = "2";

void write_text(json::Writer& writer, std::string_view text) {
  if (base::invalid_utf8_at(text)) {
    writer.begin_object().member("base64", base::encode_base64(text)).end_object();
  } else {
    writer.string(text);
  }
}

Result<std::string> line_of(const Table& table, const TableRow& row) {
  json::Writer writer;
  writer.begin_object().key(table.name).begin_object();
  for (std::size_t i = 0; i < row.size(); ++i) {
    writer.key(table.columns[i].name);
    if (const auto* integer = std::get_if<std::int64_t>(&row[i])) {
      writer.integer(*integer);
    } else if (table.columns[i].kind != kCompressed) {
      write_text(writer, std::get<std::string>(row[i]));
    } else if (const auto text = decompress(std::get<std::string>(row[i]))) {
      write_text(writer, *text);
    } else {
      return base::unavailable("a text of the table " + std::string(table.name) + " is damaged");
    }
  }
  writer.end_object().end_object();
  return std::move(writer).take() + "\n";
}

std::optional<std::int64_t> integer_of(json::Node node) {
  std::int64_t value = 0;
  const std::string_view text = node.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!node.is_number() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Value> value_of(json::Node node, ColumnKind kind) {
  if (kind == kInteger || kind == kReference) return integer_of(node);
  std::optional<std::string> text;
  if (node.is_string()) text = node.text();
  if (node.is_object()) text = base::decode_base64(node["base64"].text());
  if (!text) return std::nullopt;
  return kind == kCompressed ? compress(*text) : *std::move(text);
}

class Importer {
 public:
  explicit Importer(Tables& tables) : tables_(tables) {}

  Result<void> take(std::string line) {
    json::Limits limits;
    limits.bytes = line.size();  // it was read, so it is short enough
    const auto document = json::Document::parse(std::move(line), limits);
    if (!document || document->root().size() != 1) return base::invalid("not an object with one member");
    const json::Node member = *document->root().begin();
    if (rows_ < 0) {
      if (member.key() != "store" || member.text() != kVersion)
        return base::invalid("not an export of version " + std::string(kVersion));
      rows_ = 0;
      return {};
    }
    if (ended_) return base::invalid("something behind the end");
    if (member.key() == "end") {
      ended_ = integer_of(member) == rows_;
      return ended_ ? Result<void>() : base::invalid("rows are missing: there were " + std::to_string(rows_));
    }
    ++rows_;
    return member.key() == kNumbers ? take_numbers(member) : take_row(member);
  }

  bool has_ended() const { return ended_; }
  std::int64_t rows() const { return rows_; }

 private:
  Result<void> take_numbers(json::Node member) {
    for (const auto& [sequence, name] : kSequences) {
      if (member["sequence"].text() != name) continue;
      const auto next = integer_of(member["next"]);
      if (!next || *next < 1) return base::invalid("no next number");
      return tables_.set_next_number(sequence, *next);
    }
    return base::invalid("no such sequence");
  }

  Result<void> take_row(json::Node member) {
    const auto* table = std::find_if(std::begin(kTables), std::end(kTables),
                                     [&](const Table& each) { return each.name == member.key(); });
    if (table == std::end(kTables)) return base::invalid("no such table");
    TableRow row;
    for (const Column& column : table->columns) {
      const json::Node given = member[column.name];
      auto value = !given && column.is_later ? std::optional<Value>(std::string()) : value_of(given, column.kind);
      if (!value)
        return base::invalid(std::string(table->name) + "." + std::string(column.name) + " is missing or wrong");
      row.push_back(*std::move(value));
    }
    return tables_.insert(*table, row);
  }

  Tables& tables_;
  std::int64_t rows_ = -1;  // before the first line
  bool ended_ = false;
};

// The next line without its end; nothing at the end. A longer one is not read to its end.
Result<std::optional<std::string>> read_line(std::istream& in, std::size_t limit_bytes) {
  std::array<char, 65'536> piece;
  std::string line;
  for (;;) {
    in.getline(piece.data(), piece.size());
    const auto count = static_cast<std::size_t>(in.gcount());
    const bool has_end = in.good();
    line.append(piece.data(), has_end ? count - 1 : count);
    if (line.size() > limit_bytes) return base::Error{base::ErrorCode::kTooLarge, "longer than the limit"};
    if (has_end) return std::optional(std::move(line));
    if (in.eof()) return line.empty() ? std::optional<std::string>() : std::optional(std::move(line));
    if (in.bad() || count == 0) return base::unavailable("cannot be read");
    in.clear();
  }
}

Result<void> expect_empty(Tables& tables) {
  const base::Error full{base::ErrorCode::kConflict, "the store is not empty"};
  for (const Table& table : kTables) {
    if (table.name != "cases" && table.name != "subscriptions") continue;
    auto read = tables.read(table, [&](const TableRow&) -> Result<void> { return full; });
    if (!read) return read;
  }
  return {};
}

}  // namespace

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
  return text.append(" FROM ").append(table.name).append(" ORDER BY ").append(table.order);
}

Result<std::int64_t> export_store(std::string_view specification, std::ostream& out) {
  const auto tables = open_tables(specification);
  if (!tables) return tables.error();
  std::int64_t rows = 0;
  out << "{\"store\":" << kVersion << "}\n";
  for (const Table& table : kTables) {
    const auto read = (*tables)->read(table, [&](const TableRow& row) -> Result<void> {
      const auto line = line_of(table, row);
      if (!line) return line.error();
      out << *line;
      ++rows;
      return out ? Result<void>() : base::unavailable("the export cannot be written");
    });
    if (!read) return read.error();
  }
  for (const auto& [sequence, name] : kSequences) {
    const auto next = (*tables)->next_number(sequence);
    if (!next) return next.error();
    out << "{\"" << kNumbers << "\":{\"sequence\":\"" << name << "\",\"next\":" << *next << "}}\n";
    ++rows;
  }
  out << "{\"end\":" << rows << "}\n" << std::flush;
  if (!out) return base::unavailable("the export cannot be written");
  return rows;
}

Result<std::int64_t> import_store(std::string_view specification, std::istream& in, std::size_t line_limit_bytes) {
  const auto tables = open_tables(specification);
  if (!tables) return tables.error();
  if (auto empty = expect_empty(**tables); !empty) return empty.error();
  Importer importer(**tables);
  std::int64_t number = 0;
  const auto at_line = [&number](const base::Error& error) {
    return base::Error{error.code, "line " + std::to_string(number) + ": " + error.message};
  };
  for (;;) {
    ++number;
    auto line = read_line(in, line_limit_bytes);
    if (!line) return at_line(line.error());
    if (!*line) break;
    if (auto taken = importer.take(std::move(**line)); !taken) return at_line(taken.error());
  }
  if (!importer.has_ended()) return at_line(base::invalid("the end is missing"));
  if (auto done = (*tables)->commit(); !done) return done.error();
  return importer.rows();
}

}  // namespace pas::store
