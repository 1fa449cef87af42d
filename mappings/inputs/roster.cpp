#include "mappings/inputs/roster.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pas::inputs {
namespace {

using namespace std::chrono_literals;

constexpr base::Date kOpenEnd = 9999y / 12 / 31;
constexpr std::array<std::string_view, 5> kColumns = {"npi", "name", "type", "enrolled_from", "enrolled_to"};
constexpr std::array<std::string_view, 3> kTypes = {"physician", "APRN", "PA"};
constexpr std::size_t kErrorsKept = 20;

// One record of RFC 4180 CSV; the text is read once, front to back.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  struct Field {
    std::string text;
    std::size_t offset = 0;
  };
  struct Record {
    std::size_t line = 0;
    std::vector<Field> fields;
    std::optional<std::size_t> bad;  // offset of a quote that stands where none may
  };

  // Nothing at the end. Empty lines are passed over.
  std::optional<Record> next() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_] == '\n') ++line_;
      ++at_;
    }
    if (at_ >= text_.size()) return std::nullopt;
    Record record;
    record.line = line_;
    for (;;) {
      record.fields.push_back(field(record));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      return record;  // at a line end or at the end of the text
    }
  }

 private:
  Field field(Record& record) {
    Field field;
    field.offset = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      quoted(field, record);
    }
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"' && !record.bad) record.bad = at_;
      field.text += text_[at_++];
    }
    return field;
  }

  void quoted(Field& field, Record& record) {
    const std::size_t open = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != '"') {
        field.text += c;
      } else if (at_ < text_.size() && text_[at_] == '"') {
        field.text += '"';
        ++at_;
      } else {
        const bool ends = at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r';
        if (!ends && !record.bad) record.bad = at_;
        return;
      }
    }
    if (!record.bad) record.bad = open;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// FHIR's dates have a time part; a roster's do not.
std::optional<base::Date> parse_day(std::string_view text) {
  return text.size() == 10 ? base::parse_date(text) : std::nullopt;
}

std::uint64_t number_of(std::string_view npi) {
  std::uint64_t number = 0;
  std::from_chars(npi.data(), npi.data() + npi.size(), number);
  return number;
}

struct Line {
  std::uint64_t npi = 0;
  std::size_t offset = 0;
  Enrollment enrollment;
};

struct Mistake {
  std::size_t offset;
  std::string message;
};

boost::system::result<Line, Mistake> read_line(const CsvReader::Record& record) {
  if (record.bad) return Mistake{*record.bad, "a quote must enclose the whole field, and be doubled inside it"};
  if (record.fields.size() != kColumns.size()) {
    return Mistake{record.fields.front().offset, "expected " + std::to_string(kColumns.size()) + " fields, found " +
                                                     std::to_string(record.fields.size())};
  }
  const auto text = [&](std::size_t column) { return trimmed(record.fields[column].text); };
  if (!is_valid_npi(text(0))) {
    return Mistake{record.fields[0].offset, "not an NPI: ten digits, the last the check digit"};
  }
  if (!text(2).empty() && std::find(kTypes.begin(), kTypes.end(), text(2)) == kTypes.end()) {
    return Mistake{record.fields[2].offset, "type must be physician, APRN, PA or empty"};
  }
  const auto from = parse_day(text(3));
  if (!from) return Mistake{record.fields[3].offset, "enrolled_from must be a day, YYYY-MM-DD"};
  const auto to = text(4).empty() ? std::optional(kOpenEnd) : parse_day(text(4));
  if (!to) return Mistake{record.fields[4].offset, "enrolled_to must be a day, YYYY-MM-DD, or empty"};
  if (*to < *from) return Mistake{record.fields[4].offset, "enrolled_to is before enrolled_from"};
  return Line{number_of(text(0)), record.fields.front().offset,
              Enrollment{std::string(text(1)), std::string(text(2)), *from, *to, record.line}};
}

bool is_header(const CsvReader::Record& record) {
  if (record.bad || record.fields.size() != kColumns.size()) return false;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (trimmed(record.fields[i].text) != kColumns[i]) return false;
  }
  return true;
}

}  // namespace

bool is_valid_npi(std::string_view npi) {
  if (npi.size() != 10 || npi.find_first_not_of("0123456789") != std::string_view::npos) return false;
  int sum = 24;  // what the constant prefix 80840 adds
  for (std::size_t i = 0; i < npi.size(); ++i) {
    int digit = npi[i] - '0';
    if (i % 2 == 0) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 == 0;
}

boost::system::result<Roster, LoadErrors> Roster::load(std::string_view csv, std::string_view file) {
  LoadErrors errors;
  const auto mistake = [&](std::size_t offset, std::string message) {
    if (errors.size() < kErrorsKept) errors.push_back(load_error(file, csv, offset, std::move(message)));
  };
  CsvReader reader(csv);
  const auto header = reader.next();
  if (!header || !is_header(*header)) {
    mistake(0, "the first line must be npi,name,type,enrolled_from,enrolled_to");
    return errors;
  }
  std::vector<Line> lines;
  while (const auto record = reader.next()) {
    auto line = read_line(*record);
    if (line) {
      lines.push_back(std::move(*line));
    } else {
      mistake(line.error().offset, line.error().message);
    }
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tie(a.npi, a.enrollment.from, a.enrollment.line) <
           std::tie(b.npi, b.enrollment.from, b.enrollment.line);
  });
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].npi == lines[i - 1].npi && lines[i].enrollment.from <= lines[i - 1].enrollment.to) {
      mistake(lines[i].offset,
              "this period overlaps that of the same NPI in line " + std::to_string(lines[i - 1].enrollment.line));
    }
  }
  if (!errors.empty()) return errors;

  Roster roster;
  roster.file_ = file;
  roster.enrollments_.reserve(lines.size());
  for (Line& line : lines) {
    Range& range = roster.by_npi_[line.npi];
    if (range.count++ == 0) range.first = static_cast<std::uint32_t>(roster.enrollments_.size());
    roster.enrollments_.push_back(std::move(line.enrollment));
  }
  return roster;
}

std::span<const Enrollment> Roster::find(std::string_view npi) const {
  if (!is_valid_npi(npi)) return {};
  const auto found = by_npi_.find(number_of(npi));
  if (found == by_npi_.end()) return {};
  return std::span(enrollments_).subspan(found->second.first, found->second.count);
}

}  // namespace pas::inputs
