#pragma once
// What cases see of a policy: how often each criterion and each of its conditions was met, not met and unknown, each
// row was taken and each limit applied.
//
// A truth that a condition cannot have is not asked for: whether an input is known is never itself unknown.
// One thread at a time. The policies must live as long.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mappings/decision/decision.h"
#include "mappings/policy/policy.h"
#include "mappings/policy/possible.h"

namespace pas::decision {

inline constexpr std::array kAllTruths = {base::Truth::kTrue, base::Truth::kFalse, base::Truth::kUnknown};

class TruthCounts {
 public:
  void add(base::Truth truth) { ++counts_[static_cast<std::size_t>(truth)]; }
  std::size_t of(base::Truth truth) const { return counts_[static_cast<std::size_t>(truth)]; }

 private:
  std::array<std::size_t, 3> counts_{};
};

struct CoveredCondition {
  policy::ConditionId id = 0;
  std::uint32_t line = 0;  // of the policy file
  std::size_t depth = 0;   // in the criterion's tree
  std::string text;
  policy::Possible possible = policy::kAnything;
  std::optional<policy::ConditionId> some;  // the `some` that it stands below: seen once for each element of the list
  TruthCounts seen;

  bool asks_for(base::Truth truth) const { return (possible & policy::bit_of(truth)) != 0; }
  void add(const policy::Evaluation& evaluation);
};

struct CoveredCriterion {
  const policy::Criterion* criterion = nullptr;
  std::vector<CoveredCondition> conditions;  // the first is the criterion as a whole
};

struct PolicyCoverage {
  const policy::Policy* policy = nullptr;
  std::vector<CoveredCriterion> criteria;
  std::vector<std::size_t> rows;    // times taken
  std::vector<std::size_t> limits;  // times applied
  std::size_t cases = 0;

  // Truths of conditions, rows and limits: those that were seen, of those that there are.
  std::size_t seen() const;
  std::size_t total() const;
  void add(const Decided& decided);
};

class Coverage {
 public:
  explicit Coverage(const policy::PolicySet& policies);

  // By the policy's id and revision, so that the same policy under another setting of adverse determinations counts.
  void add(const Decided& decided);

  // In the order of the set; only those of payers that a case is about.
  std::vector<const PolicyCoverage*> policies() const;
  bool is_complete() const;

 private:
  std::vector<PolicyCoverage> policies_;
  std::vector<std::size_t> payer_of_;  // by policy
};

// A table for a terminal; what was never seen is marked with "!".
std::string to_text(const Coverage& coverage);
// For genhtml and editors: each condition is a branch of its line in the policy file, below `directory`.
std::string to_lcov(const Coverage& coverage, const std::filesystem::path& directory);
// One page without other files: the tables, and each policy file (read from below `directory`) with its lines marked.
std::string to_html(const Coverage& coverage, const std::filesystem::path& directory);

}  // namespace pas::decision
