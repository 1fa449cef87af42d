// report: yearly figures from a store.

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/service/cms_report.h"
#include "adapter/service/metric_data.h"
#include "fhir/base/clock.h"

namespace pas::cli {
namespace {

struct ReportOptions {
  std::string store = "sqlite:pas-adapter.db";
  std::string store_keys;
  int year = 0;
  std::string payer;
  std::string format = "csv";
};

int report_cms(const ReportOptions& options) {
  const auto store = open_existing_store(options.store, options.store_keys);
  if (!store) {
    std::cerr << "pas-adapter: " << store.error().message << "\n";
    return kUsage;
  }
  const auto report = service::cms_report(**store, options.year, options.payer);
  if (!report) {
    std::cerr << "pas-adapter: " << report.error().message << "\n";
    return kFailed;
  }
  std::cout << (options.format == "csv"    ? service::to_csv(*report)
                : options.format == "json" ? service::to_json(*report)
                                           : service::to_html(*report));
  return kDone;
}

std::int64_t start_of(int year) {
  return base::to_ms(std::chrono::sys_days(std::chrono::year{year} / std::chrono::January / 1));
}

base::Result<void> print_other_exchanges(const store::Store& store, const ReportOptions& options) {
  const store::ExchangeFilter filter{start_of(options.year), start_of(options.year + 1) - 1};
  for (std::int64_t after = 0;;) {
    const auto page = store.other_exchanges(filter, after, store::kMaxCases);
    if (!page) return page.error();
    if (page->empty()) return {};
    for (const store::Exchange& exchange : *page) std::cout << service::metric_data(exchange) << "\n";
    after = page->back().order;
  }
}

// The newest first, each as it is read: a year may have millions. Then those of no case, which are of no payer.
base::Result<void> print_exchanges(const store::Store& store, const ReportOptions& options) {
  store::CaseFilter filter;
  filter.payer = options.payer;
  filter.received_from_ms = start_of(options.year);
  filter.received_to_ms = start_of(options.year + 1) - 1;
  std::optional<std::int64_t> before;
  do {
    const auto page = store.list_cases(filter, before, store::kMaxCases);
    if (!page) return page.error();
    for (const store::Case& record : page->cases) {
      const auto text = service::metric_data(store, record);
      if (!text) return text.error();
      std::cout << *text << "\n";
    }
    before = page->continue_before;
  } while (before);
  return options.payer.empty() ? print_other_exchanges(store, options) : base::Result<void>();
}

int report_exchanges(const ReportOptions& options) {
  const auto store = open_existing_store(options.store, options.store_keys);
  if (!store) {
    std::cerr << "pas-adapter: " << store.error().message << "\n";
    return kUsage;
  }
  const auto printed = print_exchanges(**store, options);
  if (printed) return kDone;
  std::cerr << "pas-adapter: " << printed.error().message << "\n";
  return kFailed;
}

constexpr const char* kExitCodes =
    "Exit code: 0 printed; 1 the store cannot be read; 2 wrong call, or there is no such store.";

void add_report_options(CLI::App& command, ReportOptions& options) {
  command.add_option("--store", options.store, "sqlite:FILE or postgres:CONNINFO")
      ->envname("PAS_STORE")
      ->capture_default_str();
  command.add_option("--store-keys", options.store_keys, kStoreKeysAbout)->envname("PAS_STORE_KEYS");
  command.add_option("--year", options.year, "Year of the submission, UTC")
      ->check(CLI::Range(2000, 2999).description(""))
      ->type_name("YYYY")
      ->required();
  command.add_option("--payer", options.payer, "One payer, by its id; all without it");
  command.footer(kExitCodes);
}

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report = app.add_subcommand("report", "Figures from a store");
  report->require_subcommand(1);
  CLI::App* exchanges = report->add_subcommand(
      "exchanges", "PASMetricData of each request of a year, and of each exchange about none, one JSON object a line");
  add_report_options(*exchanges, *options);
  exchanges->callback([options, &exit_code] { exit_code = report_exchanges(*options); });
  CLI::App* cms = report->add_subcommand("cms", "What CMS-0057-F asks payers to publish of a year");
  add_report_options(*cms, *options);
  cms->add_option("--format", options->format, "csv, json, or html: a page to publish")
      ->check(CLI::IsMember({"csv", "json", "html"}))
      ->capture_default_str();
  cms->callback([options, &exit_code] { exit_code = report_cms(*options); });
}

}  // namespace pas::cli
