#include "fhir/json/patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/writer.h"

namespace pas::json {
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

Node at(Node root, std::string_view pointer) {
  for (const std::string& step : steps_of(pointer)) {
    if (!root.is_array()) {
      root = root[step];
      continue;
    }
    std::size_t index = 0;
    const auto end = step.data() + step.size();
    if (std::from_chars(step.data(), end, index).ptr != end) return {};
    root = root.at(index);
  }
  return root;
}

// Writes a document again with one operation done to it.
class Patch {
 public:
  explicit Patch(Node operation)
      : op_(operation["op"].text()), value_(operation["value"]), steps_(steps_of(operation["path"].text())) {}

  // Of a "copy", the value is what stands at `from`. Nothing when the operation does not fit.
  std::optional<std::string> apply(Node root, Node from) {
    if (op_ == "copy") {
      value_ = at(root, from.text());
      op_ = "add";
    }
    if (steps_.empty() || (!value_ && op_ != "remove")) return std::nullopt;
    write(root, 0, true);
    if (!is_done_) return std::nullopt;
    return std::move(out_).take();
  }

 private:
  void write(Node node, std::size_t depth, bool on_path) {  // NOLINT(misc-no-recursion)
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
    for (const Node child : node) {
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
  Node value_;
  std::vector<std::string> steps_;
  Writer out_;
  bool is_done_ = false;
};

}  // namespace

base::Result<std::string> patched(std::string text, Node operations) {
  for (const Node operation : operations) {
    const auto document = Document::parse(std::move(text));
    if (!document) return base::invalid("not JSON: " + document.error().message);
    auto after = Patch(operation).apply(document->root(), operation["from"]);
    if (!after) {
      return base::invalid("nothing to " + std::string(operation["op"].text()) + " at " +
                           std::string(operation["path"].text()));
    }
    text = *std::move(after);
  }
  return text;
}

}  // namespace pas::json
