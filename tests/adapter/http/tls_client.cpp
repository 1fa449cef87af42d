#include "tests/adapter/http/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <fstream>

namespace pas::support {

Authority::Authority(const std::string& name) : self_{cases::make_key("P-256"), {}} {
  self_.certificate =
      cases::certify({.name = name, .is_authority = true, .usage = "keyCertSign,cRLSign"}, key(), nullptr, nullptr);
}

Identity Authority::issue(const std::string& name, const std::string& names, const cases::Validity& validity) const {
  Identity identity{cases::make_key("P-256"), {}};
  identity.certificate = cases::certify({.name = name, .validity = validity, .alternative_names = names},
                                        identity.key.get(), certificate(), key());
  return identity;
}

std::string Authority::ocsp_about(const X509* certificate, long seconds_left) const {
  OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
  OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha1(), certificate, self_.certificate.get());
  ASN1_TIME* before = X509_time_adj_ex(nullptr, -30, 0, nullptr);
  ASN1_TIME* after = X509_time_adj_ex(nullptr, 0, seconds_left, nullptr);
  OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, nullptr, before, after);
  EXPECT_EQ(OCSP_basic_sign(basic, self_.certificate.get(), key(), EVP_sha256(), nullptr, 0), 1);
  OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &der);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  OCSP_RESPONSE_free(response);
  OCSP_BASICRESP_free(basic);
  OCSP_CERTID_free(id);
  ASN1_TIME_free(before);
  ASN1_TIME_free(after);
  return bytes;
}

void write_file(const std::string& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

void write_pair(const TemporaryFolder& folder, const Identity& identity, const std::string& prefix) {
  write_file(folder.file(prefix + "cert.pem"), cases::to_pem(identity.certificate.get()));
  write_file(folder.file(prefix + "key.pem"), cases::to_pem(identity.key.get()));
}

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options)
    : HttpClient(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's socket may raise it here; the server's must not
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);  // offers what an old client offers
  if (options.version != 0) {
    SSL_CTX_set_min_proto_version(context, options.version);
    SSL_CTX_set_max_proto_version(context, options.version);
  }
  if (!options.ciphers.empty()) {
    EXPECT_EQ(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()), 1);
  }
  if (options.authority != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), options.authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (options.identity != nullptr) {
    SSL_CTX_use_certificate(context, options.identity->certificate.get());
    SSL_CTX_use_PrivateKey(context, options.identity->key.get());
  }
  connection_ = SSL_new(context);
  if (!options.protocol.empty()) {
    const std::string offer = static_cast<char>(options.protocol.size()) + options.protocol;
    SSL_set_alpn_protos(connection_, reinterpret_cast<const unsigned char*>(offer.data()),
                        static_cast<unsigned>(offer.size()));
  }
  if (options.asks_ocsp) SSL_set_tlsext_status_type(connection_, TLSEXT_STATUSTYPE_ocsp);
  if (options.resume != nullptr) SSL_set_session(connection_, options.resume);
  SSL_set_fd(connection_, socket());
  connected_ = SSL_connect(connection_) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(connection_);
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::peer_name() const {
  const X509* certificate = SSL_get0_peer_certificate(connection_);
  if (certificate == nullptr) return {};
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  return name.data();
}

std::string TlsClient::stapled() const {
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(connection_, &der);
  return size <= 0 ? std::string() : std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
}

bool TlsClient::renegotiate() {
  return SSL_renegotiate(connection_) == 1 && SSL_do_handshake(connection_) == 1;
}

bool TlsClient::update_keys() {
  return SSL_key_update(connection_, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(connection_) == 1;
}

long TlsClient::write_some(std::string_view bytes) {
  return SSL_write(connection_, bytes.data(), static_cast<int>(bytes.size()));
}

long TlsClient::read_some(char* bytes, std::size_t size) {
  return SSL_read(connection_, bytes, static_cast<int>(size));
}

}  // namespace pas::support
