// audit verify: whether an audit file is as it was written.

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/audit/chain.h"
#include "adapter/cli/commands.h"

namespace pas::cli {
namespace {

int run_audit_verify(const std::vector<std::string>& files, const audit::VerifyOptions& options) {
  const auto verified = audit::verify(files, options);
  if (!verified) {
    std::cerr << "pas-adapter: " << verified.error().message << "\n";
    return kUsage;
  }
  if (!verified->fault.empty()) {
    std::cout << verified->fault << "\n";
    return kFailed;
  }
  std::cout << verified->events << " events, the chain is sound; last " << verified->last << "\n";
  return kDone;
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  CLI::App* audit = app.add_subcommand("audit", "Look after audit files");
  audit->require_subcommand(1);
  const auto files = std::make_shared<std::vector<std::string>>();
  const auto options = std::make_shared<audit::VerifyOptions>();
  CLI::App* command = audit->add_subcommand("verify", "Find the first broken link of the chain");
  command->add_option("file", *files, "Audit files, the oldest first: FILE.000001 FILE.000002 … FILE")->required();
  command->add_option("--from", options->from, "Hash that the first line follows, where older files are gone");
  command->add_option("--anchor", options->anchors, "Hash of a line that must be there: audit.anchor of the log");
  command->footer("Exit code: 0 sound; 1 a broken link, named by file and line; 2 wrong call, or no such file.");
  command->callback([=, &exit_code] { exit_code = run_audit_verify(*files, *options); });
}

}  // namespace pas::cli
