#pragma once
// What each client address has in use at once, against its limits. Holds only addresses that have something in use, so
// the connections bound its memory. Any thread. Internal to adapter/http.

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapter/http/options.h"

namespace pas::http {

class AddressUse {
 public:
  explicit AddressUse(const AddressLimits& limits) : limits_(limits) {}

  // False over the limit: nothing is in use by it.
  bool take_connection(const std::string& client);
  bool take_bytes(const std::string& client, std::size_t bytes);
  void give_connection(const std::string& client);
  void give_bytes(const std::string& client, std::size_t bytes);

  std::size_t addresses() const;

 private:
  struct Use {
    std::size_t connections = 0;
    std::size_t bytes = 0;
  };
  void forget_unused(std::unordered_map<std::string, Use>::iterator use);

  const AddressLimits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Use> uses_;
};

}  // namespace pas::http
