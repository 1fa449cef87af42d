#include "adapter/http/target.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/base/utf8.h"

namespace pas::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing when an escape is broken or the result is not UTF-8.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else {
      out += text[i];
    }
  }
  if (base::invalid_utf8_at(out)) return std::nullopt;
  return out;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20U || byte == 0x7FU;
  });
}

base::Result<std::string> decode_path(std::string_view raw) {
  std::string path;
  path.reserve(raw.size());
  while (!raw.empty()) {  // at the '/' before each segment
    raw.remove_prefix(1);
    const std::size_t end = std::min(raw.find('/'), raw.size());
    const auto segment = decode(raw.substr(0, end), false);
    if (!segment) return base::invalid("the path holds a broken percent escape or is not UTF-8");
    if (*segment == "." || *segment == "..") return base::invalid("the path holds a dot segment");
    if (segment->find_first_of("/\\") != std::string::npos) {
      return base::invalid("a path segment holds a slash or backslash");
    }
    if (has_control(*segment)) return base::invalid("the path holds a control character");
    path += '/';
    path += *segment;
    raw.remove_prefix(end);
  }
  return path;
}

// The path and query of an absolute form; nothing when it is none or names another host.
std::optional<std::string_view> strip_authority(std::string_view target, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_fold(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    if (end == 0 || !equal_fold(target.substr(0, end), host)) return std::nullopt;
    return target.substr(end);
  }
  return std::nullopt;
}

}  // namespace

base::Result<std::vector<Parameter>> parse_form(std::string_view text) {
  std::vector<Parameter> query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return base::invalid("it holds a broken percent escape or is not UTF-8");
    query.push_back({*std::move(name), *std::move(value)});
  }
  return query;
}

base::Result<Target> parse_target(std::string_view target, Method method, std::string_view host) {
  if (target == "*" && method == Method::kOptions) return Target{"*", {}};
  const bool printable = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!printable || target.find('#') != std::string_view::npos) {
    return base::invalid("the target holds a character that a URI does not");
  }
  if (!target.starts_with('/')) {
    const auto stripped = strip_authority(target, host);
    if (!stripped) return base::invalid("the target is neither a path nor a URI of this host");
    target = *stripped;
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view raw_path = target.substr(0, mark);
  auto path = decode_path(raw_path.empty() ? "/" : raw_path);
  if (!path) return path.error();
  auto query = parse_form(target.substr(std::min(mark + 1, target.size())));
  if (!query) return base::invalid("the query is wrong: " + query.error().message);
  return Target{*std::move(path), *std::move(query)};
}

}  // namespace pas::http
