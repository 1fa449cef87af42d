#include "tests/mappings/pas/cases.h"

#include <gtest/gtest.h>

#include <charconv>

#include "fhir/json/writer.h"
#include "mappings/pas/request.h"
#include "tests/support/files.h"

namespace pas::cases {
namespace {

std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> steps;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // '/'
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string step;
    for (std::size_t i = 0; i < end; ++i) {
      if (pointer[i] != '~') {
        step.push_back(pointer[i]);
      } else {
        step.push_back(pointer[++i] == '1' ? '/' : '~');
      }
    }
    steps.push_back(std::move(step));
    pointer.remove_prefix(end);
  }
  return steps;
}

// Writes a document again with one operation done to it.
class Patch {
 public:
  explicit Patch(json::Node operation)
      : op_(operation["op"].text()), value_(operation["value"]), steps_(steps_of(operation["path"].text())) {}

  // Of a "copy", the value is what stands at `from`.
  std::string apply(json::Node root, json::Node from) {
    if (op_ == "copy") {
      value_ = root;
      for (const std::string& step : steps_of(from.text())) {
        value_ = value_.is_array() ? value_.at(std::stoul(step)) : value_[step];
      }
      EXPECT_TRUE(value_) << "nothing to copy at " << from.text();
      op_ = "add";
    }
    write(root, 0, true);
    EXPECT_TRUE(is_done_) << "the patch does not fit: " << op_ << " at step " << steps_.back();
    return std::move(out_).take();
  }

 private:
  void write(json::Node node, std::size_t depth, bool on_path) {  // NOLINT(misc-no-recursion)
    if (!on_path || !(node.is_object() || node.is_array())) {
      out_.node(node);
      return;
    }
    const bool is_last = depth + 1 == steps_.size();
    const bool is_list = node.is_array();
    std::size_t index = 0;
    if (is_list) {
      out_.begin_array();
    } else {
      out_.begin_object();
    }
    const auto put_value = [&] {
      if (!is_list) out_.key(steps_[depth]);
      out_.node(value_);
      is_done_ = true;
    };
    for (const json::Node child : node) {
      const std::string name = is_list ? std::to_string(index++) : std::string(child.key());
      const bool is_here = name == steps_[depth];
      if (is_here && is_last && !is_done_) {
        if (op_ != "remove") put_value();
        is_done_ = true;
        if (op_ != "add" || !is_list) continue;  // an insertion keeps what was there
      }
      if (!is_list) out_.key(name);
      write(child, depth + 1, is_here && !is_last);
    }
    if (is_last && !is_done_ && op_ == "add") put_value();
    if (is_list) {
      out_.end_array();
    } else {
      out_.end_object();
    }
  }

  std::string_view op_;
  json::Node value_;
  std::vector<std::string> steps_;
  json::Writer out_;
  bool is_done_ = false;
};

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

std::string text_of(json::Node test_case) {
  if (test_case["bundle"]) return test_case["bundle"].to_json();
  const std::string path = test_case["sample"]
                               ? "samples/bundles/" + std::string(test_case["sample"].text())
                               : "tests/cases/pas/bases/" + std::string(test_case["base"].text()) + ".json";
  std::string text = support::read_file(support::repo_path(path));
  for (const json::Node operation : test_case["patch"])
    text = Patch(operation).apply(parse(std::move(text)).root(), operation["from"]);
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
