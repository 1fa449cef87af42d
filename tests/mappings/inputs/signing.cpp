#include "tests/mappings/inputs/signing.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "fhir/base/base64.h"

namespace pas::cases {
namespace {

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  EXPECT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string take_text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

Key make_key(const std::string& kind) {
  if (kind.starts_with("RSA-")) return Key(EVP_RSA_gen(static_cast<unsigned>(std::stoi(kind.substr(4)))));
  return Key(EVP_EC_gen(kind.c_str()));
}

Certificate certify(const Request& request, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()), request.validity.from.c_str());
  ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), request.validity.to.c_str());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(request.name.c_str()),
                             -1, -1, 0);
  X509* by = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(by));
  X509_set_pubkey(certificate.get(), key);
  if (request.is_authority) add_extension(certificate.get(), by, NID_basic_constraints, "critical,CA:TRUE");
  if (!request.usage.empty()) add_extension(certificate.get(), by, NID_key_usage, request.usage);
  const std::string& names = request.alternative_names;
  if (!names.empty()) add_extension(certificate.get(), by, NID_subject_alt_name, names);
  EXPECT_GT(X509_sign(certificate.get(), issuer == nullptr ? key : issuer_key, EVP_sha256()), 0);
  return certificate;
}

std::string to_pem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return take_text(bio);
}

std::string to_pem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return take_text(bio);
}

std::string to_der_base64(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  std::string text = base::encode_base64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return text;
}

std::string base64url(std::string_view bytes) {
  std::string text = base::encode_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string sign(std::string_view text, EVP_PKEY* key, const char* digest) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit_ex(context, nullptr, digest, nullptr, nullptr, key, nullptr);
  std::vector<unsigned char> bytes(1024);
  std::size_t size = bytes.size();
  EXPECT_EQ(
      EVP_DigestSign(context, bytes.data(), &size, reinterpret_cast<const unsigned char*>(text.data()), text.size()),
      1);
  EVP_MD_CTX_free(context);
  std::string signature(reinterpret_cast<const char*>(bytes.data()), size);
  if (EVP_PKEY_is_a(key, "EC") != 1) return base64url(signature);
  const unsigned char* at = bytes.data();
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
  const int half = (EVP_PKEY_get_bits(key) + 7) / 8;
  std::vector<unsigned char> both(static_cast<std::size_t>(2 * half));
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), both.data(), half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), both.data() + half, half);
  ECDSA_SIG_free(pair);
  return base64url({reinterpret_cast<const char*>(both.data()), both.size()});
}

}  // namespace pas::cases
