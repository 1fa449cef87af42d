#pragma once
// OpenSSL's way to a non-blocking socket. Its own would raise SIGPIPE where the client is gone. Internal to
// adapter/http.

#include <openssl/types.h>

namespace pas::http {

// For one SSL, which frees it; the socket stays its owner's. Null without memory.
BIO* make_socket_bio(int socket);

}  // namespace pas::http
