#include "fhir/fhirpath/html_checks.h"

#include <algorithm>
#include <array>
#include <vector>

namespace pas::fhirpath {
namespace {

constexpr std::size_t kMaxOpen = 200;

// Chapters 7 to 11 (but not §4 of 9) and 15 of HTML 4.0, <a>, images and style.
constexpr auto kElements = std::to_array<std::string_view>(
    {"a",     "abbr", "acronym",  "address", "b",     "bdo",   "big",  "blockquote", "br",  "caption", "cite",
     "code",  "col",  "colgroup", "dd",      "dfn",   "div",   "dl",   "dt",         "em",  "h1",      "h2",
     "h3",    "h4",   "h5",       "h6",      "hr",    "i",     "img",  "kbd",        "li",  "map",     "area",
     "ol",    "p",    "pre",      "q",       "samp",  "small", "span", "strong",     "sub", "sup",     "table",
     "tbody", "td",   "tfoot",    "th",      "thead", "tr",    "tt",   "ul",         "var", "ins",     "del"});
constexpr auto kAttributes = std::to_array<std::string_view>(
    {"title",    "style",  "class",       "id",          "lang",     "xml:lang", "dir",      "accesskey",
     "tabindex", "xmlns",  "span",        "width",       "align",    "valign",   "char",     "charoff",
     "abbr",     "axis",   "headers",     "scope",       "rowspan",  "colspan",  "summary",  "border",
     "frame",    "rules",  "cellspacing", "cellpadding", "href",     "name",     "rel",      "rev",
     "charset",  "type",   "hreflang",    "shape",       "coords",   "src",      "alt",      "longdesc",
     "height",   "usemap", "ismap",       "cite",        "start",    "value",    "compact",  "clear",
     "nowrap",   "size",   "noshade",     "target",      "datetime", "bgcolor",  "xml:space"});

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_xml_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read() {
    skip_space();
    if (!rest_.starts_with("<div")) return false;
    while (!rest_.empty()) {
      if (open_.empty() && has_root_) break;
      if (rest_.front() == '<' ? !markup() : !character()) return false;
    }
    skip_space();
    return rest_.empty() && open_.empty() && has_content_;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view name() {
    const std::size_t size = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_xml_name) - rest_.begin());
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  bool character() {
    if (rest_.front() == '&') {
      const std::size_t end = rest_.find(';');
      if (end == std::string_view::npos || end < 2 || end > 12) return false;
      const std::string_view entity = rest_.substr(1, end - 1);
      if (!std::ranges::all_of(entity.substr(entity.front() == '#' ? 1 : 0), is_xml_name)) return false;
      rest_.remove_prefix(end);
      has_content_ = true;
    }
    has_content_ = has_content_ || !is_space(rest_.front());
    rest_.remove_prefix(1);
    return true;
  }

  bool markup() {
    if (skip("<!--")) {
      const std::size_t end = rest_.find("-->");
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 3);
      return true;
    }
    if (skip("</")) {
      const std::string_view closed = name();
      skip_space();
      if (open_.empty() || open_.back() != closed || !skip(">")) return false;
      open_.pop_back();
      return true;
    }
    if (!skip("<")) return false;
    const std::string_view element = name();
    if (std::ranges::find(kElements, element) == kElements.end() || open_.size() >= kMaxOpen) return false;
    has_root_ = true;
    has_content_ = has_content_ || element == "img";
    return attributes(element);
  }

  bool attributes(std::string_view element) {
    while (true) {
      const std::size_t before = rest_.size();
      skip_space();
      if (skip("/>")) return true;
      if (skip(">")) {
        open_.push_back(element);
        return true;
      }
      if (rest_.size() == before) return false;
      const std::string_view attribute = name();
      if (std::ranges::find(kAttributes, attribute) == kAttributes.end()) return false;
      skip_space();
      if (!skip("=")) return false;
      skip_space();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
      const std::size_t end = rest_.find(rest_.front(), 1);
      if (end == std::string_view::npos || rest_.substr(0, end).find('<') != std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
    }
  }

  std::string_view rest_;
  std::vector<std::string_view> open_;
  bool has_root_ = false;
  bool has_content_ = false;
};

}  // namespace

bool is_narrative(std::string_view xhtml) {
  return Reader(xhtml).read();
}

}  // namespace pas::fhirpath
