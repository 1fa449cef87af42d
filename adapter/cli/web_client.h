#pragma once
// HTTP as a client of another server, over libcurl: 30 seconds and 64 MB an answer, connections kept. One thread.

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

namespace pas::cli {

struct WebAnswer {
  long status = 0;  // 0: no answer
  std::string body = {};
  std::string error = {};  // why there is none
  double ms = 0;
};

class WebClient {
 public:
  WebClient();

  WebAnswer get(const std::string& url);
  // With a bearer token unless it is empty.
  WebAnswer post(const std::string& url, std::string_view content_type, const std::string& body,
                 const std::string& token = {});

 private:
  WebAnswer perform(const std::string& url);

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

}  // namespace pas::cli
