// Request bodies: content codings, Expect, limits.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "adapter/http/content_coding.h"
#include "tests/adapter/http/fixture.h"
#include "tests/support/coding.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using support::compressed;
using support::http_request;
using support::HttpClient;
using support::kGzip;
using support::kRawDeflate;
using support::kZlib;

std::string sample(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * i) + (i % 7 == 0 ? "\n" : " ");
  text.resize(size);
  return text;
}

bool always(std::size_t /*bytes*/) {
  return true;
}

TEST(ContentCoding, Names) {
  EXPECT_EQ(http::coding_of(""), http::Coding::kIdentity);
  EXPECT_EQ(http::coding_of("Identity"), http::Coding::kIdentity);
  EXPECT_EQ(http::coding_of("GZIP"), http::Coding::kGzip);
  EXPECT_EQ(http::coding_of("x-gzip"), http::Coding::kGzip);
  EXPECT_EQ(http::coding_of("deflate"), http::Coding::kDeflate);
  EXPECT_FALSE(http::coding_of("br"));
  EXPECT_FALSE(http::coding_of("gzip, deflate"));
}

TEST(ContentCoding, EveryWrapperAndSize) {
  for (const std::size_t size : {0U, 1U, 1000U, 65535U, 65536U, 65537U, 300'000U}) {
    const std::string text = sample(size);
    EXPECT_EQ(*http::decompress(compressed(text, kGzip), http::Coding::kGzip, size, always), text);
    EXPECT_EQ(*http::decompress(compressed(text, kZlib), http::Coding::kDeflate, size, always), text);
    EXPECT_EQ(*http::decompress(compressed(text, kRawDeflate), http::Coding::kDeflate, size, always), text);
    EXPECT_EQ(
        *http::decompress(compressed(text, kGzip) + compressed("more", kGzip), http::Coding::kGzip, size + 4, always),
        text + "more");
    if (size == 0) continue;
    const auto over = http::decompress(compressed(text, kGzip), http::Coding::kGzip, size - 1, always);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, base::ErrorCode::kTooLarge);
  }
}

TEST(ContentCoding, DamageIsSeen) {
  const std::string whole = compressed(sample(3000), kGzip);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(http::decompress(whole.substr(0, size), http::Coding::kGzip, 4000, always)) << size;
  }
  EXPECT_FALSE(http::decompress(whole + "x", http::Coding::kGzip, 4000, always));
  EXPECT_FALSE(http::decompress("plain text", http::Coding::kGzip, 4000, always));
  EXPECT_FALSE(http::decompress("plain text", http::Coding::kDeflate, 4000, always));
  std::string wrong_sum = whole;
  wrong_sum[whole.size() - 8] = static_cast<char>(wrong_sum[whole.size() - 8] + 1);
  EXPECT_FALSE(http::decompress(wrong_sum, http::Coding::kGzip, 4000, always));
}

TEST(ContentCoding, StopsWhenThereIsNoRoom) {
  std::size_t asked = 0;
  const auto result = http::decompress(compressed(std::string(1'000'000, 'a'), kGzip), http::Coding::kGzip, 2'000'000,
                                       [&asked](std::size_t bytes) {
                                         asked += bytes;
                                         return asked < 200'000;
                                       });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::kUnavailable);
  EXPECT_LT(asked, 300'000U);
}

