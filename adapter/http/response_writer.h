#pragma once
// The head of a response as bytes. Internal to adapter/http.

#include <string>
#include <string_view>

#include "adapter/http/message.h"
#include "fhir/base/result.h"

namespace pas::http {

struct ConnectionState {
  bool keep_alive = false;
  bool http_1_0 = false;  // the client's version
  bool tls = false;       // browsers are told to stay with https for a year (RFC 6797)
};

// 204 and 304 have none (RFC 9110 §6.4.1), whatever Response::content() holds.
bool has_content(int status);

// Status line and headers with the empty line. kInvalid for a status outside 200 to 599, for a header that the server
// writes itself, and for a name or value that would split the response; the message names the rule, not the value.
base::Result<std::string> write_head(const Response& response, std::string_view request_id, ConnectionState connection);

}  // namespace pas::http
