#pragma once
// Texts encrypted at rest: AES-256-GCM (NIST SP 800-38D), a random nonce of 96 bits for each, bound to the place that
// the text has in the store, so that none can stand for another. Compressed first, where the column is.
//
// A sealed text is 0xFF (which begins no zstd frame and no UTF-8), the length of the key's id, the id, the nonce, the
// ciphertext and its tag. An empty text stays empty, and one that was written without keys stays readable: a store can
// be encrypted later (rekey.h). Immutable; any thread.

#include <array>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::store {

class StoreKeys {
 public:
  // Lines of "ID KEY": an id of 1 to 32 of [A-Za-z0-9._-], and 32 bytes in hex or base64. The first key encrypts, all
  // decrypt. Blank lines, and lines that begin with #, are passed over. kInvalid names the line, never a key.
  static base::Result<std::shared_ptr<const StoreKeys>> parse(std::string_view text);
  // The same of a file that its owner alone can write, and nobody but owner and group can read.
  static base::Result<std::shared_ptr<const StoreKeys>> load(const std::string& file);

  const std::string& first() const { return keys_.front().id; }
  bool knows(std::string_view id) const { return find(id) != nullptr; }

  std::string seal(std::string_view text, std::string_view place) const;
  // Nothing when the text is not authentic, was sealed for another place, or by a key that is not here.
  std::optional<std::string> open(std::string_view sealed, std::string_view place) const;

 private:
  struct Key {
    std::string id;
    std::array<unsigned char, 32> bytes;
  };
  const Key* find(std::string_view id) const;

  std::vector<Key> keys_;
};

using SharedKeys = std::shared_ptr<const StoreKeys>;  // null: nothing is sealed

// Where a text stands: a column ("bodies.request") and what names its row in every backend and export.
std::string place_of(std::string_view column, std::initializer_list<std::string_view> row);
std::string place_of(std::string_view column, const std::vector<std::string>& row);

// The id of the key that sealed it; nothing of what is not sealed.
std::optional<std::string_view> sealed_by(std::string_view text);

// As a column holds it, and back; null keys leave it as it is.
std::string sealed(const StoreKeys* keys, std::string text, std::string_view place);
std::optional<std::string> opened(const StoreKeys* keys, std::string_view text, std::string_view place);
// The same of a compressed column.
std::string packed_text(const StoreKeys* keys, std::string_view text, std::string_view place);
std::optional<std::string> unpacked_text(const StoreKeys* keys, std::string_view text, std::string_view place);

// The table store_keys holds for each key that sealed something a text that only it opens, so that a store is never
// read, or added to, with the wrong keys.
using KeyChecks = std::map<std::string, std::string, std::less<>>;  // by key id
// kInvalid with what is wrong with the keys for that store.
base::Result<void> check_keys(const StoreKeys* keys, const KeyChecks& stored);
std::string key_check(const StoreKeys& keys);  // of the first

// open_store (store.h) of a store whose texts are sealed, or will be; one in memory has nothing at rest.
base::Result<std::unique_ptr<class Store>> open_store(std::string_view specification, SharedKeys keys);

}  // namespace pas::store
