// policy simulate: what a policies folder would decide otherwise, on sample bundles or on what a store holds.

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/document_tools.h"
#include "adapter/cli/files.h"
#include "adapter/cli/policy_command.h"
#include "adapter/cli/progress.h"
#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "fhir/base/text.h"
#include "mappings/decision/difference.h"
#include "mappings/decision/replay.h"
#include "mappings/inputs/catalog.h"

namespace pas::cli {
namespace {

constexpr std::size_t kShownChanges = 20;

struct SimulateOptions {
  std::vector<std::string> bundles;
  std::string policies;
  std::string against;
  std::string providers;
  DocumentOptions documents;
  std::string store;
  std::string store_keys;
  bool all = false;
};

std::string action_of(json::Node record) {
  const json::Node decision = record["decision"];
  std::string text(decision["action"].text());
  if (decision["reason"]) text.append(" ").append(decision["reason"].text());
  return text.empty() ? "none" : text;
}

std::string in_row(json::Node record) {
  return action_of(record) + " (row " + std::string(record["decision"]["row"].text()) + ", " +
         std::string(record["policy"]["revision"].text()) + ")";
}

// What the same items are decided as before and after.
class Tally {
 public:
  explicit Tally(std::size_t shown) : shown_(shown) {}

  // Decision records of one item; an empty one was not decided.
  void add(const std::string& item, const std::string& before, const std::string& after) {
    const auto old_document = json::Document::parse(before.empty() ? "{}" : before);
    const auto new_document = json::Document::parse(after.empty() ? "{}" : after);
    if (!old_document || !new_document) return;
    const json::Node old_record = old_document->root();
    const json::Node new_record = new_document->root();
    ++items_;
    Count& count = counts_[{action_of(old_record), action_of(new_record)}];
    ++count.items;
    auto changes = decision::compare_records(old_record, new_record);
    std::erase_if(changes, [](const decision::Change& change) { return change.place.starts_with("policy "); });
    if (changes.empty()) return;
    ++count.differ;
    const bool changed = action_of(old_record) != action_of(new_record);
    changed_ += changed ? 1 : 0;
    // Notes say the same in words.
    std::erase_if(changes, [](const decision::Change& change) { return change.place == "decision, notes"; });
    details_.push_back({changed, base::printable(item + ": " + in_row(old_record) + " -> " + in_row(new_record)) +
                                     '\n' + decision::to_text(changes, 4)});
  }

  std::string report() {
    std::string text;
    const auto line = [&text](std::string before, std::string after, std::string items, const std::string& remark) {
      before.resize(std::max<std::size_t>(before.size(), 10), ' ');
      after.resize(std::max<std::size_t>(after.size(), 10), ' ');
      items.insert(0, items.size() < 8 ? 8 - items.size() : 0, ' ');
      text.append(before).append("  ").append(after).append(items);
      if (!remark.empty()) text.append("   ").append(remark);
      text.append("\n");
    };
    line("before", "after", "items", "");
    for (const auto& [actions, count] : counts_) {
      std::string remark;
      if (actions.first != actions.second) {
        remark = "changed";
      } else if (count.differ > 0) {
        remark = std::to_string(count.differ) + " otherwise than before: row, criteria, notes or what is asked for";
      }
      line(actions.first, actions.second, std::to_string(count.items), remark);
    }
    // Other actions first.
    std::stable_partition(details_.begin(), details_.end(), [](const Detail& detail) { return detail.changed; });
    const std::size_t shown = std::min(shown_, details_.size());
    for (std::size_t i = 0; i < shown; ++i) text.append(i == 0 ? "\n" : "").append(details_[i].text);
    if (shown < details_.size()) {
      text.append("and ").append(std::to_string(details_.size() - shown)).append(" more (--all shows them)\n");
    }
    return text;
  }

  std::string summary() const {
    return std::to_string(items_) + (items_ == 1 ? " item: " : " items: ") + std::to_string(changed_) +
           " decided otherwise, " + std::to_string(details_.size() - changed_) + " for other reasons\n";
  }

