#include "mappings/inputs/trust_store.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "fhir/base/openssl.h"

namespace pas::inputs {
namespace {

void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
using Certificate = std::unique_ptr<X509, base::Free<X509_free>>;
using Store = std::unique_ptr<X509_STORE, base::Free<X509_STORE_free>>;
using Context = std::unique_ptr<X509_STORE_CTX, base::Free<X509_STORE_CTX_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), base::Free<free_stack>>;
using Bio = std::unique_ptr<BIO, base::Free<BIO_free_all>>;

constexpr int kAuthLevel = 2;  // 112 bits: RSA of 2048 bits, SHA-256
constexpr int kMaxDepth = 8;

Certificate read_der(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != end) certificate.reset();
  return certificate;
}

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
  const base::OpensslErrors errors;
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

std::string TrustStore::find_fault(std::span<const std::string> chain, base::JwsAlgorithm algorithm,
                                   std::string_view text, std::string_view signature,
                                   std::chrono::system_clock::time_point time) const {
  const base::OpensslErrors errors;
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
  if (key == nullptr || !base::fits(key, algorithm)) return "the signer's key is not of the kind that alg names";
  return base::verify_jws(key, algorithm, text, signature) ? "" : "the signature does not fit the resource";
}

}  // namespace pas::inputs
