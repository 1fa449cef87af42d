#include "tests/mappings/pas/cases.h"

#include <gtest/gtest.h>

#include "fhir/json/patch.h"
#include "fhir/json/writer.h"
#include "mappings/pas/request.h"
#include "tests/support/files.h"

namespace pas::cases {
namespace {

void indent(json::Node node, std::size_t depth, std::string& text) {  // NOLINT(misc-no-recursion)
  if (node.size() == 0) {
    text += node.to_json();
    return;
  }
  text += node.is_array() ? "[" : "{";
  bool is_first = true;
  for (const json::Node child : node) {
    if (!is_first) text += ",";
    is_first = false;
    text.append("\n").append(2 * (depth + 1), ' ');
    if (node.is_object()) {
      json::Writer name;
      name.string(child.key());
      text.append(name.view()).append(": ");
    }
    indent(child, depth + 1, text);
  }
  text.append("\n").append(2 * depth, ' ');
  text += node.is_array() ? "]" : "}";
}

}  // namespace

json::Document parse(std::string text) {
  auto parsed = json::Document::parse(std::move(text));
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? std::move(*parsed) : json::Document::parse("null").value();
}

std::unique_ptr<const Body> body_of(std::string text) {
  json::Document document = parse(std::move(text));
  const json::BundleIndex index(pas::submitted_bundle(document.root()));
  return std::make_unique<const Body>(Body{std::move(document), index});
}

std::string changed(std::string text, json::Node operations) {
  auto result = json::patched(std::move(text), operations);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? std::move(*result) : "null";
}

std::string text_of(json::Node test_case) {
  if (test_case["bundle"]) return test_case["bundle"].to_json();
  const std::string path = test_case["sample"]
                               ? "samples/bundles/" + std::string(test_case["sample"].text())
                               : "tests/cases/pas/bases/" + std::string(test_case["base"].text()) + ".json";
  std::string text = changed(support::read_file(support::repo_path(path)), test_case["patch"]);
  if (!test_case["wrap"].is_true()) return text;
  return R"({"resourceType":"Parameters","parameter":[{"name":"other","valueString":"x"},{"name":"resource","resource":)" +
         text + "}]}";
}

std::string pretty(json::Node node) {
  std::string text;
  indent(node, 0, text);
  return text + "\n";
}

}  // namespace pas::cases
