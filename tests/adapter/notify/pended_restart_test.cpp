// kill -9 of the real process in the life of pended cases: while they are submitted, a reviewer decides, information
// arrives, deadlines pass and scripted outcomes follow. What was acknowledged is there, nothing is there twice, and
// subscribers are told of each change once they can be.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "adapter/store/store.h"
#include "fhir/base/digest.h"
#include "fhir/json/document.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/adapter/notify/listener.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::http_request;
using support::Listener;
using support::Received;
using support::RunningAdapter;

constexpr int kPendedKills = 15;
constexpr std::string_view kNotFinal = "more-to-come-";
constexpr std::string_view kFhirJson = "Content-Type: application/fhir+json\r\n";
constexpr const char* kForAPerson = "row-02-insulin-pump.json";
constexpr const char* kForInformation = "row-10-two-documents-missing.json";

struct Waiting {
  std::string case_id;
  std::string member;
};

// What was asked of the adapter, and what it acknowledged: a name that the change carries, and whether it was answered.
using Asked = std::map<std::string, bool>;

// The sample with a Claim and a member of its own.
struct Template {
  std::string text;
  std::string claim;
  std::string member;
  explicit Template(const char* sample)
      : text(support::read_file(support::repo_path(std::string("samples/bundles/") + sample))) {
    const auto document = json::Document::parse(text).value();
    for (const json::Node entry : document.root()["entry"]) {
      const json::Node resource = entry["resource"];
      const std::string value(resource["identifier"].at(0)["value"].text());
      if (resource["resourceType"].text() == "Claim") claim = value;
      if (resource["resourceType"].text() == "Patient") member = value;
    }
  }
  std::string bundle(const std::string& number) const {
    std::string made = text;
    for (const std::string& from : {claim, member}) {
      for (std::size_t at = 0; (at = made.find(from, at)) != std::string::npos; at += number.size()) {
        made.replace(at, from.size(), number);
      }
    }
    return made;
  }
};

