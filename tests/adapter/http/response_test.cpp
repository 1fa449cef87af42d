// Answers: framing, request ids, what a handler does wrong, the access log.

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "adapter/http/response_writer.h"
#include "tests/adapter/http/fixture.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using support::http_request;
using support::HttpClient;

TEST(Answers, KeepTheirOrderInAPipeline) {
  support::RunningServer running;
  HttpClient client(running.port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += http_request("POST", "/", std::to_string(i));
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 500; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, std::to_string(i));
    EXPECT_FALSE(answer->header("Connection"));
  }
}

TEST(Answers, HeadHasTheHeadersOfGetAndNoBody) {
  support::RunningServer running({}, [](http::Request&&) {
    http::Response response;
    response.content_type = "text/plain";
    response.body = "hello";
    return response;
  });
  HttpClient client(running.port());
  ASSERT_TRUE(client.send(http_request("HEAD", "/") + http_request("GET", "/")));
  const auto head = client.receive(true);
  const auto get = client.receive();
  ASSERT_TRUE(head && get);
  EXPECT_EQ(head->header("Content-Length"), "5");
  EXPECT_EQ(head->header("Content-Type"), "text/plain");
  EXPECT_EQ(get->status, 200);
  EXPECT_EQ(get->body, "hello");
}

TEST(Answers, NoContentHasNoLength) {
  support::RunningServer running({}, [](http::Request&&) {
    http::Response response;
    response.status = 204;
    response.body = "not sent";
    return response;
  });
  HttpClient client(running.port());
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.exchange(http_request("DELETE", "/a"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 204);
    EXPECT_FALSE(answer->header("Content-Length"));
  }
}

TEST(Answers, ToHttp10AreClosedOrSaidToStayOpen) {
  support::RunningServer running;
  HttpClient client(running.port());
  const auto kept = client.exchange("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->header("Connection"), "keep-alive");
  const auto last = client.exchange("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->header("Connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST(Answers, SharedBodyOfManyMegabytes) {
  const auto body = std::make_shared<const std::string>(32'000'000, 'x');
  support::RunningServer running({}, [&body](http::Request&&) {
    http::Response response;
    response.shared_body = body;
    return response;
  });
  HttpClient client(running.port());
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.exchange(http_request("GET", "/"));
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->body == *body);
  }
}

TEST(Answers, CarryTheRequestId) {
  support::RunningServer running({}, [](http::Request&& request) {
    http::Response response;
    response.body = request.request_id;
    return response;
  });
  HttpClient client(running.port());
  const auto id_for = [&client](const std::string& given) {
    const auto answer = client.exchange(http_request("GET", "/", {}, "x-request-id: " + given + "\r\n"));
    EXPECT_EQ(answer->body, answer->header("X-Request-Id"));
    return answer->body;
  };
  EXPECT_EQ(id_for("a.B_9-" + std::string(58, 'x')), "a.B_9-" + std::string(58, 'x'));
  for (const std::string& bad : {std::string(65, 'x'), std::string("a b"), std::string("a\"b"), std::string()}) {
    EXPECT_EQ(id_for(bad).size(), 36U) << bad;
  }
  EXPECT_NE(id_for(""), id_for(""));
}

TEST(Answers, AnExceptionIs500WithoutABody) {
  support::RunningServer running({}, [](http::Request&& request) -> http::Response {
    if (request.path == "/odd") throw 1;
    throw std::runtime_error("a bug");
  });
  HttpClient client(running.port());
  for (const char* path : {"/", "/odd"}) {
    const auto answer = client.exchange(http_request("GET", path, {}, "X-Request-Id: r-1\r\n"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(answer->body, "");
  }
  ASSERT_EQ(running.log_lines("http.handler_exception").size(), 2U);
  EXPECT_NE(running.log_lines("http.handler_exception")[0].find(R"("request":"r-1","what":"a bug")"),
            std::string::npos);
}

TEST(Answers, AHeaderThatWouldSplitIs500) {
  support::RunningServer running({}, [](http::Request&& request) {
    http::Response response;
    response.headers.add("Location", std::string(*request.parameter("to")));
    return response;
  });
  HttpClient client(running.port());
  const auto split = client.exchange(http_request("GET", "/?to=a%0d%0aSet-Cookie:%20b%0d%0a%0d%0aHTTP/1.1"));
  ASSERT_TRUE(split);
  EXPECT_EQ(split->status, 500);
  EXPECT_EQ(split->head.find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(client.exchange(http_request("GET", "/?to=/b"))->header("Location"), "/b");
  EXPECT_EQ(running.log_lines("http.bad_response").size(), 1U);
}

TEST(Answers, WhatAHandlerMayNotSay) {
  const auto written = [](int status, http::Headers headers, std::string content_type) {
    http::Response response;
    response.status = status;
    response.headers = std::move(headers);
    response.content_type = std::move(content_type);
    return http::write_head(response, "r-1", {}).has_value();
  };
  EXPECT_TRUE(written(200, {{"X-A", "b"}}, "text/plain"));
  EXPECT_FALSE(written(100, {}, ""));
  EXPECT_FALSE(written(600, {}, ""));
  for (const char* name : {"content-length", "Transfer-Encoding", "Connection", "Content-Type", "X-Request-Id", "",
                           "a b", "a:", "a\r\n"}) {
    EXPECT_FALSE(written(200, {{name, "1"}}, "")) << name;
  }
  for (const char* value : {"a\nb", "a\rb", "a\x7F", "\x01"}) {
    EXPECT_FALSE(written(200, {{"X-A", value}}, "")) << value;
    EXPECT_FALSE(written(200, {}, value)) << value;
  }
}

TEST(AccessLog, NamesTheRouteAndNothingOfTheRequest) {
  support::RunningServer running;
  HttpClient client(running.port());
  client.exchange(
      http_request("POST", "/marker-path?marker-name=marker-value", "marker-body", "X-A: marker-header\r\n"));
  client.exchange("MARKERMETHOD / HTTP/1.1\r\nHost: marker-host\r\n\r\n");
  client.exchange("GET /marker-path/../ HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(support::becomes_true([&] { return running.log_lines("http.access").size() == 3; }));
  const std::string line = running.log_lines("http.access")[0];
  EXPECT_NE(line.find(R"("method":"POST","route":"/echo","status":200,"bytes":)"), std::string::npos) << line;
  for (const std::string& each : running.log_lines()) {
    EXPECT_EQ(each.find("marker"), std::string::npos) << each;
    EXPECT_EQ(each.find("MARKER"), std::string::npos) << each;
  }
}

}  // namespace
}  // namespace pas
