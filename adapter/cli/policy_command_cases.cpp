// policy test and policy coverage: a policy's cases, and what they see of it.

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/cli/policy_command.h"
#include "adapter/cli/progress.h"
#include "mappings/decision/cases.h"
#include "mappings/decision/coverage.h"

namespace pas::cli {
namespace {

struct CaseOptions {
  std::vector<std::string> cases;
  std::string policies = kPoliciesFolder;
  std::string format = "text";
};

struct Loading {
  decision::CasePolicies policies;
  std::vector<decision::Case> cases;
};

// Says on standard error why not.
std::optional<Loading> load(const CaseOptions& options) {
  const auto paths = expand(options.cases);
  if (!paths) {
    std::cerr << "pas-adapter: " << paths.error().message << '\n';
    return std::nullopt;
  }
  auto policies = load_case_policies(options.policies);
  if (!policies) {
    std::cerr << policies.error();
    return std::nullopt;
  }
  auto cases = decision::load_cases({paths->begin(), paths->end()}, *policies);
  if (!cases) {
    for (const inputs::LoadError& error : cases.error()) std::cerr << to_string(error) << '\n';
    return std::nullopt;
  }
  if (cases->empty()) {
    std::cerr << "pas-adapter: no case is in these files\n";
    return std::nullopt;
  }
  return Loading{std::move(*policies), std::move(*cases)};
}

int test(const CaseOptions& options) {
  const auto loaded = load(options);
  if (!loaded) return kUsage;
  std::size_t failed = 0;
  ProgressBar bar(loaded->cases.size());
  for (const decision::Case& each : loaded->cases) {
    const auto decided = decision::evaluate_and_decide(*each.policy, each.inputs, each.request_date);
    const auto mismatches = decision::compare(each, decided);
    if (!mismatches.empty()) {
      ++failed;
      bar.clear();
      std::cout << each.file << ':' << each.line << ": " << each.name << " (" << each.policy->id << ' '
                << each.policy->revision << ")\n";
      for (const decision::Mismatch& mismatch : mismatches) {
        std::cout << "  " << mismatch.what << "\n    expected  " << mismatch.expected << "\n    actual    "
                  << mismatch.actual << '\n';
      }
    }
    bar.step();
  }
  bar.clear();
  const std::size_t total = loaded->cases.size();
  std::cout << total << (total == 1 ? " case: " : " cases: ") << total - failed << " as expected, " << failed
            << " not\n";
  return failed == 0 ? kDone : kFailed;
}

int cover(const CaseOptions& options) {
  const auto loaded = load(options);
  if (!loaded) return kUsage;
  decision::Coverage coverage(loaded->policies.set());
  ProgressBar bar(loaded->cases.size());
  for (const decision::Case& each : loaded->cases) {
    coverage.add(decision::evaluate_and_decide(*each.policy, each.inputs, each.request_date));
    bar.step();
  }
  bar.clear();
  if (options.format == "html") {
    std::cout << decision::to_html(coverage, options.policies);
  } else if (options.format == "lcov") {
    std::cout << decision::to_lcov(coverage, options.policies);
  } else {
    std::cout << decision::to_text(coverage);
  }
  return coverage.is_complete() ? kDone : kFailed;
}

CLI::App* add_command(CLI::App& policy, const char* name, const char* about, CaseOptions& options) {
  CLI::App* command = policy.add_subcommand(name, about);
  command->add_option("cases", options.cases, "Files of cases, or folders with their *.json")->required();
  add_policies_option(*command, options.policies);
  return command;
}

}  // namespace

void add_policy_test(CLI::App& policy, int& exit_code) {
  auto options = std::make_shared<CaseOptions>();
  CLI::App* command = add_command(policy, "test", "Run cases and show those that are decided otherwise", *options);
  command->footer(
      "Exit code: 0 every case is decided as it says; 1 one is not; 2 wrong call, or policies or cases are refused.");
  command->callback([options, &exit_code] { exit_code = test(*options); });
}

void add_policy_coverage(CLI::App& policy, int& exit_code) {
  auto options = std::make_shared<CaseOptions>();
  CLI::App* command = add_command(
      policy, "coverage", "How often cases see each condition met, not met and unknown, and each row taken", *options);
  command->add_option("--format", options->format, "text; html: one page; lcov: for genhtml and editors")
      ->check(CLI::IsMember({"text", "html", "lcov"}))
      ->capture_default_str();
  command->footer(
      "Of the policies of payers that a case is about. A truth that a condition cannot have is shown as \"-\", one "
      "that\n"
      "was never seen as \"0!\".\n"
      "Exit code: 0 all was seen; 1 something was not; 2 wrong call, or policies or cases are refused.");
  command->callback([options, &exit_code] { exit_code = cover(*options); });
}

}  // namespace pas::cli
