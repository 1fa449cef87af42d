#include "fhir/validation/narrative.h"

#include <algorithm>
#include <array>
#include <vector>

namespace pas::validation {
namespace {

constexpr std::size_t kDeepest = 200;

// The elements of XHTML 1.0 chapters 7 to 11 (but for section 4 of chapter 9) and 15, a and img, as R4 lists them.
constexpr std::array kElements = std::to_array<std::string_view>(
    {"a",     "abbr",     "acronym", "b",    "big",   "blockquote", "br",     "caption", "cite", "code",
     "col",   "colgroup", "dd",      "dfn",  "div",   "dl",         "dt",     "em",      "h1",   "h2",
     "h3",    "h4",       "h5",      "h6",   "hr",    "i",          "img",    "kbd",     "li",   "ol",
     "p",     "pre",      "q",       "samp", "small", "span",       "strong", "sub",     "sup",  "table",
     "tbody", "td",       "tfoot",   "th",   "thead", "tr",         "tt",     "ul",      "var",  "address",
     "del",   "ins",      "bdo",     "u",    "s",     "strike",     "font",   "center"});

constexpr std::array kAttributes = std::to_array<std::string_view>(
    {"title",    "style",    "class",       "id",          "idref",   "lang",    "xml:lang", "dir",       "accesskey",
     "tabindex", "span",     "width",       "align",       "valign",  "char",    "charoff",  "abbr",      "axis",
     "headers",  "scope",    "rowspan",     "colspan",     "href",    "src",     "alt",      "height",    "name",
     "xmlns",    "border",   "cellpadding", "cellspacing", "summary", "frame",   "rules",    "cite",      "datetime",
     "start",    "value",    "type",        "bgcolor",     "nowrap",  "color",   "size",     "face",      "hspace",
     "vspace",   "longdesc", "rel",         "target",      "compact", "noshade", "clear",    "xml:space", "xml:base"});

constexpr std::array kEntities = std::to_array<std::string_view>({"amp", "lt", "gt", "quot", "apos"});

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
         c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_xml_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<NarrativeFault> read() {
    skip_space();
    if (text_.starts_with("<?xml")) {
      const std::size_t end = text_.find("?>");
      if (end == std::string_view::npos) return fault("xhtml", "an XML declaration that does not end");
      text_.remove_prefix(end + 2);
      skip_space();
    }
    if (!text_.starts_with("<div")) return fault("txt-1", "it must start with a div");
    while (!text_.empty()) {
      if (auto found = text_.front() == '<' ? markup() : content()) return found;
      if (open_.empty()) break;
    }
    if (!open_.empty()) return fault("xhtml", "<" + std::string(open_.back()) + "> is not closed");
    skip_space();
    if (!text_.empty()) return fault("xhtml", "something follows the div");
    if (!has_content_) return fault("txt-2", "the div has no text and no image");
    return std::nullopt;
  }

 private:
  using Found = std::optional<NarrativeFault>;
  static NarrativeFault fault(std::string_view rule, std::string message) { return {rule, std::move(message)}; }

  void skip_space() {
    while (!text_.empty() && is_xml_space(text_.front())) text_.remove_prefix(1);
  }

  std::string_view name() {
    const auto end = std::ranges::find_if_not(text_, is_name_char);
    const std::string_view found = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(found.size());
    return found;
  }

  Found content() {
    const std::size_t end = std::min(text_.find('<'), text_.size());
    const std::string_view run = text_.substr(0, end);
    has_content_ |= std::ranges::any_of(run, [](char c) { return !is_xml_space(c); });
    text_.remove_prefix(end);
    return references(run);
  }

  // Only XML's own entities and character references.
  static Found references(std::string_view run) {
    for (std::size_t at = run.find('&'); at != std::string_view::npos; at = run.find('&', at + 1)) {
      const std::size_t end = run.find(';', at);
      const std::string_view entity = end == std::string_view::npos ? "" : run.substr(at + 1, end - at - 1);
      const bool is_number = entity.size() > 1 && entity[0] == '#';
      if (!is_number && std::ranges::find(kEntities, entity) == kEntities.end() && !is_html_entity(entity)) {
        return fault("xhtml", "an '&' that is not part of an entity");
      }
    }
    return std::nullopt;
  }

