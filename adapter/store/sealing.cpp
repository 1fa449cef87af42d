#include "adapter/store/sealing.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "adapter/store/packing.h"
#include "fhir/base/base64.h"

namespace pas::store {
namespace {

constexpr char kSealed = '\xFF';
constexpr std::size_t kMostIdBytes = 32;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kMostFileBytes = std::size_t{64} << 10U;
constexpr std::string_view kCheckColumn = "store_keys.sealed";
constexpr std::string_view kCheckText = "pas-adapter store key";

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

Cipher make_cipher() {
  Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr) throw std::bad_alloc();
  return cipher;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
int size_of(std::string_view text) {
  return static_cast<int>(text.size());  // kMaxUnpackedBytes is below its most
}

std::optional<std::string> decode_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    int value = 0;
    for (const char c : text.substr(i, 2)) {
      const bool is_digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit && (lower < 'a' || lower > 'f')) return std::nullopt;
      value = value * 16 + (is_digit ? c - '0' : lower - 'a' + 10);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

bool is_key_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdBytes && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

base::Result<std::string> read_key_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return base::invalid(file + " cannot be read");
  struct stat status {};
  const bool is_file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  std::string text(kMostFileBytes + 1, '\0');
  const ssize_t count = is_file ? ::read(descriptor, text.data(), text.size()) : -1;
  ::close(descriptor);
  if (count < 0) return base::invalid(file + " is no file that can be read");
  if ((status.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0) {
    return base::invalid(file +
                         ": others than its owner and group can read it, or others than its owner change it "
                         "(chmod 640 or less)");
  }
  text.resize(static_cast<std::size_t>(count));
  if (text.size() > kMostFileBytes) return base::invalid(file + " is larger than 64 KB");
  return text;
}

}  // namespace

base::Result<std::shared_ptr<const StoreKeys>> StoreKeys::parse(std::string_view text) {
  auto made = std::make_shared<StoreKeys>();
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto wrong = [number](const char* what) {
      return base::invalid("line " + std::to_string(number) + ": " + what);
    };
    const auto gap = line.find_first_of(" \t");
    if (gap == std::string_view::npos || !is_key_id(line.substr(0, gap))) {
      return wrong("ID KEY is wanted, the id 1 to 32 of A-Z a-z 0-9 . _ -");
    }
    const std::string_view written = trimmed(line.substr(gap));
    const auto bytes = written.size() == 2 * kKeyBytes ? decode_hex(written) : base::decode_base64(written);
    if (!bytes || bytes->size() != kKeyBytes) return wrong("the key is not 32 bytes in hex or base64");
    if (made->knows(line.substr(0, gap))) return wrong("the id stands twice");
    if (made->keys_.size() == kMostKeys) return wrong("more than 100 keys");
    Key& key = made->keys_.emplace_back();
    key.id = line.substr(0, gap);
    std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  }
  if (made->keys_.empty()) return base::invalid("no key is in it");
  return std::shared_ptr<const StoreKeys>(std::move(made));
}

base::Result<std::shared_ptr<const StoreKeys>> StoreKeys::load(const std::string& file) {
  const auto text = read_key_file(file);
  if (!text) return text.error();
  auto keys = parse(*text);
  if (!keys) return base::invalid(file + ", " + keys.error().message);
  return keys;
}

const StoreKeys::Key* StoreKeys::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &Key::id);
  return found == keys_.end() ? nullptr : &*found;
}

std::string StoreKeys::seal(std::string_view text, std::string_view place) const {
  const Key& key = keys_.front();
  std::string sealed(1, kSealed);
  sealed += static_cast<char>(key.id.size());
  sealed += key.id;
  const std::size_t nonce_at = sealed.size();
  const std::size_t text_at = nonce_at + kNonceBytes;
  sealed.resize(text_at + text.size() + kTagBytes);
  unsigned char* const nonce = bytes_of(sealed) + nonce_at;
  unsigned char* const out = bytes_of(sealed) + text_at;
  const Cipher cipher = make_cipher();
  int size = 0;
  const bool done = RAND_bytes(nonce, kNonceBytes) == 1 &&
                    EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(), nonce) == 1 &&
                    EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(place), size_of(place)) == 1 &&
                    EVP_EncryptUpdate(cipher.get(), out, &size, bytes_of(text), size_of(text)) == 1 &&
                    EVP_EncryptFinal_ex(cipher.get(), out + text.size(), &size) == 1 &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + text.size()) == 1;
  if (!done) throw std::runtime_error("AES-256-GCM failed");  // never plain instead
  return sealed;
}

std::optional<std::string> StoreKeys::open(std::string_view sealed, std::string_view place) const {
  const auto id = sealed_by(sealed);
  const Key* key = id ? find(*id) : nullptr;
  const std::size_t nonce_at = 2 + id.value_or("").size();
  const std::size_t text_at = nonce_at + kNonceBytes;
  if (key == nullptr || sealed.size() < text_at + kTagBytes) return std::nullopt;
  const std::string_view secret = sealed.substr(text_at, sealed.size() - text_at - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string text(secret.size(), '\0');
  const Cipher cipher = make_cipher();
  int size = 0;
  const bool is_authentic =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key->bytes.data(),
                         bytes_of(sealed.substr(nonce_at))) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(place), size_of(place)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(text), &size, bytes_of(secret), size_of(secret)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes_of(text) + text.size(), &size) == 1;
  if (!is_authentic) return std::nullopt;
  return text;
}

std::string place_of(std::string_view column, std::initializer_list<std::string_view> row) {
  return place_of(column, std::vector<std::string>(row.begin(), row.end()));
}

std::string place_of(std::string_view column, const std::vector<std::string>& row) {
  std::string place(column);
  return place.append(" ").append(pack_texts(row));
}

std::optional<std::string_view> sealed_by(std::string_view text) {
  if (text.size() < 2 || text.front() != kSealed) return std::nullopt;
  return text.substr(2, static_cast<unsigned char>(text[1]));
}

std::string sealed(const StoreKeys* keys, std::string text, std::string_view place) {
  return keys == nullptr || text.empty() ? std::move(text) : keys->seal(text, place);
}

std::optional<std::string> opened(const StoreKeys* keys, std::string_view text, std::string_view place) {
  if (!sealed_by(text)) return std::string(text);
  return keys == nullptr ? std::nullopt : keys->open(text, place);
}

std::string packed_text(const StoreKeys* keys, std::string_view text, std::string_view place) {
  return sealed(keys, compress(text), place);
}

std::optional<std::string> unpacked_text(const StoreKeys* keys, std::string_view text, std::string_view place) {
  if (!sealed_by(text)) return decompress(text);
  const auto frame = opened(keys, text, place);
  return frame ? decompress(*frame) : std::nullopt;
}

base::Result<void> check_keys(const StoreKeys* keys, const KeyChecks& stored) {
  if (stored.empty()) return {};
  if (keys == nullptr) return base::invalid("the store is encrypted: --store-keys FILE is wanted");
  for (const auto& [id, check] : stored) {
    if (!keys->knows(id)) return base::invalid("the store is encrypted with the key " + id + ", which is not given");
    if (keys->open(check, place_of(kCheckColumn, {id})) != kCheckText) {
      return base::invalid("the key " + id + " is not the one of that id that the store is encrypted with");
    }
  }
  return {};
}

std::string key_check(const StoreKeys& keys) {
  return keys.seal(kCheckText, place_of(kCheckColumn, {keys.first()}));
}

}  // namespace pas::store
