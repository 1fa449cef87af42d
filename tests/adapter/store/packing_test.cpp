#include "adapter/store/packing.h"

#include <gtest/gtest.h>

#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using store::Identifier;

TEST(Packing, CompressesAndBack) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(500'000, 'x'), support::noise(70'000, 3),
                                  std::string("\0\0", 2), support::noise(3'000'000, 4), std::string(3'000'000, 'x')}) {
    EXPECT_EQ(store::decompress(store::compress(text)), text);
  }
  EXPECT_LT(store::compress(std::string(500'000, 'x')).size(), 200U);
}

TEST(Packing, RefusesADamagedFrame) {
  const std::string frame = store::compress(support::noise(1000, 3));
  EXPECT_FALSE(store::decompress("not a frame"));
  EXPECT_FALSE(store::decompress(frame.substr(0, frame.size() - 1)));
  // A frame header that promises 2^40 bytes: nothing of that size is set aside for it.
  EXPECT_FALSE(store::decompress(std::string("\x28\xB5\x2F\xFD\xE0\0\0\0\0\0\1\0\0\1\0\0", 16)));
}

TEST(Packing, IdentifiersAndBack) {
  const std::vector<Identifier> identifiers = {{"urn:a", "1"}, {"", ""}, {"3:x", std::string("\0:|", 3)}};
  EXPECT_EQ(store::unpack_identifiers(store::pack_identifiers(identifiers)), identifiers);
  EXPECT_EQ(store::unpack_identifiers(""), std::vector<Identifier>());
}

TEST(Packing, RefusesDamagedIdentifiers) {
  for (const char* bad : {"3", "3:", "3:ab", "1:a", "x:a1:b", "-1:a1:b", ":a1:b", "1:a99999999999999999999:b"}) {
    EXPECT_FALSE(store::unpack_identifiers(bad)) << bad;
  }
}

TEST(Packing, DecisionsAndBack) {
  const std::vector<store::DecisionRecord> decisions = {{1, "{}"}, {2'000'000'000, ""}};
  const auto back = store::unpack_decisions(store::pack_decisions(decisions));
  ASSERT_EQ(back->size(), 2U);
  EXPECT_EQ((*back)[0].json, "{}");
  EXPECT_EQ((*back)[1].item_sequence, 2'000'000'000);
  for (const char* bad : {"1:1", "1:x2:{}", "0:2:{}", "2:1 2:{}", "11:999999999992:{}"}) {
    EXPECT_FALSE(store::unpack_decisions(bad)) << bad;
  }
}

}  // namespace
}  // namespace pas
