#pragma once
// One run of the kit (kit.h): what its checks share. Internal to this folder.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/conformance/kit.h"
#include "adapter/conformance/listener.h"
#include "adapter/conformance/must_support.h"
#include "fhir/json/document.h"

namespace pas::conformance {

using Holes = std::map<std::string, std::string, std::less<>>;

class Run {
 public:
  // `common` holds the patches, and what answers call for.
  Run(const Settings& settings, const service::ValidationService& validation, const base::Clock& clock, Holes holes,
      Listener& listener, MustSupport& must_support, json::Node common);

  // `bundle` is what "bundle" of its steps means.
  CheckResult check(json::Node check, const NamedBundle& bundle);
  // By the faults of all answers so far.
  CheckResult profiles() const;

 private:
  struct Verdict {
    Result result = Result::kPassed;
    std::string reason = {};
  };
  struct Exchange {
    std::string line;  // what was asked
    std::string sent;
    std::string type;  // of what was sent
    Answer answer;

    std::string summary() const;  // one line
    std::string request() const;
    std::string response() const;
  };

  bool can_hear() const;
  // Why there is not all that the words name; empty when there is.
  std::string lack_of(std::string_view needs) const;
  Verdict step(json::Node step, const NamedBundle& bundle, Holes& holes, Exchange& exchange);
  std::optional<std::string> hear(std::string_view wanted);  // the first since the check began for which it is true
  base::Result<std::string> body_of(json::Node step, const NamedBundle& bundle, Holes& holes);
  Verdict judge(json::Node step, const Exchange& exchange, Holes& holes);
  // Its bundles by their profiles and must-support elements.
  void look_at(json::Node answer, const std::string& check_id, const Exchange& exchange);
  void call_for(json::Node answer, const std::string& sent, const std::string& check_id);
  void validate(json::Node resource, const std::string& check_id, const Exchange& exchange);

  const Settings& settings_;
  const service::ValidationService& validation_;
  const base::Clock& clock_;
  const Holes holes_;
  Listener& listener_;
  MustSupport& must_support_;
  const json::Node common_;
  Client client_;
  std::size_t claims_ = 0;
  std::size_t heard_before_ = 0;  // notifications before this check
  std::size_t silences_ = 0;      // requests in a row without an answer
  std::size_t validated_ = 0;
  std::set<std::string, std::less<>> sent_urls_;  // fullUrls
  std::map<std::string, std::string> faults_;     // each with the check that met it first
  Exchange faulty_;                               // the first
};

}  // namespace pas::conformance