  static bool is_html_entity(std::string_view entity) {
    return entity.size() >= 2 && entity.size() <= 8 && std::ranges::all_of(entity, [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
  }

  Found markup() {
    if (text_.starts_with("<!--")) return skip_to("-->", "a comment that does not end");
    if (text_.starts_with("<![CDATA[")) {
      has_content_ = true;
      return skip_to("]]>", "a CDATA section that does not end");
    }
    if (text_.starts_with("<!") || text_.starts_with("<?")) {
      return fault("xhtml", "document types and processing instructions are not allowed");
    }
    return text_.starts_with("</") ? end_tag() : start_tag();
  }

  Found skip_to(std::string_view end_mark, std::string_view message) {
    const std::size_t end = text_.find(end_mark);
    if (end == std::string_view::npos) return fault("xhtml", std::string(message));
    text_.remove_prefix(end + end_mark.size());
    return std::nullopt;
  }

  Found end_tag() {
    text_.remove_prefix(2);
    const std::string_view closed = name();
    skip_space();
    if (!text_.starts_with('>')) return fault("xhtml", "an end tag that does not end");
    text_.remove_prefix(1);
    if (open_.empty() || open_.back() != closed) {
      return fault("xhtml", "</" + std::string(closed) + "> closes an element that is not open");
    }
    open_.pop_back();
    return std::nullopt;
  }

  Found start_tag() {
    text_.remove_prefix(1);
    const std::string_view element = name();
    if (element.empty()) return fault("xhtml", "a '<' that starts no element");
    if (std::ranges::find(kElements, element) == kElements.end()) {
      return fault("txt-1", "<" + std::string(element.substr(0, 40)) + "> is not allowed");
    }
    if (element == "img") has_content_ = true;
    for (;;) {
      skip_space();
      if (text_.starts_with("/>")) {
        text_.remove_prefix(2);
        return std::nullopt;
      }
      if (text_.starts_with('>')) {
        text_.remove_prefix(1);
        open_.push_back(element);
        if (open_.size() > kDeepest) return fault("xhtml", "elements nested too deeply");
        return std::nullopt;
      }
      if (auto found = attribute()) return found;
    }
  }

  Found attribute() {
    const std::string_view attribute_name = name();
    if (attribute_name.empty()) return fault("xhtml", "a tag that is not well formed");
    skip_space();
    if (!text_.starts_with('=')) return fault("xhtml", "an attribute without a value");
    text_.remove_prefix(1);
    skip_space();
    const char quote = text_.empty() ? '\0' : text_.front();
    if (quote != '"' && quote != '\'') return fault("xhtml", "an attribute's value without quotes");
    const std::size_t end = text_.find(quote, 1);
    if (end == std::string_view::npos) return fault("xhtml", "an attribute's value that does not end");
    const std::string_view value = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    const bool known =
        std::ranges::find(kAttributes, attribute_name) != kAttributes.end() || attribute_name.starts_with("xmlns:");
    if (!known) return fault("txt-1", "the attribute " + std::string(attribute_name.substr(0, 40)) + " is not allowed");
    if ((attribute_name == "href" || attribute_name == "src") && acts(value)) {
      return fault("txt-1", "a link that runs a script");
    }
    if (value.find('<') != std::string_view::npos) return fault("xhtml", "a '<' in an attribute");
    return references(value);
  }

  static bool acts(std::string_view url) {
    std::string scheme;
    for (const char c : url.substr(0, std::min(url.find(':'), url.size()))) {
      if (!is_xml_space(c)) scheme += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return scheme == "javascript" || scheme == "vbscript";
  }

  std::string_view text_;
  std::vector<std::string_view> open_;
  bool has_content_ = false;
};

}  // namespace

std::optional<NarrativeFault> narrative_fault(std::string_view div) {
  return Reader(div).read();
}

}  // namespace pas::validation
