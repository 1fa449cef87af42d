#pragma once
// The clients that may connect by mutual TLS, named by their certificates. One name a line; '#' begins a comment:
//
//   dns:ehr.example                        a DNS name of the certificate
//   uri:https://ehr.example/fhir           a URI
//   subject:CN=EHR One,O=Example Clinic    the whole subject as RFC 2253 writes it, the last part first
//
// A client whose certificate has one of the names may connect.

#include <openssl/types.h>

#include <set>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::http {

class ClientList {
 public:
  // `file` is what a mistake is told with. An empty list is a mistake: it would let nobody in.
  static base::Result<ClientList> parse(std::string_view text, const std::string& file);

  bool allows(const X509& certificate) const;

 private:
  std::set<std::string, std::less<>> names_;  // "dns:ehr.example", DNS names in lower case
};

}  // namespace pas::http
