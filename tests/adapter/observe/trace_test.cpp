#include "adapter/observe/trace.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

// W3C's own example.
constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, TakesVersion00ToTheLetter) {
  EXPECT_TRUE(observe::is_traceparent(kParent));
  EXPECT_TRUE(observe::is_traceparent("00-00000000000000000000000000000001-0000000000000001-00"));
  for (const char* wrong : {
           "",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
           " 0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
       }) {
    EXPECT_FALSE(observe::is_traceparent(wrong)) << wrong;
    EXPECT_EQ(observe::trace_id(wrong), "") << wrong;
  }
}

TEST(Trace, GoesOnInASpanOfItsOwn) {
  base::RandomIds ids;
  const std::string own = observe::continue_trace(kParent, ids);
  EXPECT_TRUE(observe::is_traceparent(own)) << own;
  EXPECT_EQ(observe::trace_id(own), observe::trace_id(kParent));
  EXPECT_NE(own.substr(36, 16), kParent.substr(36, 16));
  EXPECT_NE(own, observe::continue_trace(kParent, ids));
}

// Of the flags only the lowest has a meaning.
TEST(Trace, PassesOnWhetherItIsSampled) {
  base::RandomIds ids;
  for (const auto& [given, passed] : {std::pair("00", "00"), {"01", "01"}, {"02", "00"}, {"ff", "01"}, {"fe", "00"}}) {
    const std::string parent = std::string(kParent.substr(0, 53)) + given;
    EXPECT_EQ(observe::continue_trace(parent, ids).substr(53), passed) << given;
  }
}

TEST(Trace, BeginsWhereThereIsNone) {
  base::RandomIds ids;
  for (const char* none : {"", "00-x"}) {
    const std::string own = observe::continue_trace(none, ids);
    EXPECT_TRUE(observe::is_traceparent(own)) << own;
    EXPECT_TRUE(own.ends_with("-00")) << own;
    EXPECT_NE(observe::trace_id(own), observe::trace_id(observe::continue_trace(none, ids)));
  }
}

}  // namespace
}  // namespace pas
