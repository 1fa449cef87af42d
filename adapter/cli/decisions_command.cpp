// decisions show and decisions replay: stored decisions explained, and decided again.

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/cli/policy_command.h"
#include "adapter/store/store.h"
#include "mappings/decision/difference.h"
#include "mappings/decision/replay.h"

namespace pas::cli {
namespace {

struct DecisionOptions {
  std::string id;
  int item = 0;  // 0: all
  std::string store = "sqlite:pas-adapter.db";
  std::string store_keys;
  std::string format = "text";
  std::string policies = kPoliciesFolder;
  std::string revision;
};

// The case's decision records, by its items; says on standard error why there is none.
std::vector<store::DecisionRecord> records_of(const DecisionOptions& options) {
  const auto fail = [](const std::string& message) {
    std::cerr << "pas-adapter: " << message << '\n';
    return std::vector<store::DecisionRecord>();
  };
  const auto opened = open_existing_store(options.store, options.store_keys);
  if (!opened) return fail(opened.error().message);
  const store::Store& store = **opened;
  const auto found = store.find_case(options.id);
  if (!found) return fail(found.error().message);
  if (!*found) return fail("no case " + options.id + " is in " + store::shown(options.store));
  std::vector<store::DecisionRecord> records;
  for (const store::Item& item : (*found)->items) {
    if (options.item != 0 && options.item != item.sequence) continue;
    auto record = store.decision_record(options.id, item.sequence);
    if (!record) return fail(record.error().message);
    if (*record) records.push_back({item.sequence, std::move(**record)});
  }
  if (!records.empty()) return records;
  return fail(options.item == 0
                  ? "no item of case " + options.id + " was decided by a policy"
                  : "no item " + std::to_string(options.item) + " of case " + options.id + " was decided by a policy");
}

int show(const DecisionOptions& options) {
  const auto records = records_of(options);
  for (const store::DecisionRecord& record : records) {
    if (options.format == "json") {
      std::cout << record.json << '\n';
      continue;
    }
    const auto document = json::Document::parse(record.json);
    std::cout << "item " << record.item_sequence << '\n';
    std::cout << (document ? decision::explain(document->root()) : "  the record cannot be read\n");
  }
  return records.empty() ? kUsage : kDone;
}

std::string revisions_of(const policy::PolicySet& policies, std::string_view id) {
  std::string text;
  for (const policy::Payer& payer : policies.payers()) {
    for (const auto& policy : payer.policies) {
      if (policy->id == id) text.append(text.empty() ? "" : ", ").append(policy->revision);
    }
  }
  return text.empty() ? "none" : text;
}

class Replay {
 public:
  Replay(const DecisionOptions& options, const policy::PolicySet& policies) : options_(options), policies_(policies) {}

  int run(const store::DecisionRecord& stored) const {
    std::cout << "item " << stored.item_sequence << ": ";
    const auto document = json::Document::parse(stored.json);
    const auto record = document ? decision::read_record(document->root()) : std::nullopt;
    if (!record) {
      std::cout << "the record cannot be read\n";
      return kUsage;
    }
    const std::string& revision = options_.revision.empty() ? record->policy_revision : options_.revision;
    const policy::Policy* policy = policies_.find_policy(record->policy_id, revision);
    if (policy == nullptr) {
      std::cout << options_.policies << " has no revision " << revision << " of " << record->policy_id
                << "; it has: " << revisions_of(policies_, record->policy_id) << '\n';
      return kUsage;
    }
    const std::string again = decision::replay(*record, *policy);
    const bool same_policy = policy->hash == record->policy_hash;
    if (again == stored.json) {
      std::cout << "the same, byte for byte: " << action_of(document->root()) << ", " << policy->id << ' ' << revision
                << '\n';
      return kDone;
    }
    const auto other = json::Document::parse(again);
    auto changes = decision::compare_records(document->root(), other->root());
    std::erase_if(changes, [](const decision::Change& change) { return change.place.starts_with("policy "); });
    if (changes.empty()) {
      std::cout << "decided the same, " << action_of(document->root())
                << (same_policy ? "; the record is written otherwise, by another version of the adapter\n"
                                : ", by another policy: " + policy->id + ' ' + revision + '\n');
      return kDone;
    }
    std::cout << action_of(document->root()) << " -> " << action_of(other->root()) << ", by " << policy->id << ' '
              << revision << (same_policy ? "" : ", which is not what decided it (hash " + record->policy_hash + ")")
              << '\n'
              << decision::to_text(changes, 2);
    return kFailed;
  }

 private:
  static std::string action_of(json::Node record) {
    const json::Node decision = record["decision"];
    std::string text(decision["action"].text());
    if (decision["reason"]) text.append(" ").append(decision["reason"].text());
    return text.append(" (row ").append(decision["row"].text()).append(")");
  }

  const DecisionOptions& options_;
  const policy::PolicySet& policies_;
};

int replay(const DecisionOptions& options) {
  const auto policies = load_policies(options.policies);
  if (!policies) {
    std::cerr << policies.error();
    return kUsage;
  }
  const auto records = records_of(options);
  int worst = records.empty() ? kUsage : kDone;
  for (const store::DecisionRecord& record : records) worst = std::max(worst, Replay(options, **policies).run(record));
  return worst;
}

CLI::App* add_command(CLI::App& decisions, const char* name, const char* about, DecisionOptions& options) {
  CLI::App* command = decisions.add_subcommand(name, about);
  command->add_option("id", options.id, "The case: the id of its ClaimResponse")->required();
  command->add_option("--item", options.item, "Sequence of one item; without it all")->check(CLI::PositiveNumber);
  command->add_option("--store", options.store, "sqlite:FILE or postgres:CONNINFO")
      ->envname("PAS_STORE")
      ->capture_default_str();
  command->add_option("--store-keys", options.store_keys, kStoreKeysAbout)->envname("PAS_STORE_KEYS");
  return command;
}

}  // namespace

void add_decisions(CLI::App& app, int& exit_code) {
  CLI::App* decisions = app.add_subcommand("decisions", "Explain stored decisions, or decide them again");
  decisions->require_subcommand(1);
  {
    auto options = std::make_shared<DecisionOptions>();
    CLI::App* command = add_command(*decisions, "show", "Explain a case's decisions from their records", *options);
    command->add_option("--format", options->format, "text, or json: the records as they are stored, one a line")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->footer(
        "Needs no policies: a record explains itself. No adapter may have a SQLite store open.\n"
        "Exit code: 0 done; 2 wrong call, or no such case, item or store.");
    command->callback([options, &exit_code] { exit_code = show(*options); });
  }
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command = add_command(*decisions, "replay", "Decide a case again on the inputs of its records", *options);
  add_policies_option(*command, options->policies);
  command->add_option("--revision", options->revision, "Of the policy; without it the one that decided");
  command->footer(
      "By the policy of the same hash the record comes out the same byte for byte; by another the difference is "
      "shown.\n"
      "No adapter may have a SQLite store open.\n"
      "Exit code: 0 decided the same; 1 otherwise; 2 wrong call, or no such case, item, store or revision.");
  command->callback([options, &exit_code] { exit_code = replay(*options); });
}

}  // namespace pas::cli
