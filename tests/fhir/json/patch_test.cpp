#include "fhir/json/patch.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

std::string after(const std::string& text, const std::string& operations) {
  const auto document = json::Document::parse(operations).value();
  const auto patched = json::patched(text, document.root());
  return patched ? *patched : patched.error().message;
}

TEST(JsonPatch, AddsReplacesRemovesAndCopies) {
  const std::string text = R"({"a":[1,2],"b":{"c":"x"}})";
  EXPECT_EQ(after(text, R"([{"op":"add","path":"/a/0","value":0}])"), R"({"a":[0,1,2],"b":{"c":"x"}})");
  EXPECT_EQ(after(text, R"([{"op":"add","path":"/a/-","value":3}])"), R"({"a":[1,2,3],"b":{"c":"x"}})");
  EXPECT_EQ(after(text, R"([{"op":"add","path":"/b/c","value":1.0}])"), R"({"a":[1,2],"b":{"c":1.0}})");
  EXPECT_EQ(after(text, R"([{"op":"replace","path":"/a/1","value":[]}])"), R"({"a":[1,[]],"b":{"c":"x"}})");
  EXPECT_EQ(after(text, R"([{"op":"remove","path":"/a"},{"op":"copy","from":"/b/c","path":"/d"}])"),
            R"({"b":{"c":"x"},"d":"x"})");
  EXPECT_EQ(after(R"({"a/b":1,"~":2})", R"([{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/~0"}])"), "{}");
}

TEST(JsonPatch, TellsWhatDoesNotFit) {
  const std::string text = R"({"a":[1,2]})";
  EXPECT_EQ(after(text, R"([{"op":"replace","path":"/b","value":1}])"), "nothing to replace at /b");
  EXPECT_EQ(after(text, R"([{"op":"remove","path":"/a/2"}])"), "nothing to remove at /a/2");
  EXPECT_EQ(after(text, R"([{"op":"add","path":"/b/c","value":1}])"), "nothing to add at /b/c");
  EXPECT_EQ(after(text, R"([{"op":"copy","from":"/a/x","path":"/b"}])"), "nothing to copy at /b");
  EXPECT_NE(after("{", R"([{"op":"remove","path":"/a"}])").find("not JSON"), std::string::npos);
}

}  // namespace
}  // namespace pas
