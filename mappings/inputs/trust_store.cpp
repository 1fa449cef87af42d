#include "mappings/inputs/trust_store.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

namespace pas::inputs {
namespace {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Context = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), Free<free_stack>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

constexpr int kAuthLevel = 2;  // 112 bits: RSA of 2048 bits, SHA-256
constexpr int kMaxDepth = 8;

Certificate read_der(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != end) certificate.reset();
  return certificate;
}

bool is_elliptic(TrustStore::Algorithm algorithm) {
  return algorithm == TrustStore::Algorithm::kEs256 || algorithm == TrustStore::Algorithm::kEs384;
}

bool is_sha384(TrustStore::Algorithm algorithm) {
  return algorithm == TrustStore::Algorithm::kRs384 || algorithm == TrustStore::Algorithm::kEs384;
}

bool fits(EVP_PKEY* key, TrustStore::Algorithm algorithm) {
  if (!is_elliptic(algorithm)) return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= 2048;
  if (EVP_PKEY_is_a(key, "EC") != 1) return false;
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return false;
  return std::string_view(name.data(), size) == (is_sha384(algorithm) ? "secp384r1" : "prime256v1");
}

// JWS has the two numbers one after the other (RFC 7518 §3.4), OpenSSL wants DER.
std::string to_der(std::string_view signature, std::size_t half) {
  if (signature.size() != 2 * half) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
  const EcSignature pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes, static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(bytes + half, static_cast<int>(half), nullptr);
  ECDSA_SIG_set0(pair.get(), r, s);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text = size > 0 ? std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)) : "";
  OPENSSL_free(der);
  return text;
}

bool verify(EVP_PKEY* key, TrustStore::Algorithm algorithm, std::string_view text, std::string_view signature) {
  std::string der;
  if (is_elliptic(algorithm)) {
    der = to_der(signature, is_sha384(algorithm) ? 48 : 32);
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* digest = is_sha384(algorithm) ? EVP_sha384() : EVP_sha256();
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

// What OpenSSL noted of failures on this thread, which are answered here.
struct ErrorQueue {
  ~ErrorQueue() { ERR_clear_error(); }
};

}  // namespace

struct TrustStore::Anchors {
  Store store;
};

TrustStore::TrustStore(std::unique_ptr<const Anchors> anchors, std::size_t count)
    : anchors_(std::move(anchors)), count_(count) {}
TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;
TrustStore::~TrustStore() = default;

base::Result<TrustStore> TrustStore::load(std::span<const PemFile> files) {
  const ErrorQueue errors;
  auto anchors = std::make_unique<Anchors>();
  anchors->store.reset(X509_STORE_new());
  std::size_t count = 0;
  for (const PemFile& file : files) {
    const Bio bio(BIO_new_mem_buf(file.text.data(), static_cast<int>(file.text.size())));
    const std::size_t before = count;
    while (const Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
      X509_STORE_add_cert(anchors->store.get(), certificate.get());
      ++count;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
      return base::invalid(file.name + " holds a certificate that is damaged");
    }
    ERR_clear_error();
    if (count == before) return base::invalid(file.name + " holds no certificate (PEM)");
  }
  if (count == 0) return base::invalid("the trust store holds no certificate");
  return TrustStore(std::move(anchors), count);
}

std::string TrustStore::find_fault(std::span<const std::string> chain, Algorithm algorithm, std::string_view text,
                                   std::string_view signature, std::chrono::system_clock::time_point time) const {
  const ErrorQueue errors;
  Certificate signer;
  const Stack others(sk_X509_new_null());
  for (const std::string& der : chain) {
    Certificate certificate = read_der(der);
    if (!certificate) return "a certificate of x5c is damaged";
    if (!signer) {
      signer = std::move(certificate);
    } else {
      sk_X509_push(others.get(), certificate.release());
    }
  }
  if (!signer) return "x5c is empty";

  const Context context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), anchors_->store.get(), signer.get(), others.get());
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(parameters, kAuthLevel);
  X509_VERIFY_PARAM_set_depth(parameters, kMaxDepth);
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(time));
  if (X509_verify_cert(context.get()) != 1) {
    return std::string("the signer's certificate is not trusted: ") +
           X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
  }
  if ((X509_get_key_usage(signer.get()) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0) {
    return "the signer's certificate is not for signatures";
  }
  EVP_PKEY* key = X509_get0_pubkey(signer.get());
  if (key == nullptr || !fits(key, algorithm)) return "the signer's key is not of the kind that alg names";
  return verify(key, algorithm, text, signature) ? "" : "the signature does not fit the resource";
}

}  // namespace pas::inputs