class PendedRestart : public testing::Test {
 protected:
  // One adapter from its start to its kill, with three at work on it.
  void round(const std::vector<std::string>& arguments, std::chrono::milliseconds life) {
    RunningAdapter adapter(arguments);
    ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
    const std::string output = adapter.process().output();
    const std::string before = "admin routes at http://127.0.0.1:";
    const auto admin = static_cast<std::uint16_t>(std::stoi(output.substr(output.find(before) + before.size())));
    is_silent_ = true;
    std::vector<std::thread> workers;
    workers.emplace_back([&] { submit_all(adapter.port()); });
    workers.emplace_back([&] { review_all(admin); });
    workers.emplace_back([&] { send_all(adapter.port()); });
    while (is_silent_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(life);
    adapter.process().signal(SIGKILL);
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(adapter.process().wait(), -SIGKILL);
  }

  void submit_all(std::uint16_t port) {
    support::HttpClient client(port);
    for (;;) {
      const int number = ++numbered_;
      const bool is_for_a_person = number % 2 == 0;
      const std::string member = "8" + std::to_string(10'000'000 + number);
      const std::string bundle = (is_for_a_person ? person_ : information_).bundle(member);
      {
        const std::lock_guard lock(mutex_);
        submitted_[bundle] = {};
      }
      const auto answer = client.exchange(support::submit_request(bundle));
      is_silent_ = false;
      if (!answer) return;
      ASSERT_EQ(answer->status, 200) << answer->body;
      const std::string id = support::response_id(answer->body);
      const std::lock_guard lock(mutex_);
      submitted_[bundle] = id;
      (is_for_a_person ? for_a_person_ : for_information_).push_back({id, member});
    }
  }

  // Every case that waits for a person is decided; each try has a name of its own.
  void review_all(std::uint16_t port) {
    support::HttpClient client(port);
    for (;;) {
      const auto waiting = next(for_a_person_);
      const std::string name = "reviewer-" + std::to_string(++named_);
      if (waiting) note(reviewed_, name, false);
      const auto answer =
          client.exchange(waiting ? http_request("POST", "/admin/cases/" + waiting->case_id + "/decision",
                                                 R"({"revision":1,"reviewer":{"name":")" + name +
                                                     R"("},"items":[{"sequence":1,"action":"A1"}]})",
                                                 "Content-Type: application/json\r\n")
                                  : http_request("GET", "/admin/queue"));
      if (!answer) return;
      ASSERT_EQ(answer->status, 200) << answer->body;
      if (waiting) note(reviewed_, name, true);
    }
  }

  // Something arrives for every other case that waits for information, twice; the rest meets its deadline.
  void send_all(std::uint16_t port) {
    support::HttpClient client(port);
    for (bool is_final = false;; is_final = !is_final) {
      const auto waiting = is_final ? last_ : next(for_information_);
      last_ = waiting;
      const std::string name = (is_final ? "final-" : std::string(kNotFinal)) + std::to_string(++named_);
      if (waiting) note(arrived_, name, false);
      const auto answer = client.exchange(
          waiting ? http_request("POST", "/fhir/$submit-attachment", attachment(*waiting, name, is_final), kFhirJson)
                  : http_request("GET", "/healthz"));
      if (!answer) return;
      ASSERT_EQ(answer->status, 200) << answer->body;
      if (waiting) note(arrived_, name, true);
    }
  }

  static std::string attachment(const Waiting& waiting, const std::string& name, bool is_final) {
    std::string body =
        R"({"resourceType":"Parameters","parameter":[{"name":"TrackingId","valueIdentifier":{"value":")" +
        waiting.case_id + R"(-attachments"}},{"name":"AttachTo","valueCode":"preauth"},{"name":"MemberId",)" +
        R"("valueIdentifier":{"value":")" + waiting.member + R"("}},{"name":"Attachment","part":[{"name":"LineItem",)" +
        R"("valueString":"1"},{"name":"Content","resource":{"resourceType":"DocumentReference","status":"current",)" +
        R"("description":")" + name +
        R"(","content":[{"attachment":{"contentType":"text/plain","data":"eA=="}}]}}]},)" +
        R"({"name":"Final","valueBoolean":)" + (is_final ? "true" : "false") + "}]}";
    return body;
  }

  std::optional<Waiting> next(std::vector<Waiting>& waiting) {
    const std::lock_guard lock(mutex_);
    if (waiting.empty()) return std::nullopt;
    Waiting last = waiting.back();
    waiting.pop_back();
    return last;
  }

  void note(Asked& asked, const std::string& name, bool is_answered) {
    const std::lock_guard lock(mutex_);
    asked[name] = is_answered;
  }

  Template person_{kForAPerson};
  Template information_{kForInformation};
  std::mutex mutex_;
  std::map<std::string, std::string> submitted_;  // Bundle to case; empty while it is in doubt
  std::vector<Waiting> for_a_person_;
  std::vector<Waiting> for_information_;
  std::optional<Waiting> last_;
  Asked reviewed_;
  Asked arrived_;
  std::atomic<int> numbered_ = 0;
  std::atomic<int> named_ = 0;
  std::atomic<bool> is_silent_ = true;  // nothing was answered in this round yet
};

// How often each name stands there.
using Found = std::map<std::string, int>;

struct Kept {
  Found hashes;     // of requests
  Found reviewers;  // of history
  Found documents;  // descriptions of supplements
  int deadlines = 0;
  std::int64_t told = 0;    // changes that subscribers hear of
  bool is_waiting = false;  // for a deadline that has not passed
};

void read_history(store::Store& store, const store::Case& record, Kept& kept) {
  const auto history = store.history(record.id).value();
  EXPECT_EQ(static_cast<std::int64_t>(history.size()), record.revision) << record.id;
  std::int64_t revision = 0;
  int deadlines = 0;
  for (const store::HistoryEntry& entry : history) {
    EXPECT_EQ(entry.revision, ++revision) << record.id;
    if (entry.action == "review") ++kept.reviewers[entry.actor];
    if (entry.action == "deadline") ++deadlines;
  }
  EXPECT_LE(deadlines, 1) << record.id;
  kept.deadlines += deadlines;
  kept.told += record.revision - 1;
  for (const store::Supplement& supplement : store.supplements(record.id).value()) {
    const auto document = json::Document::parse(supplement.json).value();
    const std::string name(document.root()["resource"]["description"].text());
    ++kept.documents[name];
    if (name.starts_with(kNotFinal)) --kept.told;
  }
}

