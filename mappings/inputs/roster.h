#pragma once
// The payer's provider roster (policy page §1, prescriber.enrolled): who was enrolled, as what, from when to when.
//
// CSV (RFC 4180: quoted fields, LF or CRLF) with the header npi,name,type,enrolled_from,enrolled_to; `type` is
// physician, APRN, PA or empty; an empty end is open. An NPI may have several lines whose periods do not overlap.
// Immutable; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/calendar.h"
#include "mappings/inputs/load_error.h"

namespace pas::inputs {

// Ten digits whose last is the Luhn check digit over 80840 + NPI (ISO/IEC 7812-1).
bool is_valid_npi(std::string_view npi);

struct Enrollment {
  std::string name;
  std::string type;  // "physician", "APRN", "PA", or empty
  base::Date from;
  base::Date to;  // included; 9999-12-31 when open
  std::size_t line = 0;
  bool covers(base::Date day) const { return from <= day && day <= to; }
};

class Roster {
 public:
  // `file` names the roster in messages and in input sources ("providers.csv:12").
  static boost::system::result<Roster, LoadErrors> load(std::string_view csv, std::string_view file);

  // In the order of their periods; empty for an NPI that is not there. Constant time.
  std::span<const Enrollment> find(std::string_view npi) const;

  const std::string& file() const { return file_; }
  std::size_t size() const { return enrollments_.size(); }  // lines

 private:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::string file_;
  std::vector<Enrollment> enrollments_;  // grouped by NPI
  std::unordered_map<std::uint64_t, Range> by_npi_;
};

}  // namespace pas::inputs
