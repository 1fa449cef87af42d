#include "adapter/http/tls.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "adapter/http/client_list.h"
#include "adapter/http/ocsp_response.h"
#include "adapter/http/socket_bio.h"
#include "adapter/http/ticket_keys.h"

namespace pas::http {

// What a connection is made with. Made once, then only read, but for the ticket keys.
class TlsCredentials {
 public:
  static base::Result<std::shared_ptr<const TlsCredentials>> load(const TlsSettings& settings);

  SSL_CTX* context() const { return context_.get(); }
  const std::optional<ClientList>& clients() const { return clients_; }
  const std::optional<OcspResponse>& ocsp() const { return ocsp_; }
  TicketKeys& ticket_keys() const { return ticket_keys_; }

 private:
  TlsCredentials() : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {}
  base::Result<void> set_up();
  base::Result<void> load_pair(const TlsSettings& settings);
  base::Result<void> load_clients(const TlsSettings& settings);
  base::Result<void> load_ocsp(const TlsSettings& settings);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::optional<ClientList> clients_;
  std::optional<OcspResponse> ocsp_;
  mutable TicketKeys ticket_keys_;
};

namespace {

constexpr const char* kCiphers =  // of TLS 1.2; those of 1.3 are all AEAD
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr int kSecurityLevel = 2;  // 112 bits: RSA of 2048 bits, no SHA-1
constexpr std::uint64_t kOptions = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA |
                                   // HTTP knows by itself where a message ends, so a missing close_notify cuts nothing.
                                   SSL_OP_IGNORE_UNEXPECTED_EOF;
// An idle connection holds no buffers; a write may be taken up again from a buffer elsewhere.
constexpr long kMode = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;
constexpr std::size_t kReadBytes = std::size_t{32} << 10U;  // a read from the socket takes records together
constexpr std::string_view kProtocol = "http/1.1";          // ALPN
constexpr std::size_t kFileBytes = std::size_t{1} << 20U;

// The first thing that OpenSSL complains of.
std::string complaint() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

base::Error wrong(const std::string& file, const std::string& what) {
  return base::invalid(file + ": " + what);
}

base::Result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) return wrong(file, "cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kFileBytes) return wrong(file, "is over 1 MiB");
  return text;
}

const TlsCredentials& credentials_of(const SSL* connection) {
  return *static_cast<const TlsCredentials*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned size, void*) {
  for (unsigned at = 0; at < size; at += 1U + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
    if (name != kProtocol) continue;
    *chosen = offered + at + 1;
    *chosen_size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2
}

int staple(SSL* connection, void*) {
  const auto& ocsp = credentials_of(connection).ocsp();
  if (!ocsp || !ocsp->is_current()) return SSL_TLSEXT_ERR_NOACK;
  const std::string& der = ocsp->der();
  void* copy = OPENSSL_memdup(der.data(), der.size());  // OpenSSL frees it
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(connection, copy, static_cast<long>(der.size()));
  return SSL_TLSEXT_ERR_OK;
}

// Called for each certificate of the client's chain, the client's own last. Resumed sessions passed it once.
int verify_client(int good, X509_STORE_CTX* chain) {
  if (good != 1 || X509_STORE_CTX_get_error_depth(chain) > 0) return good;
  const auto* connection =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto& clients = credentials_of(connection).clients();
  if (!clients || clients->allows(*X509_STORE_CTX_get_current_cert(chain))) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

bool set_keys(const TicketKey& key, const unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool seal) {
  std::array<char, 7> digest = {"SHA256"};
  auto secret = key.mac;
  const std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  return EVP_CipherInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, seal ? 1 : 0, nullptr) == 1 &&
         EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

// -1: an error; 0: no ticket, or one that is not taken; 1: done; 2: taken, and a new one is due.
int seal_or_open_ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                        EVP_MAC_CTX* mac, int seals) {
  TicketKeys& keys = credentials_of(connection).ticket_keys();
  const auto now = std::chrono::steady_clock::now();
  if (seals != 0) {
    const auto key = keys.sealing(now);
    if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
    std::copy(key->name.begin(), key->name.end(), name);
    return set_keys(*key, iv, cipher, mac, true) ? 1 : -1;
  }
  TicketKey wanted;
  std::copy_n(name, wanted.name.size(), wanted.name.begin());
  const auto found = keys.opening(wanted.name, now);
  if (!found) return 0;
  if (!set_keys(found->key, iv, cipher, mac, false)) return -1;
  return found->is_old ? 2 : 1;
}

}  // namespace

base::Result<std::shared_ptr<const TlsCredentials>> TlsCredentials::load(const TlsSettings& settings) {
  ERR_clear_error();
  const std::shared_ptr<TlsCredentials> made(new TlsCredentials());
  if (auto done = made->set_up(); !done) return done.error();
  if (auto done = made->load_pair(settings); !done) return done.error();
  if (auto done = made->load_clients(settings); !done) return done.error();
  if (auto done = made->load_ocsp(settings); !done) return done.error();
  return std::shared_ptr<const TlsCredentials>(made);
}

base::Result<void> TlsCredentials::set_up() {
  SSL_CTX* const context = context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, kCiphers) != 1 || SSL_CTX_set1_groups_list(context, kGroups) != 1) {
    return base::unavailable("TLS cannot be set up: " + complaint());
  }
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, kOptions);
  SSL_CTX_set_mode(context, kMode);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, kReadBytes);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_tlsext_status_cb(context, staple);
  // Tickets hold the session, so that nothing is kept here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kProtocol.data()),
                                 static_cast<unsigned>(kProtocol.size()));
  SSL_CTX_set_timeout(context, kTicketLifetime.count());
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, seal_or_open_ticket);
  return {};
}

