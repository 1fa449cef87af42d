// tests/cases/http/requests.json: what a client sends, and the statuses that come back. Each case goes to the reader
// whole, byte by byte and cut at every place, and over a socket.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/request_reader.h"
#include "fhir/json/document.h"
#include "tests/adapter/http/fixture.h"
#include "tests/support/files.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

constexpr std::size_t kBodyLimit = 1000;

struct Case {
  std::string name;
  std::string send;
  std::vector<int> statuses;
  bool closes;
  json::Node node;
};

class RequestCases : public testing::Test {
 protected:
  RequestCases()
      : document_(json::Document::parse(support::read_file(support::repo_path("tests/cases/http/requests.json")))) {
    if (!document_) return;
    for (const json::Node node : document_->root()) {
      Case each{std::string(node["name"].text()), std::string(node["send"].text()), {}, node["closes"].is_true(), node};
      for (const json::Node status : node["status"]) each.statuses.push_back(std::stoi(std::string(status.text())));
      if (each.statuses.back() != 200) each.closes = true;
      cases_.push_back(std::move(each));
    }
  }

  boost::system::result<json::Document, json::ParseError> document_;
  std::vector<Case> cases_;
};

http::Limits limits() {
  http::Limits limits;
  limits.body_bytes = kBodyLimit;
  return limits;
}

// Feeds pieces that end at the given offsets, as a session does; the status of each request, and the last one itself.
struct Read {
  std::vector<int> statuses;
  http::Request last;
};
Read read_pieces(std::string_view bytes, const std::vector<std::size_t>& ends) {
  Read read;
  http::RequestReader reader(limits());
  std::string pending;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    pending += bytes.substr(begin, end - begin);
    begin = end;
    for (;;) {
      const auto state = reader.state();
      const std::vector<char> exact(pending.begin(), pending.end());  // a read beyond its end is seen by ASan
      const std::size_t used = reader.feed({exact.data(), exact.size()});
      EXPECT_LE(used, pending.size());
      pending.erase(0, used);
      if (reader.state() == http::RequestReader::State::kRefused) {
        read.statuses.push_back(reader.refusal().status);
        return read;
      }
      if (reader.state() == http::RequestReader::State::kComplete) {
        read.statuses.push_back(200);
        read.last = reader.take();
        reader.reset();
      } else if (used == 0 && reader.state() == state) {
        break;
      }
      if (pending.empty() && reader.state() != http::RequestReader::State::kComplete) break;
    }
  }
  return read;
}

void expect_as_told(const Case& each, const Read& read) {
  EXPECT_EQ(read.statuses, each.statuses) << each.name;
  if (read.statuses.empty() || read.statuses.back() != 200) return;
  if (each.node["body"]) {
    EXPECT_EQ(read.last.body, each.node["body"].text()) << each.name;
  }
  if (each.node["path"]) {
    EXPECT_EQ(read.last.path, each.node["path"].text()) << each.name;
  }
}

TEST_F(RequestCases, Whole) {
  ASSERT_FALSE(cases_.empty());
  for (const Case& each : cases_) expect_as_told(each, read_pieces(each.send, {each.send.size()}));
}

TEST_F(RequestCases, ByteByByte) {
  for (const Case& each : cases_) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 1; i <= each.send.size(); ++i) ends.push_back(i);
    expect_as_told(each, read_pieces(each.send, ends));
  }
}

TEST_F(RequestCases, CutAtEveryPlace) {
  for (const Case& each : cases_) {
    for (std::size_t i = 1; i < each.send.size(); ++i) {
      SCOPED_TRACE(i);
      expect_as_told(each, read_pieces(each.send, {i, each.send.size()}));
    }
  }
}

TEST_F(RequestCases, OverASocket) {
  http::Options options;
  options.limits = limits();
  support::RunningServer running(options);
  for (const Case& each : cases_) {
    SCOPED_TRACE(each.name);
    support::HttpClient client(running.port());
    ASSERT_TRUE(client.send(each.send));
    for (std::size_t i = 0; i < each.statuses.size(); ++i) {
      const bool last = i + 1 == each.statuses.size();
      const auto answer = client.receive();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, each.statuses[i]);
      EXPECT_TRUE(answer->header("X-Request-Id"));
      EXPECT_EQ(answer->header("Connection") == "close", each.closes && last);
    }
    if (each.closes) {
      EXPECT_TRUE(client.ended());
    } else {
      const auto next = client.exchange("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
      ASSERT_TRUE(next);
      EXPECT_EQ(next->header("X-Path"), "/next");
    }
  }
}

TEST_F(RequestCases, ByteByByteOverASocket) {
  support::RunningServer running;
  for (const Case& each : cases_) {
    if (each.name != "chunks" && each.name != "two in one" && each.name != "post by length") continue;
    support::HttpClient client(running.port());
    for (const char byte : each.send) ASSERT_TRUE(client.send({&byte, 1}));
    for (const int status : each.statuses) {
      const auto answer = client.receive();
      ASSERT_TRUE(answer) << each.name;
      EXPECT_EQ(answer->status, status) << each.name;
    }
  }
}

// A seeded walk through damaged requests: no crash, nothing read beyond what was given, and always an end.
TEST_F(RequestCases, DamagedAtRandom) {
  std::uint32_t seed = 1;
  const auto random = [&seed](std::size_t below) {
    seed = seed * 1664525U + 1013904223U;
    return static_cast<std::size_t>(seed >> 8U) % below;
  };
  for (int round = 0; round < 20; ++round) {
    for (const Case& each : cases_) {
      std::string bytes = each.send;
      for (std::size_t i = 0; i < 1 + random(3); ++i) {
        const std::size_t at = random(bytes.size());
        switch (random(3)) {
          case 0:
            bytes[at] = static_cast<char>(random(256));
            break;
          case 1:
            bytes.insert(at, bytes.substr(random(bytes.size()), random(20)));
            break;
          default:
            bytes.erase(at, random(3));
        }
        if (bytes.empty()) bytes = "x";
      }
      const std::size_t cut = 1 + random(bytes.size());
      const Read split = read_pieces(bytes, {cut, bytes.size()});
      EXPECT_EQ(split.statuses, read_pieces(bytes, {bytes.size()}).statuses) << each.name << " round " << round;
    }
  }
}

}  // namespace
}  // namespace pas
