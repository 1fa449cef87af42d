#include "adapter/service/cms_report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fhir/base/clock.h"

namespace pas {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr auto kMarch = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

// Cases with one or several items, each committed and, if `decided` is later, revised.
class Cases {
 public:
  Cases() : store_(store::open_store("memory").value()) {}

  std::string add(std::chrono::system_clock::time_point at, const std::string& priority,
                  const std::vector<std::string>& actions, const std::string& prior = {}) {
    store::Submission submission;
    store::Case& record = submission.record;
    record.id = "case-" + std::to_string(++count_);
    record.client = "ehr";
    record.version = "2.2.1";
    record.payer = count_ % 2 == 1 ? "husky" : "tidewater";
    record.priority = priority;
    record.prior_id = prior;
    record.received_at_ms = base::to_ms(at);
    record.request_sha256 = record.id;
    int sequence = 0;
    for (const std::string& action : actions) {
      store::Item& item = record.items.emplace_back();
      item.sequence = ++sequence;
      item.action = action;
      submission.decisions.push_back({sequence, R"({"decision": {"action": ")" + action + "\"}}"});
    }
    const bool is_pended = std::ranges::count(actions, "A4") > 0;
    record.status = is_pended ? store::Status::kPended : store::Status::kDecided;
    EXPECT_TRUE(store_->commit(submission));
    return record.id;
  }

  void decide(const std::string& id, std::chrono::system_clock::time_point at, const std::string& action) {
    store::Revision revision;
    revision.case_id = id;
    revision.expected_revision = 1;
    revision.items = (*store_->find_case(id))->items;
    for (store::Item& item : revision.items) item.action = action;
    revision.at_ms = base::to_ms(at);
    revision.actor = "a reviewer";
    revision.action = "review";
    EXPECT_TRUE(store_->revise(revision));
  }

  const store::Store& store() const { return *store_; }

 private:
  std::unique_ptr<store::Store> store_;
  int count_ = 0;
};

TEST(CmsReport, CountsItemsByPriority) {
  Cases cases;
  cases.add(kMarch, "normal", {"A1", "A3", "NA"});  // at once
  cases.decide(cases.add(kMarch, "normal", {"A4"}), kMarch + hours(24), "A6");
  cases.decide(cases.add(kMarch, "normal", {"A4"}), kMarch + days(8), "A1");  // after the seven days
  cases.decide(cases.add(kMarch, "stat", {"A4"}), kMarch + hours(80), "A1");  // after the 72 hours
  cases.decide(cases.add(kMarch, "stat", {"A3"}), kMarch + hours(10), "A1");  // denied before
  cases.add(kMarch, "stat", {"A4"});
  cases.add(kMarch - days(100), "normal", {"A1"});  // of the year before

  const auto report = service::cms_report(cases.store(), 2026, "");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->standard.approved, 3);
  EXPECT_EQ(report->standard.denied, 1);
  EXPECT_EQ(report->standard.approved_after_extension, 1);
  EXPECT_EQ(report->standard.approved_after_appeal, 0);
  EXPECT_EQ(report->standard.pended, 0);
  EXPECT_EQ(report->expedited.approved, 2);
  EXPECT_EQ(report->expedited.denied, 0);
  EXPECT_EQ(report->expedited.approved_after_extension, 1);
  EXPECT_EQ(report->expedited.approved_after_appeal, 1);
  EXPECT_EQ(report->expedited.pended, 1);

  const std::string csv = service::to_csv(*report);
  EXPECT_NE(csv.find("2026,,standard,approved_percent,75.0\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("2026,,standard,mean_hours,54.00\n"), std::string::npos) << csv;    // 0, 0, 24 and 192
  EXPECT_NE(csv.find("2026,,standard,median_hours,12.00\n"), std::string::npos) << csv;  // between 0 and 24
  EXPECT_NE(csv.find("2026,,expedited,median_hours,45.00\n"), std::string::npos) << csv;
  EXPECT_NE(service::to_json(*report).find(R"("denied_percent":25.0)"), std::string::npos) << service::to_json(*report);
  EXPECT_NE(service::to_html(*report).find("<td>Approved, per cent</td><td>75.0</td><td>100.0</td>"),
            std::string::npos);
}

TEST(CmsReport, IsOfOnePayer) {
  Cases cases;
  cases.add(kMarch, "normal", {"A1"});
  cases.add(kMarch, "normal", {"A3"});
  const auto report = service::cms_report(cases.store(), 2026, "tidewater");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->standard.approved, 0);
  EXPECT_EQ(report->standard.denied, 1);
}

// Its time runs from the first submission, and it is one request.
TEST(CmsReport, AnUpdateCountsWithWhatItChanges) {
  Cases cases;
  const std::string first = cases.add(kMarch, "normal", {"A4"});
  cases.add(kMarch + hours(6), "normal", {"A1"}, first);
  const std::string old = cases.add(kMarch - days(70), "normal", {"A4"});  // begun in the year before
  cases.add(kMarch, "normal", {"A1"}, old);
  const auto report = service::cms_report(cases.store(), 2026, "");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->standard.decided(), 1);
  EXPECT_EQ(report->standard.pended, 0);
  EXPECT_EQ(report->standard.times_ms, (std::vector<std::int64_t>{21'600'000}));
}

TEST(CmsReport, WithoutDecisionsThereIsNoPercentage) {
  const Cases cases;
  const auto report = service::cms_report(cases.store(), 2026, "");
  ASSERT_TRUE(report);
  EXPECT_NE(service::to_csv(*report).find("2026,,standard,denied_percent,\n"), std::string::npos);
  EXPECT_EQ(service::to_json(*report).find("percent"), std::string::npos);
}

}  // namespace
}  // namespace pas
