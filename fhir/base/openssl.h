#pragma once
// Ownership of OpenSSL's objects, and its queue of errors.

#include <openssl/err.h>

namespace pas::base {

// A deleter: std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>.
template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

// What OpenSSL noted of failures on this thread, which are answered here.
struct OpensslErrors {
  ~OpensslErrors() { ERR_clear_error(); }
};

}  // namespace pas::base
