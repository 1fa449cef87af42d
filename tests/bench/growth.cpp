// growth FILE FROM TO SAMPLE INQUIRY: fills the SQLite store FILE with the cases FROM to TO, and prints as JSON how
// long a $submit and an $inquire then take, in process, of one client without a pause. tests/tools/growth.py calls it.
//
// A case is what a $submit of SAMPLE stores, with numbers of its own wherever SAMPLE has R1410804 and 001410804; it is
// committed straight to the store. INQUIRY asks for SAMPLE's case.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapter/service/inquire_service.h"
#include "fhir/base/digest.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr unsigned kThreads = 64;  // commits that share a transaction
constexpr int kBlock = 20;         // cases that reserve their numbers at once
constexpr int kMeasured = 1000;
constexpr int kFirstSubmitted = 9'000'000;  // beyond all that is filled in

using Changes = std::vector<std::pair<std::string, std::string>>;

std::string changed(std::string text, const Changes& changes) {
  for (const auto& [from, to] : changes) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

std::string padded(const char* format, std::int64_t number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

Changes of_number(int number) {
  return {{"R1410804", padded("R%07ld", number)}, {"001410804", padded("01%07ld", number)}};
}

// What one $submit of the sample stores.
store::Submission stored(const std::string& sample) {
  service_test::Adapter adapter;
  const auto outcome = adapter.submit(sample, "growth");
  const std::string& id = std::get<service::Answered>(outcome).id;
  store::Submission submission;
  submission.record = **adapter.store->find_case(id);
  submission.bodies.request = **adapter.store->find_body(id, store::Body::kRequest);
  submission.bodies.response = **adapter.store->find_body(id, store::Body::kResponse);
  for (const store::Item& item : submission.record.items) {
    submission.decisions.push_back({item.sequence, **adapter.store->decision_record(id, item.sequence)});
  }
  return submission;
}

store::Submission variant(const store::Submission& original, int number, std::int64_t authorization) {
  store::Submission made = original;
  store::Case& record = made.record;
  // As scattered over the indexes as real ones.
  const std::string id = base::sha256_hex(std::to_string(number)).substr(0, 32);
  Changes changes = of_number(number);
  changes.emplace_back(record.id, id);
  changes.emplace_back(record.items[0].authorization_number, padded("A%010ld", authorization));
  for (std::string* text : {&record.id, &record.claim_full_url, &record.claim_id, &record.member_id,
                            &made.bodies.request, &made.bodies.response}) {
    *text = changed(std::move(*text), changes);
  }
  for (auto* identifiers : {&record.claim_identifiers, &record.patient_identifiers}) {
    for (store::Identifier& identifier : *identifiers) identifier.value = changed(identifier.value, changes);
  }
  for (store::Item& item : record.items) {
    for (std::string* text : {&item.authorization_number, &item.trace_number, &item.state}) {
      *text = changed(std::move(*text), changes);
    }
  }
  for (store::DecisionRecord& decision : made.decisions) decision.json = changed(std::move(decision.json), changes);
  record.request_sha256 = base::sha256_hex(made.bodies.request);
  return made;
}

void fill(store::Store& store, const std::string& sample, int from, int to) {
  const store::Submission original = stored(sample);
  std::atomic<int> next = from;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int first = next.fetch_add(kBlock); first < to; first = next.fetch_add(kBlock)) {
        const int count = std::min(kBlock, to - first);
        const std::int64_t number = store.reserve_numbers(store::Sequence::kAuthorization, count)->first;
        for (int k = 0; k < count; ++k) {
          if (!store.commit(variant(original, first + k, number + k))) std::abort();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Milliseconds of each call, printed as p50 and p99.
template <class Call>
void measure(const char* name, const Call& call) {
  std::vector<double> times;
  for (int i = 0; i < kMeasured; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    call(i);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(times);
  std::printf("\"%s_p50_ms\": %.2f, \"%s_p99_ms\": %.2f, ", name, times[kMeasured / 2], name,
              times[kMeasured * 99 / 100]);
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  using namespace pas;
  if (argc != 6) return 2;
  const int from = std::atoi(argv[2]);
  const int to = std::atoi(argv[3]);
  const std::string sample = support::read_file(argv[4]);
  const std::string inquiry = support::read_file(argv[5]);
  service_test::Adapter adapter("sqlite:" + std::string(argv[1]));
  const auto begin = std::chrono::steady_clock::now();
  fill(*adapter.store, sample, from, to);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"cases\": %d, ", to);
  base::RandomIds ids;  // the store has those of an earlier run
  const service::SubmitService submitting(*adapter.adjudicator, *adapter.store, adapter.clock, ids, {});
  // Each run on the same store sends numbers of its own.
  const int first = kFirstSubmitted + static_cast<int>(std::to_string(to).size()) * kMeasured;
  measure("submit", [&](int i) {
    const auto outcome = submitting.submit({.body = changed(sample, of_number(first + i)),
                                            .client = "growth",
                                            .version = &v2_2_1::kVersion,
                                            .base_url = "https://payer.example"});
    const auto* answered = std::get_if<service::Answered>(&outcome);
    if (answered == nullptr || answered->repeated) std::abort();
  });
  const service::InquireService inquiring(*adapter.adjudicator, *adapter.validation, *adapter.store, adapter.clock);
  measure("inquire", [&](int i) {
    const int number = static_cast<int>(static_cast<std::int64_t>(i) * 7919 * 1'000'003 % to);
    const auto outcome = inquiring.inquire({.body = changed(inquiry, of_number(number)),
                                            .client = "growth",
                                            .version = &v2_2_1::kVersion,
                                            .base_url = "https://payer.example"});
    const auto* found = std::get_if<service::InquireService::Found>(&outcome);
    if (found == nullptr || found->body.find("ClaimResponse") == std::string::npos) std::abort();
  });
  std::printf("\"fill_s\": %.1f}\n", took.count());
  return 0;
}
