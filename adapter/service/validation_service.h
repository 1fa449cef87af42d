#pragma once
// What a body is checked by: FHIR R4, US Core, the profiles of each PAS version and the rules of PAS that no profile
// tells, in one report. `$submit`, `$validate` and `validate` on the command line are this same service.
//
// The definitions are loaded once, at start. Immutable afterwards: any number of threads may check.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/package.h"
#include "fhir/json/bundle_index.h"
#include "fhir/validation/validator.h"
#include "mappings/pas/request.h"
#include "mappings/pas/version.h"

namespace pas::service {

class ValidationService {
 public:
  // What the operator should see once, at start.
  struct Loading {
    std::chrono::microseconds time{0};
    std::vector<definitions::PackageId> missing;  // needed by the packages here; what they define is not checked
    std::vector<std::string> remarks;             // definitions of `packages` that were left out, and why
  };

  struct Options {
    std::vector<std::string> guides = {};              // built-in packages besides PAS and what it needs: NAME#VERSION
    std::vector<std::filesystem::path> packages = {};  // others, compiled now: .tgz, folder, or compiled (.pasdef)
  };
  // The definitions of `packages` come before those of `guides`, and those before the rest, where a canonical without a
  // version may mean several. An error names the package.
  static base::Result<std::shared_ptr<const ValidationService>> load(const Options& options);

  // Reads a $submit, or an $inquire, of `version` (null: the newest) with every fault of it: those of
  // pas::read_request() and those by the request profiles, a fault that both find once. Errors refuse the request. What
  // PAS lets a receiver pass over is a warning: codes outside value sets that are not known here in full, extensions in
  // places that their definition does not name, resources that meet US Core's profile only. Attachments are not decoded
  // for it: the inputs look at those that count.
  pas::ReadOutcome read_request(const json::BundleIndex& index, const pas::Version* version,
                                std::chrono::system_clock::time_point now,
                                pas::Purpose purpose = pas::Purpose::kSubmit) const;

  struct Question {
    const pas::Version* version = nullptr;   // whose profiles; null: the newest
    std::vector<std::string> profiles = {};  // to be met besides those that the resource claims
    std::chrono::system_clock::time_point now;
    validation::Severity least = validation::Severity::kInformation;  // issues of less weight are left out
    bool as_receiver = false;  // what PAS lets a receiver pass over is a warning, as of read_request()
  };
  // Any resource, by the profiles it claims and those asked for. A PAS request Bundle is checked as one, as $submit
  // would, unless another profile is asked for.
  validation::Report validate(const json::BundleIndex& index, const Question& question) const;

  // Whether the profile is here.
  bool knows(std::string_view canonical, const pas::Version* version) const;

  const Loading& loading() const { return loading_; }

 private:
  struct Release {
    std::string version;  // of PAS
    std::unique_ptr<const validation::Validator> validator;
  };
  ValidationService() = default;
  const validation::Validator& validator_of(const pas::Version* version) const;

  std::vector<Release> releases_;  // the newest last
  Loading loading_;
};

}  // namespace pas::service
