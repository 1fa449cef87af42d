#include "adapter/cli/serve_inputs.h"

#include <sstream>
#include <string>
#include <utility>

namespace pas::cli {
namespace {

void report_loading(const service::ValidationService::Loading& loading, observe::Log& log) {
  log.write(observe::Severity::kInfo, "cli.definitions_loaded", {}, {{"us", loading.time.count()}});
  std::string missing;
  for (const definitions::PackageId& id : loading.missing)
    missing.append(missing.empty() ? "" : ", ").append(id.to_string());
  if (!missing.empty()) log.write(observe::Severity::kInfo, "cli.packages_missing", {}, {{"packages", missing}});
  for (const std::string& remark : loading.remarks) {
    log.write(observe::Severity::kWarning, "cli.definition_left_out", {}, {{"what", remark}});
  }
}

template <class T>
void add_mistake(const base::Result<T>& loaded, std::string& mistakes) {
  if (!loaded) mistakes.append("pas-adapter: ").append(loaded.error().message).append("\n");
}
template <class T>
void add_mistake(const Loaded<T>& loaded, std::string& mistakes) {
  if (!loaded) mistakes.append(loaded.error());
}

}  // namespace

LoadedBasis load_basis(const ServeOptions& options) {
  std::vector<std::string> mistakes;
  auto policies = policy::PolicySet::load(options.policies);
  if (!policies) mistakes = mistakes_of(policies.error(), options.policies);
  auto payers = policies ? load_payers(options.payers, **policies) : Loaded<std::shared_ptr<const gateway::Payers>>();
  if (!payers) {
    std::istringstream lines(payers.error());
    for (std::string line; std::getline(lines, line);) mistakes.push_back(std::move(line));
  }
  auto roster = load_roster(options.providers);
  if (!roster) mistakes.push_back(roster.error().substr(0, roster.error().find_last_not_of('\n') + 1));
  if (!mistakes.empty()) return mistakes;
  return service::Basis{std::move(*policies), std::move(*payers), std::move(*roster)};
}

Loaded<ServeInputs> load_inputs(const ServeOptions& options, const base::Clock& clock, base::IdSource& ids,
                                observe::Log& log) {
  auto basis = load_basis(options);
  auto validation = load_validation(options.packages);
  auto documents = load_document_tools(options.documents);
  auto tls = load_tls(options.transport);
  auto callers = Authentication::load(options.auth, clock, ids, log);
  auto store_keys = load_store_keys(options.store_keys);
  std::string mistakes;
  for (const std::string& mistake : basis ? std::vector<std::string>() : basis.error()) {
    mistakes.append(mistake).append("\n");
  }
  add_mistake(validation, mistakes);
  add_mistake(documents, mistakes);
  add_mistake(tls, mistakes);
  add_mistake(callers, mistakes);
  add_mistake(store_keys, mistakes);
  if (!mistakes.empty()) return mistakes;
  return ServeInputs{std::move(*basis), std::move(*validation), std::move(*documents),
                     std::move(*tls),   std::move(*callers),    std::move(*store_keys)};
}

void report_inputs(const ServeInputs& inputs, observe::Log& log) {
  report_loading(inputs.validation->loading(), log);
  report_missing_tools(*inputs.documents, *inputs.basis.policies, log);
}

void report_missing_tools(const LoadedDocumentTools& tools, const policy::PolicySet& policies, observe::Log& log) {
  const std::string missing = tools.missing(policies);
  if (!missing.empty()) log.write(observe::Severity::kWarning, "cli.tools_missing", {}, {{"what", missing}});
}

}  // namespace pas::cli
