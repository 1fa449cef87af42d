#pragma once
// The service over the project's own policies, roster and a store in memory, with a fixed clock and counted ids.

#include <atomic>
#include <memory>
#include <string>

#include "adapter/service/submit_service.h"

namespace pas::service_test {

class FixedClock final : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }

 private:
  std::chrono::system_clock::time_point now_ =
      std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{9};
};

class CountedIds final : public base::IdSource {
 public:
  std::string uuid() override;

 private:
  std::atomic<int> count_ = 0;  // parts of a split request draw theirs at once
};

class Adapter {
 public:
  explicit Adapter(const std::string& store_specification = "memory", const std::string& policies = "mappings/policies",
                   std::shared_ptr<const gateway::Payers> payers = nullptr);

  service::SubmitOutcome submit(const std::string& body, const std::string& client = "ehr-1",
                                const pas::Version* version = nullptr);  // null: 2.2.1
  std::size_t stored() const;                                            // cases

  FixedClock clock;
  CountedIds ids;
  service::TestMode test_mode;
  decltype(service::SubmitService::Options::forward) forward;  // of the service; may be set at any time
  std::unique_ptr<store::Store> store;
  std::unique_ptr<service::Adjudicator> adjudicator;
  std::unique_ptr<service::SubmitService> service;
  std::shared_ptr<const service::ValidationService> validation;
};

std::string sample(const std::string& name);

}  // namespace pas::service_test
