#include "adapter/endpoints/admin_json.h"

#include "fhir/json/writer.h"

namespace pas::endpoints {

http::Response json_answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response mistakes_answer(int status, const std::vector<std::string>& messages) {
  json::Writer out;
  out.begin_object().key("mistakes").begin_array();
  for (const std::string& message : messages) out.string(message);
  out.end_array().end_object();
  return json_answer(status, std::move(out).take());
}

}  // namespace pas::endpoints
