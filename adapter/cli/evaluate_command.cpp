// evaluate: decisions and their explanation without a server or a store.

#include <initializer_list>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/document_tools.h"
#include "adapter/cli/files.h"
#include "adapter/cli/policy_command.h"
#include "adapter/service/adjudicator.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"
#include "fhir/validation/operation_outcome.h"

namespace pas::cli {
namespace {

struct EvaluateOptions {
  std::vector<std::string> bundles;
  std::string policies = "mappings/policies";
  std::string providers;
  DocumentOptions documents;
  std::string format = "text";
  bool explain = false;
};

struct Totals {
  std::size_t decided = 0;
  std::size_t refused = 0;
  std::map<std::string, std::size_t> actions;  // items by action

  void add(const service::Adjudicator::Outcome& outcome) {
    ++(outcome ? decided : refused);
    if (!outcome) return;
    for (const service::ItemOutcome& item : outcome->items) ++actions[item.decision.action];
  }
};

std::string as_text(const std::string& path, const service::Adjudicator::Outcome& outcome, bool explain) {
  std::string text = path + "\n";
  const auto line = [&text](std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) text.append(part);
    text.append("\n");
  };
  if (!outcome) {
    const validation::Report report = outcome.error();
    line({"  refused"});
    for (const validation::Issue& issue : report.issues()) {
      line({"  ", validation::to_string(issue.severity), issue.expression.empty() ? "" : " ", issue.expression, ": ",
            issue.message, " (", issue.rule, ")"});
    }
    return text;
  }
  for (const pas::BusinessError& error : outcome->errors) {
    line({"  error ", error.code, " ", error.path, ": ", error.message});
  }
  for (const service::ItemOutcome& item : outcome->items) {
    const decision::Decision& decision = item.decision;
    line({"  item ", std::to_string(decision.item_sequence), ": ", decision.action,
          decision.reason.empty() ? "" : " " + decision.reason, " (row ", decision.row, ", ", decision.policy_id, " ",
          decision.policy_revision, ")"});
    if (explain) {
      text.append(decision::explain(item.evaluation, item.inputs, decision));
    } else if (!decision.notes.empty()) {
      line({"    ", decision.notes.front()});
    }
  }
  return text;
}

// One JSON object a line.
std::string as_json(const std::string& path, const service::Adjudicator::Outcome& outcome) {
  json::Writer out;
  out.begin_object().member("bundle", path);
  if (!outcome) {
    out.key("outcome").raw(validation::to_operation_outcome(outcome.error()));
  } else {
    out.key("errors").begin_array();
    for (const pas::BusinessError& error : outcome->errors) {
      out.begin_object().member("code", error.code).member("path", error.path);
      out.member("message", error.message).end_object();
    }
    out.end_array().key("items").begin_array();
    for (const service::ItemOutcome& item : outcome->items) {
      out.raw(decision::to_json(item.evaluation, item.inputs, item.decision));
    }
    out.end_array();
  }
  out.end_object();
  return std::string(out.view()) + "\n";
}

std::string summary(const Totals& totals) {
  std::string text = std::to_string(totals.decided + totals.refused) + " bundles: " + std::to_string(totals.decided) +
                     " decided, " + std::to_string(totals.refused) + " refused";
  const char* separator = "; items: ";
  for (const auto& [action, count] : totals.actions) {
    text.append(separator).append(std::to_string(count)).append(" ").append(action);
    separator = ", ";
  }
  return text + "\n";
}

int evaluate(const EvaluateOptions& options) {
  const auto paths = expand(options.bundles);
  auto policies = load_policies(options.policies);
  auto roster = load_roster(options.providers);
  auto validation = load_validation({});
  const auto documents = load_document_tools(options.documents);
  if (!paths || !policies || !roster || !validation || !documents) {
    if (!paths) std::cerr << "pas-adapter: " << paths.error().message << "\n";
    std::cerr << (policies ? "" : policies.error()) << (roster ? "" : roster.error())
              << (validation ? "" : validation.error()) << (documents ? "" : documents.error());
    return kUsage;
  }
  if (const std::string missing = (*documents)->missing(**policies); !missing.empty()) {
    std::cerr << "pas-adapter: " << missing << "\n";
  }
  const service::Adjudicator adjudicator({.policies = std::move(*policies), .roster = std::move(*roster)},
                                         *std::move(validation), {}, (*documents)->tools());
  const service::Surroundings surroundings{.today = base::utc_date(base::SystemClock().now()), .months_authorized = {}};
  Totals totals;
  std::string unreadable;
  print_each(*paths, [&](const std::string& path) -> std::string {
    auto bytes = read_all(path);
    if (!bytes) {
      unreadable.append("pas-adapter: ").append(bytes.error().message).append("\n");
      return {};
    }
    const auto outcome = adjudicator.adjudicate(*bytes, surroundings);
    totals.add(outcome);
    return options.format == "json" ? as_json(path, outcome) : as_text(path, outcome, options.explain);
  });
  if (paths->size() > 1 && options.format == "text") std::cout << summary(totals);
  std::cerr << unreadable;
  if (!unreadable.empty()) return kUsage;
  return totals.refused == 0 ? kDone : kFailed;
}

}  // namespace

namespace {

void add_options(CLI::App* command, const std::shared_ptr<EvaluateOptions>& options, int& exit_code) {
  command->add_option("bundles", options->bundles, "Files, or folders with their *.json; - is standard input")
      ->required();
  command->add_option("--format", options->format, "text, or json: one object a line, with the explanation")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--policies", options->policies, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
  command->add_option("--providers", options->providers, "Roster of enrolled providers (CSV)")
      ->envname("PAS_PROVIDERS");
  add_document_options(*command, options->documents, true);
  command->footer(
      "Exit code: 0 every bundle was decided; 1 one was refused; 2 wrong call, or policies or files cannot be read.");
  command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "Decide bundles without a server");
  command->add_flag("--explain", options->explain, "Show the criteria with their evidence");
  add_options(command, options, exit_code);
}

void add_policy_explain(CLI::App& policy, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  options->explain = true;
  add_options(policy.add_subcommand("explain", "Decide bundles and show the criteria with their evidence"), options,
              exit_code);
}

}  // namespace pas::cli
