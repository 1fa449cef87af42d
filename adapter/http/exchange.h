#pragma once
// One request on its way through a worker. Internal to adapter/http.

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "adapter/http/content_coding.h"
#include "adapter/http/core.h"
#include "adapter/http/message.h"
#include "adapter/http/request_reader.h"

namespace pas::http {

// The session makes it; a worker then has it alone until it hands it back, but for `abandoned`.
struct Exchange {
  Request request;
  const std::string request_id;
  Coding coding;
  Charge charge;
  Response response;
  std::atomic<bool> abandoned = false;  // the client has been answered 503 or is gone

  Exchange(Request received, Coding body_coding, Charge body_charge)
      : request(std::move(received)),
        request_id(request.request_id),
        coding(body_coding),
        charge(std::move(body_charge)) {}
};

// Decompresses and calls the handler; fills `response`. Throws nothing.
void run(Core& core, Exchange& exchange);

// The answer to a bug: 500 with no body.
Response internal_error(std::string route);

// The answer to a refused request.
Response refusal_response(Core& core, const Refusal& refusal, std::string_view request_id);

// W3C Trace Context, Level 3 draft: as traceparent.
inline constexpr std::string_view kTraceResponse = "traceresponse";

// Of the client's trace when its traceparent is sound and the only one, else of a new one.
std::string choose_trace(const Headers& headers, base::IdSource& ids);

// The client's X-Request-Id when it is well formed, else a new UUID.
std::string choose_request_id(const Headers& headers, base::IdSource& ids);

}  // namespace pas::http
