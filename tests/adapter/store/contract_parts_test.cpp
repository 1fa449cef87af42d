// What every store promises of the parts of a request that was split: together or not at all, and found together.

#include "fhir/base/digest.h"
#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::Body;
using support::submission;

class StoreParts : public StoreContract {
 protected:
  static std::vector<store::Submission> parts() {
    std::vector<store::Submission> made = {submission("p-1"), submission("p-2"), submission("p-3")};
    for (store::Submission& part : made) part.record.whole_id = "w-1";
    made[0].bodies.whole = "all of it";
    made[0].record.request_sha256 = base::sha256_hex("all of it");
    return made;
  }
};

TEST_P(StoreParts, AreFoundTogether) {
  commit(submission("c-1"));
  ASSERT_TRUE(store_->commit(parts()));
  const std::string client = parts()[0].record.client;
  EXPECT_EQ(ids(store_->find_parts(client, "w-1")), (Ids{"p-1", "p-2", "p-3"}));
  EXPECT_EQ(ids(store_->find_parts("another", "w-1")), Ids{});
  EXPECT_EQ(ids(store_->find_parts(client, "p-1")), Ids{});
  EXPECT_EQ(get("p-2").whole_id, "w-1");
  EXPECT_EQ(get("c-1").whole_id, "");
  EXPECT_EQ(*store_->find_body("p-1", Body::kWhole), "all of it");
  EXPECT_EQ(*store_->find_body("p-2", Body::kWhole), "");
  EXPECT_EQ(*store_->find_body("p-2", Body::kRequest), submission("p-2").bodies.request);
  EXPECT_EQ(store_->decision_record("p-3", 1)->value(), submission("p-3").decisions[0].json);
  EXPECT_EQ(*store_->verify(), std::vector<std::string>());
}

// Whichever of them cannot be stored.
TEST_P(StoreParts, AreStoredTogetherOrNotAtAll) {
  commit(submission("c-1"));
  auto update = submission("c-2");
  update.record.prior_id = "c-1";
  commit(update);
  const auto expect_refused = [this](std::size_t which, auto change, ErrorCode code) {
    auto tried = parts();
    change(tried[which]);
    const auto done = store_->commit(tried);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().message;
    for (const char* id : {"p-1", "p-2", "p-3"}) EXPECT_FALSE(*store_->find_case(id)) << id;
    EXPECT_TRUE(store_->find_parts(tried[0].record.client, "w-1")->empty());
  };
  expect_refused(
      0, [](store::Submission& part) { part.record.id = "c-1"; }, ErrorCode::kConflict);
  expect_refused(
      2, [](store::Submission& part) { part.record.id = "c-1"; }, ErrorCode::kConflict);
  expect_refused(
      1, [](store::Submission& part) { part.record.prior_id = "c-1"; }, ErrorCode::kConflict);
  expect_refused(
      2, [](store::Submission& part) { part.record.prior_id = "c-9"; }, ErrorCode::kInvalid);
  expect_refused(
      2, [](store::Submission& part) { part.record.id = "p-1"; }, ErrorCode::kInvalid);
  expect_refused(
      2,
      [](store::Submission& part) {
        part.record.request_sha256 = submission("c-1").record.request_sha256;
        part.refuse_repeat_since_ms = 0;
      },
      ErrorCode::kConflict);
  EXPECT_EQ(store_->months_authorized({"payer", "M-1", "E0781", {}}).value(), 3) << "of c-2 alone";
  EXPECT_EQ(*store_->verify(), std::vector<std::string>());
  EXPECT_EQ(store_->commit(std::span<const store::Submission>()).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(store_->commit(parts()));
}

PAS_EVERY_BACKEND(StoreParts);

}  // namespace
}  // namespace pas
