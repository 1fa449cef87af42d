#include "fhir/json/document.h"

#include <gtest/gtest.h>

#include <string>

#include "fhir/json/writer.h"

namespace pas {
namespace {

using json::Document;
using json::ParseError;

Document parse(std::string text) {
  auto parsed = Document::parse(std::move(text));
  EXPECT_TRUE(parsed) << parsed.error().message;
  return std::move(*parsed);
}

ParseError refused(std::string text, const json::Limits& limits = {}) {
  auto parsed = Document::parse(std::move(text), limits);
  EXPECT_FALSE(parsed);
  return parsed ? ParseError{} : parsed.error();
}

TEST(Document, KeepsNumbersAsWritten) {
  const std::string text = R"({"a":1.0,"b":1.10,"c":-0,"d":12345678901234567890.123456789,"e":1E+3,"f":[0.1,2]})";
  EXPECT_EQ(parse(text).root().to_json(), text);
  EXPECT_EQ(parse(text).root()["b"].text(), "1.10");
}

TEST(Document, UnescapesStrings) {
  const Document document = parse(R"({"a\n":"x\u00e9\ud83d\udc8a\"\\\/"})");
  EXPECT_EQ((*document.root().begin()).key(), "a\n");
  EXPECT_EQ((*document.root().begin()).text(), "x\xC3\xA9\xF0\x9F\x92\x8A\"\\/");
}

TEST(Document, ChainsThroughAbsentNodes) {
  const Document document = parse(R"({"resourceType":"Bundle","entry":[{"x":1},{"x":null}]})");
  const json::Node root = document.root();
  EXPECT_EQ(root["entry"].at(0)["x"].text(), "1");
  EXPECT_TRUE(root["entry"].at(1)["x"].is_null());
  EXPECT_FALSE(root["entry"].at(2)["x"]["y"]);
  EXPECT_FALSE(root["nothing"].at(3));
  EXPECT_EQ(root["nothing"].text(), "");
  EXPECT_EQ(root["nothing"].begin(), root["nothing"].end());
}

TEST(Document, NamesPlaces) {
  const std::string text =
      "{\"resourceType\":\"Bundle\",\n \"entry\":[{},{\"resource\":{\"item\":[{\"quantity\":2}]}}]}";
  const Document document = parse(text);
  const json::Node quantity = document.root()["entry"].at(1)["resource"]["item"].at(0)["quantity"];
  EXPECT_EQ(quantity.path(), "Bundle.entry[1].resource.item[0].quantity");
  EXPECT_EQ(quantity.path(document.root()["entry"].at(1)["resource"]), "$this.item[0].quantity");
  EXPECT_EQ(text.substr(quantity.offset(), 1), "2");
  EXPECT_EQ(json::locate(text, quantity.offset()).line, 2U);
  EXPECT_EQ(json::locate(text, quantity.offset()).column, quantity.offset() - text.find('\n'));
  for (const json::Node child : document.root()) {
    EXPECT_TRUE(text.find('[', child.offset()) == child.offset() || child.is_string());
  }
}

TEST(Document, OffsetsOfLiterals) {
  const std::string text = R"([ true , false , null , -12.5 , "s" , { } ])";
  const Document document = parse(text);
  const char* starts[] = {"true", "false", "null", "-12.5", "s\"", "{"};
  std::size_t i = 0;
  for (const json::Node node : document.root()) EXPECT_EQ(node.offset(), text.find(starts[i++]));
  EXPECT_EQ(i, 6U);
}

TEST(Document, RefusesWithTheOffset) {
  EXPECT_EQ(refused(R"({"a":1,"b":{"c":1,"c":2}})").kind, ParseError::Kind::kDuplicateKey);
  EXPECT_EQ(refused(R"({"a":1,"b":{"c":1,"c":2}})").offset, 19U);
  EXPECT_EQ(refused("{\"a\":\"\xFF\"}").kind, ParseError::Kind::kInvalidUtf8);
  EXPECT_EQ(refused("{\"a\":\"\xFF\"}").offset, 6U);
  EXPECT_EQ(refused(std::string("{}\0{}", 5)).offset, 2U);
  EXPECT_EQ(refused("{\"a\":}").offset, 5U);
  for (const char* bad : {"", " ", "{", "[1,]", "{'a':1}", "{\"a\" 1}", "01", "+1", "1.", ".5", "nul", "{} {}",
                          "\"\t\"", "\xEF\xBB\xBF{}", "// x\n{}", "\"\\ud800\"", "NaN", "[1}"}) {
    EXPECT_EQ(refused(bad).kind, ParseError::Kind::kSyntax) << bad;
  }
}

// At every place of the blocks that a parser may look at together.
TEST(Document, RefusesControlCharactersInStrings) {
  for (const char control : {'\0', '\x01', '\x19', '\x1A', '\x1F'}) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::string text = "[\"" + std::string(40, 'a') + "\"]";
      text[2 + at] = control;
      EXPECT_EQ(refused(text).offset, 2 + at) << static_cast<int>(control);
    }
  }
  EXPECT_TRUE(Document::parse("[\"" + std::string(40, '\x7F') + "\",\t\r\n        1]"));
}

TEST(Document, RefusesRepeatedNamesInWideObjects) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"k" + std::to_string(i) + "\":[{}],";
  EXPECT_TRUE(Document::parse(text + "\"last\":1}"));
  EXPECT_EQ(refused(text + "\"k7\":1}").kind, ParseError::Kind::kDuplicateKey);
  EXPECT_EQ(refused(text + "\"k7\":1}").offset, text.size() + 1);
}

TEST(Document, HasLimits) {
  EXPECT_EQ(refused(std::string(100'000, '[')).kind, ParseError::Kind::kTooDeep);
  EXPECT_EQ(refused(std::string(65, '[') + std::string(65, ']')).offset, 64U);
  EXPECT_TRUE(Document::parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_EQ(refused("[1,2,3]", {.bytes = 6}).kind, ParseError::Kind::kTooLarge);
  EXPECT_EQ(refused("[1,2,3]", {.nodes = 3}).kind, ParseError::Kind::kTooLarge);
}

TEST(Document, SurvivesEveryTruncation) {
  const std::string text = R"({"a":[1.5,true,null,"\u00e9x"],"b":{"c":"d\n"}})";
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(Document::parse(text.substr(0, n))) << n;
}

TEST(Document, NodesOutliveAMove) {
  Document first = parse(R"({"a":"b"})");
  const json::Node node = first.root()["a"];
  const Document second = std::move(first);
  EXPECT_EQ(node.text(), "b");
  EXPECT_EQ(second.root()["a"], node);
}

TEST(Writer, Escapes) {
  json::Writer writer;
  writer.begin_object().member("a\"", "x\n\x01").member("n", 7).key("d").number("1.10").key("l").begin_array();
  writer.null().boolean(true).raw(R"({"k":[]})").end_array().end_object();
  EXPECT_EQ(writer.view(), R"({"a\"":"x\n\u0001","n":7,"d":1.10,"l":[null,true,{"k":[]}]})");
}

TEST(Writer, EscapesControlCharactersAtEveryPlace) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\x1A';
    json::Writer writer;
    writer.begin_object().member(text, text).end_object();
    const std::string escaped = '"' + std::string(at, 'a') + "\\u001A" + std::string(39 - at, 'a') + '"';
    EXPECT_EQ(writer.view(), '{' + escaped + ':' + escaped + '}');
  }
}

}  // namespace
}  // namespace pas
