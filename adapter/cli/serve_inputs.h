#pragma once
// What serve reads from files before anything runs.

#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/auth_options.h"
#include "adapter/cli/document_tools.h"
#include "adapter/cli/files.h"
#include "adapter/cli/serve_options.h"
#include "adapter/http/tls.h"
#include "adapter/service/adjudicator.h"
#include "adapter/store/sealing.h"

namespace pas::cli {

struct ServeInputs {
  service::Basis basis;
  std::shared_ptr<const service::ValidationService> validation;
  std::unique_ptr<const LoadedDocumentTools> documents;
  std::shared_ptr<http::Tls> tls;  // null for plain HTTP
  std::unique_ptr<Authentication> callers;
  store::SharedKeys store_keys;  // null: nothing is encrypted
};

// Or every mistake at once, ready to print. `clock`, `ids` and `log` outlive what is loaded.
Loaded<ServeInputs> load_inputs(const ServeOptions& options, const base::Clock& clock, base::IdSource& ids,
                                observe::Log& log);

// The part that a reload takes anew; or each mistake.
using LoadedBasis = boost::system::result<service::Basis, std::vector<std::string>>;
LoadedBasis load_basis(const ServeOptions& options);

// What an operator should know of them: what is missing, and what was left out.
void report_inputs(const ServeInputs& inputs, observe::Log& log);
void report_missing_tools(const LoadedDocumentTools& tools, const policy::PolicySet& policies, observe::Log& log);

}  // namespace pas::cli
