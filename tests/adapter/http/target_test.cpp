#include "adapter/http/target.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

using http::Method;
using http::Parameter;

TEST(Target, QueryIsSplitAndDecoded) {
  const auto target = http::parse_target("/a?identifier=urn:x|1%262&b&c=&=d&&e=f+g%2B&b=h=i?/", Method::kGet, "x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a");
  EXPECT_EQ(target->query,
            (std::vector<Parameter>{
                {"identifier", "urn:x|1&2"}, {"b", ""}, {"c", ""}, {"", "d"}, {"e", "f g+"}, {"b", "h=i?/"}}));
}

TEST(Target, PathIsDecodedWithoutPlus) {
  EXPECT_EQ(http::parse_target("/a+b/%E2%82%AC/...//c", Method::kGet, "x")->path, "/a+b/\xE2\x82\xAC/...//c");
  EXPECT_EQ(http::parse_target("/", Method::kGet, "x")->path, "/");
  EXPECT_EQ(http::parse_target("http://x?a", Method::kGet, "x")->path, "/");
}

TEST(Target, Refused) {
  for (const char* bad :
       {"",     "a",     "*",    "/a b",     "/./a", "/a/..",    "/%2e",      "/%",        "/%a",          "/%ag",
        "/%80", "/a%7f", "/a?%", "/a?b=%ff", "/a#",  "//x/../y", "http:///a", "ftp://x/a", "http://x@y/a", "/a?b=\t"}) {
    EXPECT_FALSE(http::parse_target(bad, Method::kGet, "x")) << bad;
  }
}

TEST(Request, LooksUp) {
  http::Request request;
  request.headers = {{"Accept", "a"}, {"ACCEPT", "b"}};
  request.query = {{"a", "1"}, {"a", "2"}};
  EXPECT_EQ(request.headers.find("accept"), "a");
  EXPECT_EQ(request.headers.count("accept"), 2U);
  EXPECT_FALSE(request.headers.find("accep"));
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_FALSE(request.parameter("A"));
}

}  // namespace
}  // namespace pas
