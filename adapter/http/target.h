#pragma once
// The request target (RFC 9112 §3.2, RFC 3986): split and decoded once, so that no layer above decodes again.

#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/message.h"
#include "fhir/base/result.h"

namespace pas::http {

struct Target {
  std::string path;
  std::vector<Parameter> query;
};

// application/x-www-form-urlencoded, which a query is too. kInvalid: a broken percent escape or invalid UTF-8.
base::Result<std::vector<Parameter>> parse_form(std::string_view text);

// Origin form, absolute form whose authority is `host` (the Host header), and "*" for OPTIONS. kInvalid for the rest:
// a fragment, a byte outside printable ASCII, a broken percent escape, and in the path a dot segment, an encoded '/'
// or '\', a control character or invalid UTF-8. The query may hold any printable character, as FHIR clients send '|'.
base::Result<Target> parse_target(std::string_view target, Method method, std::string_view host);

}  // namespace pas::http
