#include "fhir/base/text.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

TEST(Text, Hex) {
  EXPECT_EQ(base::to_hex(""), "");
  EXPECT_EQ(base::to_hex(std::string_view("\x00\x7F\xFF", 3)), "007fff");
}

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(base::to_lower("AZ az-09 \xC3\x89"), "az az-09 \xC3\x89");
}

TEST(Text, EditDistance) {
  EXPECT_EQ(base::edit_distance("", ""), 0U);
  EXPECT_EQ(base::edit_distance("abc", ""), 3U);
  EXPECT_EQ(base::edit_distance("", "abc"), 3U);
  EXPECT_EQ(base::edit_distance("quantity", "quantiy"), 1U);
  EXPECT_EQ(base::edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(base::edit_distance("nmae", "name"), 1U);
  EXPECT_EQ(base::edit_distance("eman", "name"), 3U);
  EXPECT_EQ(base::edit_distance("Abc", "abc"), 1U);
}

TEST(Text, PrintableCannotSteerATerminal) {
  EXPECT_EQ(base::printable("plain \xC3\xA4\xE2\x80\xA6"), "plain \xC3\xA4\xE2\x80\xA6");
  EXPECT_EQ(base::printable("a\tb\nc\x1b[31m\x7f"), "a b?c?[31m?");
  EXPECT_EQ(base::printable("a\xC2\x9B"
                            "31m\xC2\xA0"),
            "a?31m\xC2\xA0");
  EXPECT_EQ(base::printable("\xC2"), "\xC2");
}

}  // namespace
}  // namespace pas
