#pragma once
// A Unix socket before a PostgreSQL server that loses what it is told to lose: the connection breaks right after the
// server has committed and before the client knows, or before the server has heard of anything.

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pas::support {

class LossyLink {
 public:
  // `conninfo` leads to a server by its socket's folder ("host=/tmp/… …").
  explicit LossyLink(const std::string& conninfo);
  LossyLink(const LossyLink&) = delete;
  LossyLink& operator=(const LossyLink&) = delete;
  ~LossyLink();

  // The same through this link.
  const std::string& conninfo() const { return conninfo_; }

  void lose_next_commit() { loses_commit_ = true; }
  void lose_next_request() { loses_request_ = true; }
  // Connections broken so far.
  int lost() const { return lost_; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    std::string tail;  // of what the server sent: the message may come in two pieces
  };

  void run();
  void accept_one();
  bool pass(Pair& pair, bool from_client);  // false when the connection ends

  std::string folder_, server_path_, conninfo_;
  int listener_ = -1;
  std::vector<Pair> pairs_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> loses_commit_ = false;
  std::atomic<bool> loses_request_ = false;
  std::atomic<int> lost_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pas::support
