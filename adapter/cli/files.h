#pragma once
// Files and folders that the command line names, and what every subcommand loads at its start.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/gateway/payers.h"
#include "adapter/service/validation_service.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"
#include "fhir/base/result.h"
#include "mappings/decision/cases.h"
#include "mappings/inputs/roster.h"
#include "mappings/policy/policy.h"

namespace pas::cli {

// The whole file; "-" is standard input. kNotFound when it cannot be read, kTooLarge beyond 1 GiB.
base::Result<std::string> read_all(const std::string& path);

// Files as given; a folder becomes its *.json files, sorted, those of subfolders too. kNotFound when it has none.
base::Result<std::vector<std::string>> expand(const std::vector<std::string>& paths);

// Prints on standard output what `each` returns for every path; draws a progress bar on standard error meanwhile when
// that is a terminal and there are many.
void print_each(const std::vector<std::string>& paths, const std::function<std::string(const std::string&)>& each);

// The mistakes of files below `root` (or of that file), each with a path that can be opened from here.
std::vector<std::string> mistakes_of(inputs::LoadErrors errors, const std::filesystem::path& root);

// Every mistake, ready to print, when they are refused.
template <class T>
using Loaded = boost::system::result<T, std::string>;
Loaded<std::shared_ptr<const policy::PolicySet>> load_policies(const std::string& directory);
// The same with each setting of adverse determinations, for cases.
Loaded<decision::CasePolicies> load_case_policies(const std::string& directory);
// Of --store-keys; null for an empty path.
base::Result<store::SharedKeys> load_store_keys(const std::string& path);
inline constexpr const char* kStoreKeysAbout = "File of the keys that the store is encrypted with, a line ID KEY each";
// A store to look at: kNotFound when there is none, so that a wrong name does not make one.
base::Result<std::unique_ptr<store::Store>> open_existing_store(const std::string& specification,
                                                                const std::string& keys);
// Null for an empty path: without a roster nobody's enrolment is known.
Loaded<std::shared_ptr<const inputs::Roster>> load_roster(const std::string& path);
// Null for an empty path: the policies say which payers there are.
Loaded<std::shared_ptr<const gateway::Payers>> load_payers(const std::string& path, const policy::PolicySet& policies);
// With the FHIR packages of the folder `packages` (may be empty) before the built-in ones.
Loaded<std::shared_ptr<const service::ValidationService>> load_validation(const std::string& packages);

}  // namespace pas::cli