 private:
  struct Count {
    std::size_t items = 0;
    std::size_t differ = 0;
  };
  struct Detail {
    bool changed = false;
    std::string text;
  };
  std::size_t shown_;
  std::size_t items_ = 0;
  std::size_t changed_ = 0;
  std::map<std::pair<std::string, std::string>, Count> counts_;
  std::vector<Detail> details_;
};

std::map<int, std::string> records_of(const service::Adjudication& adjudication) {
  std::map<int, std::string> records;
  for (const service::ItemOutcome& item : adjudication.items) {
    records[item.decision.item_sequence] = decision::to_json(item.evaluation, item.inputs, item.decision);
  }
  return records;
}

int simulate_bundles(const SimulateOptions& options) {
  const auto paths = expand(options.bundles);
  if (!paths) {
    std::cerr << "pas-adapter: " << paths.error().message << '\n';
    return kUsage;
  }
  auto before = load_policies(options.against.empty() ? kPoliciesFolder : options.against);
  auto after = load_policies(options.policies);
  auto roster = load_roster(options.providers);
  auto validation = load_validation({});
  const auto documents = load_document_tools(options.documents);
  if (!before || !after || !roster || !validation || !documents) {
    std::cerr << (before ? "" : before.error()) << (after ? "" : after.error()) << (roster ? "" : roster.error())
              << (validation ? "" : validation.error()) << (documents ? "" : documents.error());
    return kUsage;
  }
  const service::Adjudicator old_adjudicator({.policies = std::move(*before), .roster = *roster}, *validation, {},
                                             (*documents)->tools());
  const service::Adjudicator new_adjudicator({.policies = std::move(*after), .roster = *roster}, *validation, {},
                                             (*documents)->tools());
  const service::Surroundings surroundings{.today = base::utc_date(base::SystemClock().now()), .months_authorized = {}};
  Tally tally(options.all ? SIZE_MAX : kShownChanges);
  std::size_t refused = 0;
  std::size_t undecided = 0;  // of another payer, or with a business error of the whole request
  ProgressBar bar(paths->size());
  for (const std::string& path : *paths) {
    const auto bytes = read_all(path);
    if (!bytes) {
      bar.clear();
      std::cerr << "pas-adapter: " << bytes.error().message << '\n';
      return kUsage;
    }
    const auto old_outcome = old_adjudicator.adjudicate(*bytes, surroundings);
    const auto new_outcome = new_adjudicator.adjudicate(*bytes, surroundings);
    bar.step();
    if (!old_outcome || !new_outcome) {
      ++refused;
      continue;
    }
    std::map<int, std::string> old_records = records_of(*old_outcome);
    undecided += old_outcome->items.empty() && new_outcome->items.empty() ? 1 : 0;
    for (const auto& [sequence, record] : records_of(*new_outcome)) {
      tally.add(path + " item " + std::to_string(sequence), old_records[sequence], record);
      old_records.erase(sequence);
    }
    for (const auto& [sequence, record] : old_records) {
      tally.add(path + " item " + std::to_string(sequence), record, "");
    }
  }
  bar.clear();
  std::cout << tally.report() << '\n'
            << paths->size() << (paths->size() == 1 ? " bundle, " : " bundles, ") << refused << " refused, "
            << undecided << " not for a policy; " << tally.summary();
  return kDone;
}

// By the policy that the payer would choose today; empty without such a payer.
std::string decide_again(const policy::PolicySet& policies, const std::string& payer_id,
                         const decision::Record& record) {
  const policy::Payer* payer = policies.find_payer_by_id(payer_id);
  if (payer == nullptr) return {};
  return decision::replay(record, *payer->choose(record.inputs, record.request_date));
}

base::Result<std::vector<store::Case>> current_cases(const store::Store& store) {
  std::vector<store::Case> cases;
  std::optional<std::int64_t> before;
  do {
    auto page = store.list_cases({}, before, store::kMaxCases);
    if (!page) return page.error();
    for (store::Case& each : page->cases) {
      if (each.replaced_by.empty()) cases.push_back(std::move(each));
    }
    before = page->continue_before;
  } while (before);
  return cases;
}

// Inputs of the payer's catalog that a stored record does not have.
void note_new_inputs(const policy::Payer* payer, const decision::Record& record, std::set<std::string>& names) {
  if (payer == nullptr) return;
  for (const inputs::InputDefinition& input : payer->catalog->inputs()) {
    if (record.inputs.find(input.name) == nullptr) names.insert(input.name);
  }
}

int simulate_store(const SimulateOptions& options) {
  const auto after = load_policies(options.policies);
  using Policies = std::shared_ptr<const policy::PolicySet>;
  const auto before = options.against.empty() ? Loaded<Policies>(Policies()) : load_policies(options.against);
  if (!before || !after) {
    std::cerr << (before ? "" : before.error()) << (after ? "" : after.error());
    return kUsage;
  }
  const auto opened = open_existing_store(options.store, options.store_keys);
  if (!opened) {
    std::cerr << "pas-adapter: " << opened.error().message << '\n';
    return kUsage;
  }
  const store::Store& store = **opened;
  const auto cases = current_cases(store);
  if (!cases) {
    std::cerr << "pas-adapter: " << cases.error().message << '\n';
    return kUsage;
  }
  Tally tally(options.all ? SIZE_MAX : kShownChanges);
  std::set<std::string> new_inputs;
  ProgressBar bar(cases->size());
  for (const store::Case& each : *cases) {
    for (const store::Item& item : each.items) {
      const auto stored = store.decision_record(each.id, item.sequence);
      if (!stored || !*stored) continue;  // cancelled, or with a business error
      const auto document = json::Document::parse(**stored);
      const auto record = document ? decision::read_record(document->root()) : std::nullopt;
      if (!record) continue;
      note_new_inputs((*after)->find_payer_by_id(each.payer), *record, new_inputs);
      tally.add("case " + each.id + " item " + std::to_string(item.sequence),
                *before == nullptr ? **stored : decide_again(**before, each.payer, *record),
                decide_again(**after, each.payer, *record));
    }
    bar.step();
  }
  bar.clear();
  std::cout << tally.report() << '\n'
            << cases->size() << (cases->size() == 1 ? " case; " : " cases; ") << tally.summary();
  if (!new_inputs.empty()) {
    std::cout << "Inputs that the stored decisions did not read, and that count as unknown here:";
    for (const std::string& name : new_inputs) std::cout << ' ' << name;
    std::cout << '\n';
  }
  return kDone;
}

int simulate(const SimulateOptions& options) {
  if (options.store.empty() == options.bundles.empty()) {
    std::cerr << "pas-adapter: policy simulate needs bundles or --store, not both\n";
    return kUsage;
  }
  return options.store.empty() ? simulate_bundles(options) : simulate_store(options);
}

}  // namespace

void add_policy_simulate(CLI::App& policy, int& exit_code) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = policy.add_subcommand("simulate", "Which decisions other policies would change");
  command->add_option("bundles", options->bundles, "Files, or folders with their *.json");
  command->add_option("--policies", options->policies, "Folder of the policies to try out")->required();
  command->add_option("--against", options->against,
                      "Folder of the policies to compare with; without it the decisions in the store, for bundles "
                      "mappings/policies");
  command->add_option("--store", options->store, "sqlite:FILE, instead of bundles: every current case of it");
  command->add_option("--store-keys", options->store_keys, kStoreKeysAbout)->envname("PAS_STORE_KEYS");
  command->add_option("--providers", options->providers, "Roster of enrolled providers (CSV), for bundles")
      ->envname("PAS_PROVIDERS");
  add_document_options(*command, options->documents, true);
  command->add_flag("--all", options->all, "Show every difference, not only the first twenty");
  command->footer(
      "Stored cases are decided again on the inputs that were read when they came: what a changed inputs.json would "
      "read\n"
      "is seen with bundles only. No adapter may have the store open.\n"
      "Exit code: 0 done; 2 wrong call, or policies, bundles or the store cannot be read.");
  command->callback([options, &exit_code] { exit_code = simulate(*options); });
}

}  // namespace pas::cli
