#include <algorithm>
#include <map>
#include <string_view>

#include "fhir/base/html.h"
#include "mappings/decision/coverage.h"
#include "mappings/decision/text.h"
#include "mappings/policy/reader.h"

namespace pas::decision {
namespace {

using base::Truth;

constexpr std::size_t kTextWidth = 72;

std::string percent(std::size_t part, std::size_t whole) {
  const std::size_t tenths = whole == 0 ? 1000 : part * 1000 / whole;  // never rounded up to 100
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " %";
}

std::string title_of(const PolicyCoverage& coverage) {
  const policy::Policy& policy = *coverage.policy;
  return policy.id + ", revision " + policy.revision + " (" + policy.file +
         "): " + percent(coverage.seen(), coverage.total()) + ", " + std::to_string(coverage.seen()) + " of " +
         std::to_string(coverage.total()) + ", by " + std::to_string(coverage.cases) +
         (coverage.cases == 1 ? " case" : " cases");
}

std::string padded(std::string text, std::size_t width, bool right) {
  if (text.size() >= width) return text;
  return right ? std::string(width - text.size(), ' ') + text : text + std::string(width - text.size(), ' ');
}

// At most kTextWidth bytes, cut before the first byte of a character.
std::string shortened(std::string text) {
  if (text.size() <= kTextWidth) return text;
  std::size_t end = kTextWidth - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

// A truth that the condition cannot have is "-", one that was never seen has a "!".
std::string cell(const CoveredCondition& condition, Truth truth) {
  const std::size_t count = condition.seen.of(truth);
  if (count == 0) return condition.asks_for(truth) ? "0!" : "-";
  return std::to_string(count);
}

std::string head_of(const policy::Criterion& criterion) {
  return criterion.id + ": " + criterion.title;
}

class TextReport {
 public:
  std::string write(const Coverage& coverage) && {
    for (const PolicyCoverage* policy : coverage.policies()) write(*policy);
    return std::move(text_);
  }

 private:
  void line(const std::string& text, std::initializer_list<std::string> cells) {
    text_.append(padded(shortened(text), kTextWidth, false));
    for (const std::string& value : cells) text_.append(padded(value, 9, true));
    text_.append(1, '\n');
  }

  void write(const PolicyCoverage& coverage) {
    text_.append(title_of(coverage)).append(1, '\n');
    line("", {"met", "not met", "unknown"});
    for (const CoveredCriterion& criterion : coverage.criteria) {
      for (std::size_t i = 0; i < criterion.conditions.size(); ++i) {
        const CoveredCondition& condition = criterion.conditions[i];
        const std::string text =
            i == 0 ? "  " + head_of(*criterion.criterion) : std::string(2 * condition.depth + 2, ' ') + condition.text;
        line(text, {cell(condition, Truth::kTrue), cell(condition, Truth::kFalse), cell(condition, Truth::kUnknown)});
      }
    }
    const auto counted = [this](const std::string& text, std::size_t count) {
      line(text, {count == 0 ? "0!" : std::to_string(count)});
    };
    line("", {"taken"});
    for (std::size_t i = 0; i < coverage.rows.size(); ++i) {
      counted("  row " + coverage.policy->rows[i].id + ": " + coverage.policy->rows[i].title, coverage.rows[i]);
    }
    for (std::size_t i = 0; i < coverage.limits.size(); ++i) {
      counted("  limit " + coverage.policy->limits[i].title, coverage.limits[i]);
    }
  }

  std::string text_;
};

// How often a line was decided or taken, and what its conditions lack.
struct LineCoverage {
  std::size_t hits = 0;
  std::vector<const CoveredCondition*> conditions;
  bool lacks = false;
};

std::map<std::uint32_t, LineCoverage> lines_of(const PolicyCoverage& coverage) {
  std::map<std::uint32_t, LineCoverage> lines;
  for (const CoveredCriterion& criterion : coverage.criteria) {
    for (const CoveredCondition& condition : criterion.conditions) {
      LineCoverage& line = lines[condition.line];
      line.hits += condition.seen.of(Truth::kTrue) + condition.seen.of(Truth::kFalse);
      line.conditions.push_back(&condition);
      for (const Truth truth : kAllTruths) {
        line.lacks = line.lacks || (condition.asks_for(truth) && condition.seen.of(truth) == 0);
      }
    }
  }
  const auto count = [&lines](std::uint32_t number, std::size_t times) {
    LineCoverage& line = lines[number];
    line.hits += times;
    line.lacks = line.lacks || times == 0;
  };
  const policy::Policy& policy = *coverage.policy;
  for (std::size_t i = 0; i < coverage.rows.size(); ++i) count(policy.rows[i].line, coverage.rows[i]);
  for (std::size_t i = 0; i < coverage.limits.size(); ++i) count(policy.limits[i].line, coverage.limits[i]);
  return lines;
}

constexpr std::string_view kPageHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Policy coverage</title><style>
body{font:14px/1.4 sans-serif;margin:2em auto;max-width:75em;color:#222}
table{border-collapse:collapse;margin:1em 0}
td,th{padding:.1em .7em;text-align:left;border-bottom:1px solid #e5e5e5}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
tr.c td{font-weight:bold}
.lack{background:#fbd5d5}
.seen{background:#e2f4e2}
pre{font:12px/1.4 monospace;border:1px solid #ddd;padding:.5em;overflow-x:auto}
pre span{display:block}
pre i{display:inline-block;width:9em;color:#777;font-style:normal}
</style></head><body>
<h1>Policy coverage</h1>
<p>How often the cases saw each condition met, not met and unknown. A dash: the condition cannot have that truth. Red:
never seen.</p>
)";

class HtmlReport {
 public:
  explicit HtmlReport(const std::filesystem::path& directory) : directory_(directory) {}

  std::string write(const Coverage& coverage) && {
    html_ = kPageHead;
    for (const PolicyCoverage* policy : coverage.policies()) {
      html_.append("<h2>").append(base::html_escaped(title_of(*policy))).append("</h2>\n");
      tables(*policy);
      source(*policy);
    }
    return std::move(html_.append("</body></html>\n"));
  }

 private:
  void cell(const std::string& text, bool lacks) {
    html_.append(lacks ? R"(<td class="n lack">)" : R"(<td class="n">)").append(text).append("</td>");
  }

  void tables(const PolicyCoverage& coverage) {
    html_.append(R"(<table><tr><th>condition</th><th class="n">line</th><th class="n">met</th><th class="n">not met)"
                 R"(</th><th class="n">unknown</th></tr>)");
    for (const CoveredCriterion& criterion : coverage.criteria) {
      for (std::size_t i = 0; i < criterion.conditions.size(); ++i) {
        const CoveredCondition& condition = criterion.conditions[i];
        html_.append(i == 0 ? R"(<tr class="c"><td>)" : R"(<tr><td style="padding-left:)");
        if (i > 0) html_.append(std::to_string(condition.depth + 1)).append(R"(.5em">)");
        html_.append(base::html_escaped(i == 0 ? head_of(*criterion.criterion) : condition.text)).append("</td>");
        cell(std::to_string(condition.line), false);
        for (const Truth truth : kAllTruths) {
          const std::size_t count = condition.seen.of(truth);
          const bool lacks = count == 0 && condition.asks_for(truth);
          cell(count == 0 && !lacks ? "-" : std::to_string(count), lacks);
        }
        html_.append("</tr>\n");
      }
    }
    html_.append(
        "</table>\n<table><tr><th>row or limit</th><th class=\"n\">line</th><th class=\"n\">taken</th></tr>\n");
    const auto counted = [this](const std::string& text, std::uint32_t line, std::size_t count) {
      html_.append("<tr><td>").append(base::html_escaped(text)).append("</td>");
      cell(std::to_string(line), false);
      cell(std::to_string(count), count == 0);
      html_.append("</tr>\n");
    };
    for (std::size_t i = 0; i < coverage.rows.size(); ++i) {
      const policy::Row& row = coverage.policy->rows[i];
      counted("row " + row.id + ": " + row.title, row.line, coverage.rows[i]);
    }
    for (std::size_t i = 0; i < coverage.limits.size(); ++i) {
      const policy::Limit& limit = coverage.policy->limits[i];
      counted("limit " + limit.title, limit.line, coverage.limits[i]);
    }
    html_.append("</table>\n");
  }

  void source(const PolicyCoverage& coverage) {
    const auto text = policy::read_file(directory_, coverage.policy->file);
    if (!text) return;
    const auto lines = lines_of(coverage);
    html_.append("<pre>");
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t end = std::min(text->find('\n', at), text->size());
      const auto found = lines.find(++number);
      std::string gutter = std::to_string(number);
      html_.append("<span");
      if (found != lines.end()) {
        html_.append(found->second.lacks ? R"( class="lack")" : R"( class="seen")");
        gutter.append("  ").append(std::to_string(found->second.hits)).append("x");
      }
      html_.append("><i>").append(gutter).append("</i>").append(
          base::html_escaped(std::string_view(*text).substr(at, end - at)));
      html_.append("</span>");
      at = end + 1;
    }
    html_.append("</pre>\n");
  }

  const std::filesystem::path& directory_;
  std::string html_;
};

std::string lcov_of(const PolicyCoverage& coverage, const std::filesystem::path& directory) {
  std::string text = "TN:\nSF:" + (directory / coverage.policy->file).string() + '\n';
  const auto lines = lines_of(coverage);
  std::size_t branches = 0;
  std::size_t branches_seen = 0;
  std::size_t lines_hit = 0;
  for (const auto& [number, line] : lines) {
    for (std::size_t block = 0; block < line.conditions.size(); ++block) {
      const CoveredCondition& condition = *line.conditions[block];
      for (std::size_t branch = 0; branch < kAllTruths.size(); ++branch) {
        if (!condition.asks_for(kAllTruths[branch])) continue;
        const std::size_t count = condition.seen.of(kAllTruths[branch]);
        ++branches;
        branches_seen += count > 0 ? 1 : 0;
        text += "BRDA:" + std::to_string(number) + ',' + std::to_string(block) + ',' + std::to_string(branch) + ',' +
                std::to_string(count) + '\n';
      }
    }
  }
  text += "BRF:" + std::to_string(branches) + "\nBRH:" + std::to_string(branches_seen) + '\n';
  for (const auto& [number, line] : lines) {
    text += "DA:" + std::to_string(number) + ',' + std::to_string(line.hits) + '\n';
    lines_hit += line.hits > 0 ? 1 : 0;
  }
  return text + "LF:" + std::to_string(lines.size()) + "\nLH:" + std::to_string(lines_hit) + "\nend_of_record\n";
}

}  // namespace

std::string to_text(const Coverage& coverage) {
  return TextReport().write(coverage);
}

std::string to_html(const Coverage& coverage, const std::filesystem::path& directory) {
  return HtmlReport(directory).write(coverage);
}

std::string to_lcov(const Coverage& coverage, const std::filesystem::path& directory) {
  std::string text;
  for (const PolicyCoverage* policy : coverage.policies()) text += lcov_of(*policy, directory);
  return text;
}

}  // namespace pas::decision
