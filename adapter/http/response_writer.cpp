#include "adapter/http/response_writer.h"

#include <algorithm>
#include <array>

#include "adapter/http/grammar.h"

namespace pas::http {
namespace {

bool is_servers_own(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOwn = {"Content-Length", "Content-Type", "Connection", "Transfer-Encoding",
                                                    "X-Request-Id"};
  return std::any_of(kOwn.begin(), kOwn.end(), [name](std::string_view own) { return equal_fold(name, own); });
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

}  // namespace

bool has_content(int status) {
  return status != 204 && status != 304;
}

base::Result<std::string> write_head(const Response& response, std::string_view request_id,
                                     ConnectionState connection) {
  if (response.status < 200 || response.status > 599) return base::invalid("a status outside 200 to 599");
  std::string head;
  head.reserve(256);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason_of(response.status);
  head += "\r\n";
  if (!response.content_type.empty()) {
    if (!is_field_value(response.content_type)) return base::invalid("a control character in the content type");
    append_header(head, "Content-Type", response.content_type);
  }
  if (has_content(response.status)) append_header(head, "Content-Length", std::to_string(response.content().size()));
  for (const Header& header : response.headers) {
    if (!is_token(header.name)) return base::invalid("a header name that is not a token");
    if (!is_field_value(header.value)) return base::invalid("a control character in a header value");
    if (is_servers_own(header.name)) return base::invalid("a header that the server writes itself");
    append_header(head, header.name, header.value);
  }
  append_header(head, "X-Request-Id", request_id);
  if (connection.tls) append_header(head, "Strict-Transport-Security", "max-age=31536000");
  if (!connection.keep_alive) {
    append_header(head, "Connection", "close");
  } else if (connection.http_1_0) {
    append_header(head, "Connection", "keep-alive");
  }
  head += "\r\n";
  return head;
}

}  // namespace pas::http
