#pragma once
// The test program store_child, run as a process of its own.

#include <sys/types.h>

#include <string>
#include <vector>

namespace pas::support {

class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // What it printed since the last call: waits for at least one byte, and is empty at the end of its output.
  std::string read();
  void kill();  // SIGKILL
  int wait();   // its wait status
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  int output_ = -1;
};

}  // namespace pas::support
