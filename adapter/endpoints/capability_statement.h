#pragma once
// GET /metadata: the CapabilityStatement, made from the route table. Any thread.

#include <span>
#include <string>

#include "adapter/endpoints/router.h"
#include "fhir/base/calendar.h"

namespace pas::endpoints {

struct ServerFacts {
  std::string software_version;
  base::Date build_date;         // CapabilityStatement.date
  bool test_mode = false;        // told to clients
  bool asks_for_tokens = false;  // of SMART Backend Services
};

std::string write_capability_statement(std::span<const Route> routes, const pas::Version& version,
                                       const std::string& base_url, const ServerFacts& facts);

}  // namespace pas::endpoints
