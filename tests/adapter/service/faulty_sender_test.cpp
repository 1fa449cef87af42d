// A tester's faults of notifications: each strikes once.

#include "adapter/service/faulty_sender.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pas {
namespace {

using service::Fault;

class CountingSender final : public notify::Sender {
 public:
  notify::Sent post(const notify::Post& post) override {
    bodies.push_back(post.body);
    return {201, {}, false};
  }
  std::vector<std::string> bodies;
};

TEST(FaultySender, LosesAndDoublesWhatWasAskedFor) {
  service::TestMode mode;
  CountingSender sender;
  service::FaultySender faulty(sender, mode);
  ASSERT_TRUE(mode.add_faults(
      "clinic",
      {{Fault::Kind::kStatus, 503}, {Fault::Kind::kLoseNotification}, {Fault::Kind::kDuplicateNotification}}));
  const auto post = [&faulty](const char* body) { return faulty.post({{}, {}, body}).status; };
  EXPECT_EQ(post("lost"), 200) << "it counts as sent";
  EXPECT_EQ(post("twice"), 201);
  EXPECT_EQ(post("once"), 201);
  EXPECT_EQ(sender.bodies, (std::vector<std::string>{"twice", "twice", "once"}));
  const auto left = mode.take_request_fault("clinic");
  ASSERT_TRUE(left) << "faults of requests are not of notifications";
  EXPECT_EQ(left->value, 503);
}

}  // namespace
}  // namespace pas
