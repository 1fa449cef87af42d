#include "mappings/policy/reader.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "fhir/base/text.h"

namespace pas::policy {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

}  // namespace

boost::system::result<std::string, LoadErrors> read_file(const std::filesystem::path& directory,
                                                         const std::string& relative) {
  std::ifstream in(directory / relative, std::ios::binary);
  std::string text;
  std::array<char, 65536> block{};
  while (in.good() && text.size() <= kMostBytes) {
    in.read(block.data(), block.size());
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > kMostBytes) {
    return LoadErrors{{relative, 1, 1, "the file is larger than " + std::to_string(kMostBytes) + " bytes", ""}};
  }
  if (!in.eof()) return LoadErrors{{relative, 1, 1, "the file cannot be read", ""}};
  return text;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t least = (word.size() <= 3 ? 1 : std::max<std::size_t>(2, word.size() / 3)) + 1;
  for (const std::string_view candidate : known) {
    const bool is_beginning = word.size() >= 4 && candidate.starts_with(word);
    const std::size_t distance = is_beginning ? 1 : base::edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string_view meant = nearest(word, known);
  return meant.empty() ? std::string() : ", did you mean \"" + std::string(meant) + "\"?";
}

Reader::Reader(std::string_view text, std::string_view file) : file_(text, file) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    line_ends_.push_back(at);
  }
}

std::uint32_t Reader::line_of(json::Node node) const {
  const auto end = std::lower_bound(line_ends_.begin(), line_ends_.end(), node.offset());
  return static_cast<std::uint32_t>(end - line_ends_.begin()) + 1;
}

bool Reader::object(json::Node node, std::string_view what, std::initializer_list<std::string_view> known) {
  if (!node.is_object()) {
    fail(node, std::string(what) + " must be an object");
    return false;
  }
  for (const json::Node member : node) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    fail_at_key(member, std::string(what) + " has no member \"" + std::string(member.key()) + '"' +
                            suggestion(member.key(), {known.begin(), known.end()}));
  }
  return true;
}

bool Reader::has(json::Node object, std::string_view name) {
  if (object[name]) return true;
  fail(object, "the member \"" + std::string(name) + "\" is missing");
  return false;
}

std::string Reader::text(json::Node object, std::string_view name, Need need) {
  const json::Node value = object[name];
  if (!value) {
    if (need == Need::kRequired) has(object, name);
    return {};
  }
  if (!value.is_string()) {
    fail(value, '"' + std::string(name) + "\" must be a string");
    return {};
  }
  if (value.text().empty()) fail(value, '"' + std::string(name) + "\" must not be empty");
  return std::string(value.text());
}

std::optional<int> Reader::integer(json::Node object, std::string_view name, int least, int most) {
  const json::Node value = object[name];
  if (!value) return std::nullopt;
  int number = 0;
  bool whole = value.is_number() && value.text().size() < 10;
  for (const char c : value.text()) {
    whole = whole && c >= '0' && c <= '9';
    if (whole) number = number * 10 + (c - '0');
  }
  if (!whole || number < least || number > most) {
    fail(value, '"' + std::string(name) + "\" must be a whole number from " + std::to_string(least) + " to " +
                    std::to_string(most));
    return std::nullopt;
  }
  return number;
}

bool Reader::boolean(json::Node object, std::string_view name) {
  const json::Node value = object[name];
  if (value && !value.is_boolean()) fail(value, '"' + std::string(name) + "\" must be true or false");
  return value.is_true();
}

std::optional<base::Date> Reader::date(json::Node object, std::string_view name, Need need) {
  const json::Node value = object[name];
  if (!value) {
    if (need == Need::kRequired) has(object, name);
    return std::nullopt;
  }
  const auto date = value.is_string() && value.text().size() == 10 ? base::parse_date(value.text()) : std::nullopt;
  if (!date) fail(value, '"' + std::string(name) + "\" must be a calendar day, YYYY-MM-DD");
  return date;
}

json::Node Reader::list(json::Node object, std::string_view name, Need need) {
  const json::Node value = object[name];
  if (!value) {
    if (need == Need::kRequired) has(object, name);
    return {};
  }
  if (!value.is_array()) {
    fail(value, '"' + std::string(name) + "\" must be a list");
    return {};
  }
  if (need == Need::kRequired && value.size() == 0) fail(value, '"' + std::string(name) + "\" must not be empty");
  return value;
}

std::vector<std::string> Reader::texts(json::Node object, std::string_view name, Need need) {
  std::vector<std::string> found;
  for (const json::Node value : list(object, name, need)) {
    if (!value.is_string() || value.text().empty()) {
      fail(value, "every element of \"" + std::string(name) + "\" must be a string that is not empty");
    } else if (std::find(found.begin(), found.end(), value.text()) != found.end()) {
      fail(value, '"' + std::string(value.text()) + "\" is given twice");
    } else {
      found.emplace_back(value.text());
    }
  }
  return found;
}

std::optional<std::size_t> Reader::index_of(json::Node string, std::string_view what,
                                            const std::vector<std::string_view>& names) {
  if (!string.is_string()) {
    fail(string, std::string(what) + " must be named by a string");
    return std::nullopt;
  }
  const auto found = std::find(names.begin(), names.end(), string.text());
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  fail(string, "no " + std::string(what) + " is named \"" + std::string(string.text()) + '"' +
                   suggestion(string.text(), names));
  return std::nullopt;
}

}  // namespace pas::policy
