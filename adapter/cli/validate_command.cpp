// validate: resources against FHIR R4, US Core, PAS and the rules of a PAS request, offline.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/cli/issue_text.h"
#include "adapter/service/validation_service.h"
#include "fhir/base/clock.h"
#include "fhir/definitions/builtin.h"
#include "fhir/json/writer.h"
#include "fhir/validation/operation_outcome.h"

namespace pas::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  std::vector<std::string> profiles;
  std::vector<std::string> guides;
  std::string format = "text";
  std::string color = "auto";
  bool all = false;
};

constexpr std::string_view kPasPackage = "hl7.fhir.us.davinci-pas#";

// The PAS release that --ig names; the newest without one.
struct Asked {
  service::ValidationService::Options load;
  std::optional<pas::Version> version;
};

// A built-in package by name and version, or a path. An error text for what is neither.
std::string sort_out(const std::vector<std::string>& guides, Asked& asked) {
  const auto builtin = definitions::builtin_packages();
  for (const std::string& guide : guides) {
    if (std::ranges::find(builtin, guide) != builtin.end()) {
      if (guide.starts_with(kPasPackage)) {
        asked.version = pas::Version{};
        asked.version->name = *std::ranges::find(builtin, guide);
        asked.version->name.remove_prefix(kPasPackage.size());
      } else {
        asked.load.guides.push_back(guide);
      }
    } else if (std::filesystem::exists(guide)) {
      asked.load.packages.emplace_back(guide);
    } else {
      std::string message = "pas-adapter: --ig " + guide + " is neither a file or folder nor built in; built in are";
      for (const std::string_view name : builtin) message.append(" ").append(name);
      return message + "\n";
    }
  }
  return {};
}

struct Checked {
  std::string source;
  validation::Report report;
};

Checked check(const service::ValidationService& validation, std::string bytes,
              const service::ValidationService::Question& question) {
  Checked checked{bytes, validation::Report()};
  const auto document = json::Document::parse(std::move(bytes));
  if (!document) {
    checked.report.add(validation::issue_of(document.error(), checked.source));
  } else {
    checked.report = validation.validate(json::BundleIndex(document->root()), question);
  }
  checked.report.locate(checked.source);
  return checked;
}

// One JSON object a line.
std::string as_json(const std::string& path, const validation::Report& report) {
  json::Writer out;
  out.begin_object().member("file", path).member("valid", !report.has_errors());
  out.key("issues").begin_array();
  for (const validation::Issue& issue : report.issues()) {
    out.begin_object().member("severity", to_string(issue.severity)).member("code", to_string(issue.type));
    out.member("rule", issue.rule).member("expression", issue.expression);
    if (issue.location) {
      out.member("line", static_cast<std::int64_t>(issue.location->line));
      out.member("column", static_cast<std::int64_t>(issue.location->column));
    }
    out.member("message", issue.message).end_object();
  }
  out.end_array().member("leftOut", static_cast<std::int64_t>(report.left_out())).end_object();
  return std::move(out).take() + "\n";
}

int validate(const ValidateOptions& options) {
  const auto paths = expand(options.files);
  Asked asked;
  if (const std::string error = sort_out(options.guides, asked); !paths || !error.empty()) {
    std::cerr << (paths ? error : "pas-adapter: " + paths.error().message + "\n");
    return kUsage;
  }
  const auto service = service::ValidationService::load(asked.load);
  if (!service) {
    std::cerr << "pas-adapter: " << service.error().message << "\n";
    return kUsage;
  }
  for (const std::string& remark : (*service)->loading().remarks) std::cerr << "pas-adapter: " << remark << "\n";
  const service::ValidationService::Question question{
      .version = asked.version ? &*asked.version : nullptr,
      .profiles = options.profiles,
      .now = base::SystemClock().now(),
      .least = options.all ? validation::Severity::kInformation : validation::Severity::kWarning};
  for (const std::string& profile : options.profiles) {
    if ((*service)->knows(profile, question.version)) continue;
    std::cerr << "pas-adapter: the profile " << profile << " is not here; name its package with --ig\n";
    return kUsage;
  }
  const bool on_terminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  const TextStyle style{.colors = options.color == "always" || (options.color == "auto" && on_terminal),
                        .excerpts = options.color == "always" || ::isatty(STDOUT_FILENO) == 1};
  std::size_t invalid = 0;
  std::string unreadable;
  print_each(*paths, [&](const std::string& path) -> std::string {
    auto bytes = read_all(path);
    if (!bytes) {
      unreadable.append("pas-adapter: ").append(bytes.error().message).append("\n");
      return {};
    }
    const Checked checked = check(**service, *std::move(bytes), question);
    invalid += checked.report.has_errors() ? 1 : 0;
    if (options.format == "json") return as_json(path, checked.report);
    if (options.format == "outcome") return validation::to_operation_outcome(checked.report) + "\n";
    return report_text(path, checked.report, checked.source, style);
  });
  if (paths->size() > 1 && options.format == "text") {
    std::cout << paths->size() << " files: " << paths->size() - invalid << " valid, " << invalid << " invalid\n";
  }
  std::cerr << unreadable;
  if (!unreadable.empty()) return kUsage;
  return invalid == 0 ? kDone : kFailed;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command = app.add_subcommand("validate", "Check resources against FHIR R4, US Core and PAS, offline");
  command->add_option("files", options->files, "Files, or folders with their *.json; - is standard input")->required();
  command->add_option("--profile", options->profiles,
                      "Canonical of a profile to meet besides those that a resource claims; may be repeated");
  command->add_option("--ig", options->guides,
                      "Package to check by: built in (hl7.fhir.us.davinci-pas#2.0.1), .tgz or folder; may be repeated");
  command
      ->add_option("--format", options->format,
                   "text; json: one object a line; or outcome: one OperationOutcome a line")
      ->check(CLI::IsMember({"text", "json", "outcome"}))
      ->capture_default_str();
  command->add_flag("--all", options->all, "Also what is only for information");
  command->add_option("--color", options->color, "auto: on a terminal, unless NO_COLOR is set; always; never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->footer(
      "A Bundle that is a PAS request is checked as Claim/$submit would, and without its leniency.\n"
      "Exit code: 0 every file is valid; 1 one has errors; 2 wrong call, or a file or package cannot be read.");
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace pas::cli
