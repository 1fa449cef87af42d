#pragma once
// Times as settings write them: a whole number with its unit, s, m, h or d ("72h").

#include <CLI/CLI.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace pas::cli {

struct DurationRange {
  std::chrono::seconds shortest;
  std::chrono::seconds longest;
};

// Nothing for anything else, and for what is not in the range.
std::optional<std::chrono::seconds> parse_duration(const std::string& text, const DurationRange& range);

CLI::Validator duration_check(const DurationRange& range);

}  // namespace pas::cli