base::Result<void> TlsCredentials::load_pair(const TlsSettings& settings) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1) {
    return wrong(settings.certificate, "no certificate in PEM: " + complaint());
  }
  if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return wrong(settings.key, "no key of " + settings.certificate + " in PEM: " + complaint());
  }
  const X509* const certificate = SSL_CTX_get0_certificate(context);
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    return wrong(settings.certificate, "the certificate's time has not begun");
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    return wrong(settings.certificate, "the certificate has expired");
  }
  return {};
}

base::Result<void> TlsCredentials::load_clients(const TlsSettings& settings) {
  if (settings.client_ca.empty()) return {};
  SSL_CTX* const context = context_.get();
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(settings.client_ca.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(context, settings.client_ca.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return wrong(settings.client_ca, "no certificate in PEM: " + complaint());
  }
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_client);
  if (settings.client_list.empty()) return {};
  const auto text = read_file(settings.client_list);
  if (!text) return text.error();
  auto clients = ClientList::parse(*text, settings.client_list);
  if (!clients) return clients.error();
  clients_ = *std::move(clients);
  return {};
}

base::Result<void> TlsCredentials::load_ocsp(const TlsSettings& settings) {
  if (settings.ocsp.empty()) return {};
  const auto der = read_file(settings.ocsp);
  if (!der) return der.error();
  auto response = OcspResponse::parse(*der, *SSL_CTX_get0_certificate(context_.get()));
  if (!response) return wrong(settings.ocsp, response.error().message);
  ocsp_ = *std::move(response);
  return {};
}

Tls::Tls(TlsSettings settings) : settings_(std::move(settings)) {}

base::Result<std::shared_ptr<Tls>> Tls::load(TlsSettings settings) {
  std::shared_ptr<Tls> tls(new Tls(std::move(settings)));
  auto loaded = tls->reload();
  if (!loaded) return loaded.error();
  return tls;
}

base::Result<void> Tls::reload() {
  auto loaded = TlsCredentials::load(settings_);
  if (!loaded) return loaded.error();
  const std::lock_guard lock(mutex_);
  credentials_ = *std::move(loaded);
  return {};
}

TlsConnection Tls::accept(int socket) const {
  std::unique_lock lock(mutex_);
  std::shared_ptr<const TlsCredentials> credentials = credentials_;
  lock.unlock();
  SSL* const connection = SSL_new(credentials->context());
  BIO* const bio = connection == nullptr ? nullptr : make_socket_bio(socket);
  if (bio == nullptr) {
    SSL_free(connection);
    return nullptr;
  }
  SSL_set_bio(connection, bio, bio);
  SSL_set_accept_state(connection);
  return {connection, [credentials = std::move(credentials)](SSL* ended) { SSL_free(ended); }};
}

}  // namespace pas::http
