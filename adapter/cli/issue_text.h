#pragma once
// A validation report for people at a terminal. What a sender wrote is shown without control characters, so that it
// cannot steer the terminal.

#include <string>
#include <string_view>

#include "fhir/validation/report.h"

namespace pas::cli {

struct TextStyle {
  bool colors = false;    // ANSI
  bool excerpts = false;  // the line of the source with a caret under the element
};

// The file's verdict, then each issue: severity, expression, line:column, rule; the message below it. Issues need their
// location (Report::locate) for excerpts of `source`.
std::string report_text(std::string_view file, const validation::Report& report, std::string_view source,
                        const TextStyle& style);

}  // namespace pas::cli