TEST(Bodies, CompressedReachTheHandlerPlain) {
  support::RunningServer running;
  HttpClient client(running.port());
  const std::string text = sample(100'000);
  const auto gzip = client.exchange(http_request("POST", "/", compressed(text, kGzip), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(gzip);
  EXPECT_EQ(gzip->status, 200);
  EXPECT_EQ(gzip->body, text);
  const auto zlib =
      client.exchange(http_request("POST", "/", compressed(text, kZlib), "Content-Encoding: deflate\r\n"));
  ASSERT_TRUE(zlib);
  EXPECT_EQ(zlib->body, text);
}

TEST(Bodies, ABombAndDamageAreRefusedAndTheConnectionStays) {
  http::Options options;
  options.limits.body_bytes = 1'000'000;
  support::RunningServer running(options);
  HttpClient client(running.port());
  const std::string bomb = compressed(std::string(1'000'001, '\0'), kGzip);
  ASSERT_LT(bomb.size(), 2000U);
  const auto refused = client.exchange(http_request("POST", "/", bomb, "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 413);
  EXPECT_EQ(refused->body, "too-long: the decompressed body is over the limit");
  const auto damaged = client.exchange(http_request("POST", "/", "no gzip", "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(damaged);
  EXPECT_EQ(damaged->status, 400);
  const auto plain = client.exchange(http_request("POST", "/", "plain"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->body, "plain");
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().buffered_bytes == 0; }));
}

TEST(Bodies, LargeInPieces) {
  support::RunningServer running;
  HttpClient client(running.port());
  const std::string text = sample(8'000'000);
  const auto by_length = client.exchange(http_request("POST", "/", text));
  ASSERT_TRUE(by_length);
  EXPECT_EQ(by_length->body, text);
  std::string chunks = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < 2'000'000; at += 1000) chunks += "3e8\r\n" + text.substr(at, 1000) + "\r\n";
  const auto by_chunks = client.exchange(chunks + "0\r\n\r\n");
  ASSERT_TRUE(by_chunks);
  EXPECT_EQ(by_chunks->body, text.substr(0, 2'000'000));
}

TEST(Bodies, ContinueComesOnceTheHeadIsAccepted) {
  support::RunningServer running;
  HttpClient client(running.port());
  const std::string request = http_request("POST", "/", "hello", "Expect: 100-continue\r\n");
  const std::size_t head = request.find("\r\n\r\n") + 4;
  const auto go_on = client.exchange(request.substr(0, head));
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  const auto answer = client.exchange(request.substr(head));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  // With the body there already, and in HTTP/1.0, it is not said.
  EXPECT_EQ(client.exchange(request)->status, 200);
  EXPECT_EQ(client.exchange("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na")->status, 200);
}

TEST(Bodies, ARequestBeginsWithItsFirstByte) {
  std::chrono::steady_clock::time_point began;
  support::RunningServer running({}, [&began](http::Request&& request) {
    began = request.began;
    return support::echo(std::move(request));
  });
  HttpClient client(running.port());
  const std::string request = http_request("POST", "/", "hello", "Expect: 100-continue\r\n");
  const std::size_t head = request.find("\r\n\r\n") + 4;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.exchange(request.substr(0, head)));
  const auto after_head = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.exchange(request.substr(head)));
  EXPECT_GT(began, before);
  EXPECT_LT(began, after_head);
}

TEST(Bodies, TooLargeIsToldInsteadOfContinue) {
  support::RunningServer running;
  HttpClient client(running.port());
  const auto answer =
      client.exchange("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_TRUE(client.ended());
}

// The client goes on sending a body that is refused: it still gets the answer, not a reset.
TEST(Bodies, TheAnswerSurvivesWhatIsStillSent) {
  http::Options options;
  options.limits.body_bytes = 1000;
  support::RunningServer running(options);
  for (int i = 0; i < 20; ++i) {
    HttpClient client(running.port());
    client.send(http_request("POST", "/", std::string(500'000, 'x')));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 413);
  }
}

TEST(Bodies, AllTogetherHaveALimit) {
  http::Options options;
  options.limits.buffered_bytes = 200'000;
  support::RunningServer running(options);
  HttpClient holder(running.port());
  const std::string first = http_request("POST", "/", std::string(150'000, 'x'));
  ASSERT_TRUE(holder.send(first.substr(0, first.size() - 1)));
  ASSERT_TRUE(support::becomes_true([&] { return running.server().load().buffered_bytes == 149'999; }));
  HttpClient second(running.port());
  second.send(http_request("POST", "/", std::string(100'000, 'y')));
  const auto busy = second.receive();
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->header("Retry-After"), "1");
  EXPECT_EQ(holder.exchange("x")->status, 200);
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().buffered_bytes == 0; }));
}

TEST(Heads, LimitsHaveTheirOwnStatus) {
  support::RunningServer running;
  const auto status_of = [&running](std::string_view bytes) {
    HttpClient client(running.port());
    client.send(bytes);
    const auto answer = client.receive();
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status_of(http_request("GET", "/" + std::string(8191, 'a'))), 200);
  EXPECT_EQ(status_of(http_request("GET", "/" + std::string(8192, 'a'))), 414);
  EXPECT_EQ(status_of(std::string(20'000, 'A')), 414);  // before its end is seen
  EXPECT_EQ(status_of(http_request("GET", "/", {}, "X-A: " + std::string(15'000, 'a') + "\r\n")), 200);
  EXPECT_EQ(status_of(http_request("GET", "/", {}, "X-A: " + std::string(17'000, 'a') + "\r\n")), 431);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX-A: " + std::string(17'000, 'a')), 431);
  std::string many;
  for (int i = 0; i < 99; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of(http_request("GET", "/", {}, many)), 200);
  EXPECT_EQ(status_of(http_request("GET", "/", {}, many + "A: b\r\n")), 431);
}

}  // namespace
}  // namespace pas
