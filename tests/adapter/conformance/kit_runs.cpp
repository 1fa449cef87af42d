#include "tests/adapter/conformance/kit_runs.h"

#include "adapter/service/validation_service.h"

namespace pas::support {

std::string local_url(std::uint16_t port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

std::string base_path(const pas::Version& version) {
  return "/pas/" + std::string(version.name) + "/fhir";
}

conformance::Report report_of(const KitRun& run) {
  static const auto validation = service::ValidationService::load({}).value();
  static const base::SystemClock clock;
  static base::RandomIds ids;
  conformance::Settings settings{run.server + base_path(*run.version), run.version, {}};
  for (const auto& [name, text] : conformance::embedded_bundles()) {
    settings.bundles.push_back({std::string(name), std::string(text)});
  }
  settings.script = run.server + "/test/script";
  settings.other_headers = {"X-Client: other"};
  settings.patience = run.patience;
  settings.client.timeout_ms = 5'000;
  settings.only = run.only;
  return conformance::run(settings, *validation, clock, ids).value();
}

}  // namespace pas::support
