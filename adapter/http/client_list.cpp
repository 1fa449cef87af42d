#include "adapter/http/client_list.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "fhir/base/text.h"

namespace pas::http {
namespace {

constexpr std::string_view kDns = "dns:";
constexpr std::string_view kUri = "uri:";
constexpr std::string_view kSubject = "subject:";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// With any NUL inside, so that a name cut short by one is no match.
std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string subject_of(const X509& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void free_names(GENERAL_NAMES* names) {
  GENERAL_NAMES_free(names);
}

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> found = {std::string(kSubject) + subject_of(certificate)};
  const std::unique_ptr<GENERAL_NAMES, decltype(&free_names)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)), free_names);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
    if (kind == GEN_DNS)
      found.push_back(std::string(kDns) + base::to_lower(text_of(static_cast<const ASN1_STRING*>(value))));
    if (kind == GEN_URI) found.push_back(std::string(kUri) + text_of(static_cast<const ASN1_STRING*>(value)));
  }
  return found;
}

}  // namespace

base::Result<ClientList> ClientList::parse(std::string_view text, const std::string& file) {
  ClientList list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const bool is_dns = line.starts_with(kDns);
    if (!is_dns && !line.starts_with(kUri) && !line.starts_with(kSubject)) {
      return base::invalid(file + ":" + std::to_string(number) + ": dns:, uri: or subject: and a name is wanted");
    }
    list.names_.insert(is_dns ? base::to_lower(line) : std::string(line));
  }
  if (list.names_.empty()) return base::invalid(file + ": no client is named");
  return list;
}

bool ClientList::allows(const X509& certificate) const {
  for (const std::string& name : names_of(certificate)) {
    if (names_.contains(name)) return true;
  }
  return false;
}

}  // namespace pas::http
