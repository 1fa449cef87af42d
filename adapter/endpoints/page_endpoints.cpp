#include "adapter/endpoints/page_endpoints.h"

#include "adapter/console/files.h"

namespace pas::endpoints {
namespace {

constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kEditionPlace = "@EDITION@";

std::string with_edition(std::string_view html) {
  std::string text(html);
  for (auto at = text.find(kEditionPlace); at != std::string::npos; at = text.find(kEditionPlace, at)) {
    text.replace(at, kEditionPlace.size(), console::edition());
  }
  return text;
}

http::Response static_answer(std::string_view content_type, std::string_view caching) {
  http::Response response;
  response.content_type = content_type;
  response.headers = {{"Cache-Control", std::string(caching)},
                      {"ETag", '"' + console::edition() + '"'},
                      {"Content-Security-Policy", std::string(kContentPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  return response;
}

http::Response page(const Call& call, std::string_view html) {
  http::Response response = static_answer("text/html; charset=utf-8", "no-cache");
  if (call.request.headers.find("If-None-Match") == response.headers.find("ETag")) {
    response.status = 304;
    return response;
  }
  response.body = with_edition(html);
  return response;
}

// Of this edition alone: what is kept for a year must not be another's.
http::Response asset(const Call& call, const console::File& file) {
  if (call.id != console::edition()) {
    http::Response gone;
    gone.status = 404;
    return gone;
  }
  http::Response response = static_answer(file.content_type, "public, max-age=31536000, immutable");
  response.body = file.content;
  return response;
}

// The paths of console::files(), in their order.
const std::vector<std::string>& asset_paths() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> made;
    for (const console::File& file : console::files()) made.push_back("/console/{id}/" + std::string(file.name));
    return made;
  }();
  return paths;
}

}  // namespace

std::vector<Route> page_routes(std::string_view path, std::string_view file) {
  std::vector<Route> routes;
  routes.push_back({http::Method::kGet, Place::kServer, path, kOpen,
                    [html = console::find(file)->content](Call& call) { return page(call, html); }});
  for (std::size_t i = 0; i < console::files().size(); ++i) {
    const console::File& each = console::files()[i];
    if (each.name.ends_with(".html")) continue;
    routes.push_back({http::Method::kGet, Place::kServer, asset_paths()[i], kOpen,
                      [&each](Call& call) { return asset(call, each); }});
  }
  return routes;
}

}  // namespace pas::endpoints
