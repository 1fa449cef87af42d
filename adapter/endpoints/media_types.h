#pragma once
// Which bodies we take and give: FHIR JSON and plain JSON (PAS 2.2.1: XML is not required). Any thread.

#include <optional>

#include "adapter/http/message.h"

namespace pas::endpoints {

// The refusal for a request body that is not JSON (415); nothing when it is.
std::optional<http::Response> refuse_content_type(const http::Request& request);

// The refusal for a client that will not take JSON, by Accept or by _format (406); nothing when it will.
std::optional<http::Response> refuse_accept(const http::Request& request);

}  // namespace pas::endpoints
