#include "fhir/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace pas {
namespace {

TEST(Utf8, TakesEveryPlane) {
  EXPECT_FALSE(base::invalid_utf8_at(""));
  EXPECT_FALSE(base::invalid_utf8_at("plain ASCII of more than sixteen bytes"));
  EXPECT_FALSE(base::invalid_utf8_at("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x92\x8A \xEF\xBF\xBF \xF4\x8F\xBF\xBF"));
}

TEST(Utf8, NamesTheFirstBadByte) {
  const std::string lead(20, 'a');
  for (const std::string bad :
       {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x92", "\xE2\x28\xA1", "\xE2\x82\x28"}) {
    EXPECT_EQ(base::invalid_utf8_at(lead + bad), 20U);
    EXPECT_EQ(base::invalid_utf8_at(lead + bad + lead), 20U);
  }
}

TEST(Utf8, IsMadeValidByteByByte) {
  EXPECT_EQ(base::with_valid_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(base::with_valid_utf8("a\xE2\x82z\xFF"), "a\uFFFD\uFFFDz\uFFFD");
}

}  // namespace
}  // namespace pas
