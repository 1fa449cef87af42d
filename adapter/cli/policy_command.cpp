// policy: what a payer's analyst does with policies, and `policy check`.

#include "adapter/cli/policy_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"

namespace pas::cli {
namespace {

std::string count(std::size_t number, std::string_view what) {
  return std::to_string(number) + ' ' + std::string(what) + (number == 1 ? "" : "s");
}

std::string in_force(const policy::Policy& policy) {
  const std::string from = "in force from " + base::to_string(policy.effective_from);
  return policy.effective_to ? from + " to " + base::to_string(*policy.effective_to) : from;
}

int check(const std::string& directory) {
  const auto policies = load_policies(directory);
  if (!policies) {
    std::cerr << policies.error();
    return kFailed;
  }
  for (const policy::Payer& payer : (*policies)->payers()) {
    std::cout << payer.id << ": " << payer.name << '\n';
    for (const auto& policy : payer.policies) {
      std::cout << "  " << policy->id << ' ' << policy->revision << " (" << policy->file << "): " << in_force(*policy)
                << "; " << count(policy->codes.size(), "code") << ", " << policy->criteria.size()
                << (policy->criteria.size() == 1 ? " criterion, " : " criteria, ") << count(policy->rows.size(), "row")
                << ", " << count(policy->limits.size(), "limit") << '\n';
    }
    for (const policy::Questionnaire& form : payer.questionnaires) {
      std::cout << "  questionnaire " << form.id << " (" << form.file << "): " << count(form.link_ids.size(), "item")
                << '\n';
    }
  }
  return kDone;
}

void add_check(CLI::App& policy, int& exit_code) {
  auto directory = std::make_shared<std::string>(kPoliciesFolder);
  CLI::App* command = policy.add_subcommand("check", "Load policies and name every mistake with its place");
  command->add_option("directory", *directory, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
  command->footer("Exit code: 0 they load; 1 they are refused; 2 wrong call.");
  command->callback([directory, &exit_code] { exit_code = check(*directory); });
}

}  // namespace

CLI::Option* add_policies_option(CLI::App& command, std::string& directory) {
  return command.add_option("--policies", directory, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
}

void add_policy(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("policy", "Check, test, explain, compare and try out policies");
  command->require_subcommand(1);
  add_check(*command, exit_code);
  add_policy_test(*command, exit_code);
  add_policy_coverage(*command, exit_code);
  add_policy_explain(*command, exit_code);
  add_policy_diff(*command, exit_code);
  add_policy_simulate(*command, exit_code);
}

}  // namespace pas::cli
