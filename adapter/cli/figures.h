#pragma once
// What serve counts and tells at GET /metrics (docs/operations.md has the list).

#include "adapter/gateway/backends.h"
#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "adapter/observe/metrics.h"
#include "adapter/service/figures.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::cli {

class Figures {
 public:
  Figures();

  // For http::Options::on_answer of the listener of that name.
  http::AnswerObserver count_answers(std::string_view listener);
  // For gateway::Backends.
  gateway::TryObserver count_tries(std::string payer);
  const service::Figures& of_services() const { return services_; }
  // Adds what is asked for at each scrape. All references outlive the last one.
  void watch(const store::Store& store, const http::Server& server, const gateway::Backends& backends,
             const observe::Log& log, const base::Clock& clock);

  const observe::Registry& registry() const { return registry_; }

 private:
  observe::Registry registry_;
  observe::Counters& answers_;
  observe::Histograms& times_;
  observe::Counters& tries_;
  observe::Histograms& try_times_;
  service::Figures services_;
};

}  // namespace pas::cli
