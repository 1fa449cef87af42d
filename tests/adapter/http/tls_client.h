#pragma once
// An HTTP client over TLS, and the certificates of a small authority that are made while a test runs.

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "tests/adapter/store/samples.h"
#include "tests/mappings/inputs/signing.h"
#include "tests/support/http_client.h"

namespace pas::support {

struct Identity {
  cases::Key key;
  cases::Certificate certificate;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "Test CA");
  X509* certificate() const { return self_.certificate.get(); }
  EVP_PKEY* key() const { return self_.key.get(); }
  // `names` as "DNS:localhost,URI:https://a.example".
  Identity issue(const std::string& name, const std::string& names, const cases::Validity& validity = {}) const;
  // An OCSP response (DER): the certificate is good, and so for that long.
  std::string ocsp_about(const X509* certificate, long seconds_left) const;

 private:
  Identity self_;
};

// Writes cert.pem and key.pem, or those names with `prefix`.
void write_pair(const TemporaryFolder& folder, const Identity& identity, const std::string& prefix = {});
void write_file(const std::string& file, std::string_view text);

struct TlsClientOptions {
  int version = 0;            // TLS1_2_VERSION for that one alone
  X509* authority = nullptr;  // what the server's certificate must come from; null for any
  const Identity* identity = nullptr;
  SSL_SESSION* resume = nullptr;
  std::string ciphers = {};   // of TLS 1.2 and before
  std::string protocol = {};  // ALPN
  bool asks_ocsp = false;
};

class TlsClient : public HttpClient {
 public:
  using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

  explicit TlsClient(std::uint16_t port, const TlsClientOptions& options = {});
  ~TlsClient() override;

  // The handshake succeeded. With TLS 1.3 the server may refuse the client's certificate after it: the first
  // exchange fails.
  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(connection_); }
  std::string cipher() const { return SSL_get_cipher_name(connection_); }
  std::string protocol() const;
  std::string peer_name() const;  // the certificate's CN
  std::string stapled() const;    // the OCSP response
  bool resumed() const { return SSL_session_reused(connection_) == 1; }
  // After an exchange: with TLS 1.3 tickets come then.
  Session session() const { return {SSL_get1_session(connection_), SSL_SESSION_free}; }
  bool renegotiate();
  bool update_keys();

 protected:
  long write_some(std::string_view bytes) override;
  long read_some(char* bytes, std::size_t size) override;

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  SSL* connection_;
  bool connected_ = false;
};

}  // namespace pas::support