Kept read_store(store::Store& store) {
  Kept kept;
  std::set<std::string> numbers;
  std::optional<std::int64_t> before;
  do {
    const auto page = store.list_cases({}, before, store::kMaxCases).value();
    for (const store::Case& record : page.cases) {
      ++kept.hashes[record.request_sha256];
      read_history(store, record, kept);
      const store::Item& item = record.items.at(0);
      kept.is_waiting = kept.is_waiting || (item.action == "A4" && item.reason == "0U");
      const std::string& number = item.authorization_number;
      if (number.empty()) continue;
      EXPECT_TRUE(numbers.insert(number).second) << number << " was given twice";
    }
    before = page.continue_before;
  } while (before);
  EXPECT_EQ(store.verify().value(), std::vector<std::string>());
  return kept;
}

// What was acknowledged is there once; what was in doubt once or not at all.
void expect_once(const Asked& asked, const Found& found) {
  for (const auto& [name, is_answered] : asked) {
    const auto times = found.find(name);
    const int count = times == found.end() ? 0 : times->second;
    EXPECT_LE(count, 1) << name;
    if (!is_answered) continue;
    EXPECT_EQ(count, 1) << name << " was acknowledged";
  }
}

// The numbers of the events that arrived.
std::set<std::int64_t> numbers_of(const std::vector<Received>& received) {
  std::set<std::int64_t> numbers;
  for (const Received& each : received) {
    const std::int64_t number = notify_test::event_number(each.body);
    if (number > 0) numbers.insert(number);
  }
  return numbers;
}

TEST_F(PendedRestart, KillNineLosesAndDoublesNothing) {
  support::TemporaryFolder folder;
  const std::string file = "sqlite:" + folder.file("store.db");
  Listener listener([](std::size_t, const Received&) { return 200; });
  notify_test::put_active_subscription(file, listener.url(), "anonymous", {"2093401281", "2071258463"});
  const std::vector<std::string> arguments = {"--store",
                                              file,
                                              "--admin-listen",
                                              "127.0.0.1:0",
                                              "--notify-allow-http",
                                              "--notify-allow-host",
                                              "127.0.0.1",
                                              "--public-url",
                                              "http://payer.example",
                                              "--decide-within",
                                              "1s",
                                              "--alarm-before-deadline",
                                              "1s",
                                              "--deny-at-deadline"};
  std::mt19937 random(20261128);
  for (int kill = 0; kill < kPendedKills; ++kill) round(arguments, std::chrono::milliseconds(random() % 300));

  // The rest happens: deadlines pass, subscribers are told.
  Kept kept;
  std::int64_t told = 0;
  for (int start = 0; start < 20; ++start) {
    RunningAdapter adapter(arguments);
    ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
    std::this_thread::sleep_for(std::chrono::milliseconds(1'200));
    EXPECT_EQ(adapter.stop(), 0);
    const auto store = store::open_store(file).value();
    kept = read_store(*store);
    told = store->find_subscription("s-1").value()->event_count;
    const auto numbers = numbers_of(listener.received());
    if (!kept.is_waiting && !numbers.empty() && *numbers.rbegin() == told) break;
  }
  EXPECT_FALSE(kept.is_waiting);
  EXPECT_EQ(told, kept.told) << "an event for each change";
  const auto numbers = numbers_of(listener.received());
  EXPECT_EQ(static_cast<std::int64_t>(numbers.size()), told) << "each is told";
  EXPECT_EQ(numbers.empty() ? 0 : *numbers.rbegin(), told) << "without gaps";

  Asked hashes;
  for (const auto& [bundle, id] : submitted_) hashes[base::sha256_hex(bundle)] = !id.empty();
  expect_once(hashes, kept.hashes);
  expect_once(reviewed_, kept.reviewers);
  expect_once(arrived_, kept.documents);
  for (const auto& [what, asked] :
       {std::pair("submissions", &hashes), {"reviews", &reviewed_}, {"arrivals", &arrived_}}) {
    EXPECT_GE(std::ranges::count(*asked, true, &Asked::value_type::second), 1) << what;
  }
  EXPECT_GE(submitted_.size(), std::size_t{kPendedKills});
  EXPECT_GE(kept.deadlines, 1);
}

}  // namespace
}  // namespace pas
