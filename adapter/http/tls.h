#pragma once
// The server's side of TLS 1.2 and 1.3: its certificate and key, who may connect, tickets for resumption, a stapled
// OCSP response. Key exchange is ephemeral (ECDHE), ciphers are AEAD; no renegotiation, compression or early data.
//
// Threads: any, at any time. Connections keep the credentials that they began with.

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "fhir/base/result.h"

namespace pas::http {

// Names of files. A passphrase on the key is not asked for.
struct TlsSettings {
  std::string certificate;       // PEM: the server's own first, then what leads to its root
  std::string key;               // PEM
  std::string client_ca = {};    // PEM; when given, a client must show a certificate that one of these vouches for
  std::string client_list = {};  // which of them may connect (client_list.h); all of them without
  std::string ocsp = {};         // an OCSP response for the certificate, DER
};

class TlsCredentials;
using TlsConnection = std::shared_ptr<SSL>;

class Tls {
 public:
  // What is wrong is told with its file: unreadable, expired, key and certificate that are not a pair.
  static base::Result<std::shared_ptr<Tls>> load(TlsSettings settings);

  // Reads all files again; what was in force stays when one is wrong. Tickets given before are not taken any more, so
  // that nobody resumes past a changed client CA or list.
  base::Result<void> reload();

  // The server's end of a connection on that socket, before its handshake. Null without memory.
  TlsConnection accept(int socket) const;

 private:
  explicit Tls(TlsSettings settings);

  const TlsSettings settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsCredentials> credentials_;
};

}  // namespace pas::http
