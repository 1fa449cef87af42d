#include "adapter/http/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/base/text.h"

namespace pas::http {

namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods = {{{"GET", Method::kGet},
                                                                          {"HEAD", Method::kHead},
                                                                          {"POST", Method::kPost},
                                                                          {"PUT", Method::kPut},
                                                                          {"PATCH", Method::kPatch},
                                                                          {"DELETE", Method::kDelete},
                                                                          {"OPTIONS", Method::kOptions}}};

}  // namespace

Method method_of(std::string_view text) {
  for (const auto& [name, method] : kMethods) {
    if (text == name) return method;
  }
  return Method::kOther;
}

std::string_view name_of(Method method) {
  for (const auto& [name, known] : kMethods) {
    if (method == known) return name;
  }
  return "other";
}

bool equal_fold(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           return base::to_lower(a) == base::to_lower(b);
         });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Header& header : headers_) {
    if (equal_fold(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      headers_.begin(), headers_.end(), [name](const Header& header) { return equal_fold(header.name, name); }));
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const Parameter& each : query) {
    if (each.name == name) return each.value;
  }
  return std::nullopt;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "";  // optional (RFC 9112 §4)
  }
}

}  // namespace pas::http
