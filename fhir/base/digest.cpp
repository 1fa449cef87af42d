#include "fhir/base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "fhir/base/text.h"

namespace pas::base {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr) != 1) {
    throw std::runtime_error("digest failed");
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

// Fetched once: an implicit fetch for each digest costs more than hashing a small bundle.
const EVP_MD* fetched(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  if (algorithm == nullptr) throw std::runtime_error(std::string("no digest ") + name);
  return algorithm;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetched("SHA256");
  return to_hex(digest(algorithm, bytes));
}

std::string sha1(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetched("SHA1");
  return digest(algorithm, bytes);
}

}  // namespace pas::base
