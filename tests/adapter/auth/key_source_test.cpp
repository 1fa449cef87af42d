// Keys that rotate: by a function, a file and a server.

#include "adapter/auth/key_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "adapter/auth/fetch.h"
#include "adapter/http/server.h"
#include "adapter/http/tls.h"
#include "tests/adapter/auth/tokens.h"
#include "tests/adapter/http/tls_client.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using auth_test::jwk_set;
using auth_test::MovedClock;
using std::chrono::seconds;

// Answers every request with `body`, and counts.
class KeyServer {
 public:
  explicit KeyServer(const http::Options& options = {})
      : scheme_(options.tls ? "https" : "http"),
        log_(observe::Log::to_sink(observe::Severity::kError, clock_, [](std::string_view) {})),
        server_(
            options, [this](http::Request&& request) { return answer(request); },
            [](int, std::string_view, std::string_view) { return http::Response{}; }, log_, clock_, ids_),
        port_(server_.start().value()) {}

  std::string url(const std::string& path = "/keys") const {
    return scheme_ + "://127.0.0.1:" + std::to_string(port_) + path;
  }

  std::mutex mutex;
  std::string body;
  int status = 200;
  std::atomic<int> asked = 0;

 private:
  http::Response answer(const http::Request& request) {
    const std::scoped_lock lock(mutex);
    ++asked;
    http::Response response;
    response.status = status;
    response.body = body;
    if (request.path == "/moved") {
      response.status = 302;
      response.headers.add("Location", url());
    }
    return response;
  }

  const std::string scheme_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  observe::Log log_;
  http::Server server_;
  std::uint16_t port_;
};

bool knows(auth::KeySource& source, const std::string& id) {
  const auto keys = source.keys_for(id);
  return keys && (*keys)->knows(id);
}

TEST(KeySource, AnUnknownKeyReadsAgainButNotWithoutEnd) {
  MovedClock clock;
  int reads = 0;
  std::string set = jwk_set({{"a", "p384"}});
  auth::KeySource source(
      [&] {
        ++reads;
        return base::Result<std::string>(set);
      },
      clock, {});
  EXPECT_TRUE(knows(source, "a"));
  EXPECT_EQ(reads, 1);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(knows(source, "b"));
  EXPECT_EQ(reads, 1) << "within the pause";
  set = jwk_set({{"b", "p384-other"}});
  clock.advance(seconds(10));
  EXPECT_TRUE(knows(source, "b"));
  EXPECT_FALSE(knows(source, "a")) << "taken out of the set";
  EXPECT_EQ(reads, 2);
  clock.advance(seconds(601));
  EXPECT_TRUE(knows(source, "b"));
  EXPECT_EQ(reads, 3) << "by age";
}

TEST(KeySource, ReadingsThatFailBackOffAndKeepWhatThereIsForADay) {
  MovedClock clock;
  int reads = 0;
  bool is_away = false;
  auth::KeySource source(
      [&] {
        ++reads;
        if (is_away) return base::Result<std::string>(base::unavailable("away"));
        return base::Result<std::string>(jwk_set({{"a", "p384"}}));
      },
      clock, {});
  ASSERT_TRUE(knows(source, "a"));
  is_away = true;
  std::vector<int> pauses;
  for (int passed = 0, last = 0; passed < 2000; ++passed) {
    const int before = reads;
    (void)source.keys_for("b");
    if (reads != before) {
      pauses.push_back(passed - last);
      last = passed;
    }
    clock.advance(seconds(1));
  }
  EXPECT_EQ(std::vector<int>(pauses.begin(), pauses.begin() + 7), (std::vector<int>{10, 20, 40, 80, 160, 300, 300}));
  EXPECT_TRUE(knows(source, "a"));
  clock.advance(seconds(86'400));
  EXPECT_FALSE(source.keys_for("a"));
  is_away = false;
  clock.advance(seconds(300));
  EXPECT_TRUE(knows(source, "a"));
}

TEST(KeySource, AFileIsReadAgain) {
  const support::TemporaryFolder folder;
  MovedClock clock;
  const std::string file = folder.file("keys.json");
  EXPECT_FALSE(auth::open_keys(file, {}, clock));
  std::ofstream(file) << jwk_set({{"a", "rsa"}});
  const auto source = auth::open_keys(file, {}, clock);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_TRUE(knows(**source, "a"));
  std::ofstream(file) << jwk_set({{"a", "rsa"}, {"b", "rsa-other"}});
  clock.advance(seconds(10));
  EXPECT_TRUE(knows(**source, "b"));
}

TEST(KeySource, AServersKeysRotate) {
  KeyServer server;
  MovedClock clock;
  server.body = jwk_set({{"a", "p384"}});
  std::vector<std::string> failures;
  const auto report = [&failures](const std::string& place, const std::string& why) {
    failures.push_back(place + ": " + why);
  };
  const auto source = auth::open_keys(server.url(), {.report = report}, clock);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(server.asked, 0) << "first asked when a key is wanted";
  EXPECT_TRUE(knows(**source, "a"));
  EXPECT_TRUE(knows(**source, "a"));
  EXPECT_EQ(server.asked, 1);
  {
    const std::scoped_lock lock(server.mutex);
    server.body = jwk_set({{"b", "p384-other"}});
  }
  clock.advance(seconds(10));
  EXPECT_TRUE(knows(**source, "b"));
  EXPECT_FALSE(knows(**source, "a"));
  {
    const std::scoped_lock lock(server.mutex);
    server.status = 500;
  }
  clock.advance(seconds(601));
  EXPECT_TRUE(failures.empty());
  EXPECT_TRUE(knows(**source, "b")) << "what there is stays";
  EXPECT_EQ(failures, std::vector{server.url() + ": the server of the keys answered 500"});
}

TEST(KeySource, AServersAnswerHasItsLimits) {
  KeyServer server;
  server.body = jwk_set({{"a", "p384"}});
  EXPECT_TRUE(auth::fetch(server.url()));
  const auto moved = auth::fetch(server.url("/moved"));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message, "the server of the keys answered 302");
  {
    const std::scoped_lock lock(server.mutex);
    server.body.assign(auth::KeySet::kMostBytes + 1, ' ');
  }
  const auto large = auth::fetch(server.url());
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().message, "the JWK Set is too large");
  EXPECT_FALSE(auth::fetch("http://127.0.0.1:1/keys"));
}

