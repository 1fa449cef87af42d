#include "adapter/store/archive.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
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

// As it was before it was sealed and compressed.
std::optional<std::string> clear_text(const Table& table, const TableRow& row, std::size_t i, const StoreKeys* keys) {
  const auto& text = std::get<std::string>(row[i]);
  const Column& column = table.columns[i];
  if (!is_sealable(column)) return text;
  const std::string place = place_of(table, row, column);
  return column.kind == kCompressed ? unpacked_text(keys, text, place) : opened(keys, text, place);
}

Result<std::string> line_of(const Table& table, const TableRow& row, const StoreKeys* keys) {
  json::Writer writer;
  writer.begin_object().key(table.name).begin_object();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    writer.key(table.columns[i].name);
    if (const auto* integer = std::get_if<std::int64_t>(&row[i])) {
      writer.integer(*integer);
    } else if (const auto text = clear_text(table, row, i, keys)) {
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
    const auto tables = all_tables();
    const auto table = std::ranges::find(tables, member.key(), &Table::name);
    if (table == tables.end()) return base::invalid("no such table");
    TableRow row;
    for (const Column& column : table->columns) {
      const json::Node given = member[column.name];
      auto value = !given && column.is_later ? std::optional<Value>(std::string()) : value_of(given, column.kind);
      if (!value)
        return base::invalid(std::string(table->name) + "." + std::string(column.name) + " is missing or wrong");
      row.push_back(*std::move(value));
    }
    if (auto done = seal(*table, row); !done) return done;
    return tables_.insert(*table, row);
  }

  Result<void> seal(const Table& table, TableRow& row) {
    if (tables_.keys() == nullptr || std::ranges::none_of(table.columns, is_sealable)) return {};
    const auto reference = [&](const Owner& owner) {
      return std::get<std::int64_t>(row[static_cast<std::size_t>(
          std::ranges::find(table.columns, owner.reference, &Column::name) - table.columns.begin())]);
    };
    for (const Owner& owner : table.owners) {
      auto id = id_of(owner.table, reference(owner));
      if (!id) return id.error();
      row.emplace_back(std::move(*id));
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (!is_sealable(table.columns[i])) continue;
      auto& text = std::get<std::string>(row[i]);
      text = sealed(tables_.keys(), std::move(text), place_of(table, row, table.columns[i]));
    }
    row.resize(table.columns.size());
    return {};
  }

  // Rows of one owner come together.
  Result<std::string> id_of(std::string_view table, std::int64_t seq) {
    Known& known = known_[std::string(table)];
    if (known.seq == seq) return known.id;
    auto id = tables_.id_of(table, seq);
    if (id) known = {seq, *id};
    return id;
  }

  struct Known {
    std::int64_t seq = 0;  // of nothing
    std::string id;
  };

  Tables& tables_;
  std::map<std::string, Known> known_;  // by table
  std::int64_t rows_ = -1;              // before the first line
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
  for (const Table& table : all_tables()) {
    if (table.name != "cases" && table.name != "subscriptions") continue;
    auto read = tables.read(table, [&](const TableRow&) -> Result<void> { return full; });
    if (!read) return read;
  }
  return {};
}

}  // namespace

Result<std::int64_t> export_store(std::string_view specification, std::ostream& out, const SharedKeys& keys) {
  const auto tables = open_tables(specification, keys);
  if (!tables) return tables.error();
  std::int64_t rows = 0;
  out << "{\"store\":" << kVersion << "}\n";
  for (const Table& table : all_tables()) {
    const auto read = (*tables)->read(table, [&](const TableRow& row) -> Result<void> {
      const auto line = line_of(table, row, keys.get());
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

Result<std::int64_t> import_store(std::string_view specification, std::istream& in, const SharedKeys& keys,
                                  std::size_t line_limit_bytes) {
  const auto tables = open_tables(specification, keys);
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
