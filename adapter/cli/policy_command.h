#pragma once
// The jobs of `pas-adapter policy`, each in a file of its own. `policy` is the subcommand that they are added to.

#include <CLI/CLI.hpp>
#include <string>

namespace pas::cli {

inline constexpr const char* kPoliciesFolder = "mappings/policies";

// --policies, or PAS_POLICIES.
CLI::Option* add_policies_option(CLI::App& command, std::string& directory);

void add_policy_explain(CLI::App& policy, int& exit_code);  // evaluate_command.cpp: the same as `evaluate --explain`
void add_policy_test(CLI::App& policy, int& exit_code);
void add_policy_coverage(CLI::App& policy, int& exit_code);
void add_policy_diff(CLI::App& policy, int& exit_code);
void add_policy_simulate(CLI::App& policy, int& exit_code);

}  // namespace pas::cli
