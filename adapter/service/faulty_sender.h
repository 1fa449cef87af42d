#pragma once
// Loses or doubles a notification when a tester asked for it (test_mode.h). Any thread.

#include "adapter/notify/http_sender.h"
#include "adapter/service/test_mode.h"

namespace pas::service {

class FaultySender final : public notify::Sender {
 public:
  // Both outlive it.
  FaultySender(notify::Sender& sender, TestMode& mode) : sender_(sender), mode_(mode) {}

  notify::Sent post(const notify::Post& post) override {
    const auto fault = mode_.take_notification_fault();
    if (fault && fault->kind == Fault::Kind::kLoseNotification) return {200, {}, false};
    if (fault) (void)sender_.post(post);
    return sender_.post(post);
  }

 private:
  notify::Sender& sender_;
  TestMode& mode_;
};

}  // namespace pas::service
