#include "adapter/service/case_service.h"

#include <gtest/gtest.h>

#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"

namespace pas {
namespace {

TEST(CaseService, WhatArrivesIsNotStoredAfterTheDeadline) {
  service_test::Adapter adapter;
  adapter.submit(service_test::sample("row-02-insulin-pump.json"));
  const auto id = adapter.store->list_cases({}, {}, 1)->cases.at(0).id;
  service::CaseService::Options options;
  options.base_url = [](std::string_view) { return "http://payer.example"; };
  options.versions = {&v2_2_1::kVersion};
  const service::CaseService cases(*adapter.adjudicator, *adapter.store, adapter.clock, options);
  service::Arrival arrival;
  arrival.is_final = false;
  arrival.deadline = std::chrono::steady_clock::time_point::min();
  const auto late = cases.arrive(id, arrival);
  ASSERT_TRUE(std::holds_alternative<base::Error>(late));
  EXPECT_EQ(std::get<base::Error>(late).code, base::ErrorCode::kTimeout);
  EXPECT_EQ((*adapter.store->find_case(id))->revision, 1);
  arrival.deadline = std::chrono::steady_clock::time_point::max();
  EXPECT_TRUE(std::holds_alternative<service::Revised>(cases.arrive(id, arrival)));
  EXPECT_EQ((*adapter.store->find_case(id))->revision, 2);
}

}  // namespace
}  // namespace pas
