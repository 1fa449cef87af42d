#pragma once
// W3C Trace Context (Recommendation of 2021): one trace over all that take part in a request, by the header
// traceparent, "00-TRACE-SPAN-FLAGS" in lower-case hex. Plain functions; any thread.

#include <string>
#include <string_view>

#include "fhir/base/clock.h"

namespace pas::observe {

inline constexpr std::string_view kTraceParent = "traceparent";

// Version 00 alone, 55 characters; neither the trace's nor the span's id is all zeros.
bool is_traceparent(std::string_view text);

// The traceparent of work of ours that follows from `parent`: a span of its own in the same trace, sampled as that is.
// A new trace, not sampled, when `parent` is none.
std::string continue_trace(std::string_view parent, base::IdSource& ids);

// The 32 digits that name the trace; of what is no traceparent nothing.
std::string_view trace_id(std::string_view traceparent);

}  // namespace pas::observe