// From a server whose certificate the CA vouches for, for the name that was asked, and from no other.
TEST(KeySource, OverTlsTheServerIsTheOneThatWasAsked) {
  const support::Authority authority;
  const support::Authority stranger("Stranger");
  const support::TemporaryFolder folder;
  support::write_file(folder.file("ca.pem"), cases::to_pem(authority.certificate()));
  const auto serving = [&](const support::Identity& identity) {
    write_pair(folder, identity);
    http::Options options;
    options.tls = http::Tls::load({.certificate = folder.file("cert.pem"), .key = folder.file("key.pem")}).value();
    return options;
  };
  KeyServer sound(serving(authority.issue("keys", "IP:127.0.0.1")));
  KeyServer renamed(serving(authority.issue("keys", "DNS:keys.example")));
  KeyServer foreign(serving(stranger.issue("keys", "IP:127.0.0.1")));
  for (KeyServer* server : {&sound, &renamed, &foreign}) server->body = jwk_set({{"a", "p384"}});

  MovedClock clock;
  const auto source = auth::open_keys(sound.url(), {.certificates = folder.file("ca.pem")}, clock);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_TRUE(knows(**source, "a"));
  EXPECT_FALSE(auth::fetch(sound.url())) << "the system does not know this CA";
  EXPECT_FALSE(auth::fetch(renamed.url(), folder.file("ca.pem"))) << "a certificate for another name";
  EXPECT_FALSE(auth::fetch(foreign.url(), folder.file("ca.pem"))) << "a CA that is not trusted";
  EXPECT_FALSE(auth::fetch(sound.url(), folder.file("none.pem"))) << "no file of CAs";
  EXPECT_EQ(renamed.asked + foreign.asked, 0) << "nothing was sent to them";
  EXPECT_EQ(sound.asked, 1);
}

TEST(KeySource, UrlsAreHttpsUnlessAllowed) {
  EXPECT_TRUE(auth::check_key_url("https://issuer.example/keys", false));
  EXPECT_FALSE(auth::check_key_url("http://issuer.example/keys", false));
  EXPECT_TRUE(auth::check_key_url("http://issuer.example/keys", true));
  EXPECT_TRUE(auth::check_key_url("http://localhost:8080/keys", false));
  EXPECT_FALSE(auth::check_key_url("http://localhost.evil.example/keys", false));
  EXPECT_FALSE(auth::check_key_url("http://127.0.0.1.evil.example/keys", false));
  EXPECT_FALSE(auth::check_key_url("file:///etc/passwd", true));
}

TEST(KeySet, PassesOverWhatIsNoUse) {
  using auth_test::jwk;
  const auto set_of = [](const std::string& keys) { return auth::KeySet::parse("{\"keys\":[" + keys + "]}"); };
  const std::string sound = jwk("p384", "a");
  const auto keys =
      set_of(sound + R"(,{"kty":"oct","kid":"o","k":"AAAA"},{"kty":"OKP","kid":"e","crv":"Ed25519","x":"AA"},7,)" +
             jwk("p384", "", "") + "," + jwk("rsa", "d", R"(,"d":"AA")"));
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_TRUE(keys->knows("a"));
  for (const char* id : {"o", "e", "", "d"}) EXPECT_FALSE(keys->knows(id)) << id;

  std::string off_curve = sound;
  const auto x = off_curve.find("\"x\":\"") + 5;
  off_curve[x] = off_curve[x] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(set_of(off_curve)) << "a point beside its curve";
  EXPECT_FALSE(set_of(""));
  EXPECT_FALSE(auth::KeySet::parse("[]"));
  EXPECT_FALSE(auth::KeySet::parse("{"));
  EXPECT_FALSE(auth::KeySet::parse(std::string(auth::KeySet::kMostBytes + 1, ' ')));
}

}  // namespace
}  // namespace pas
