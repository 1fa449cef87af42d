#pragma once
// A PostgreSQL server of the test program's own: a temporary folder, a Unix socket, no fsync. It starts when it is
// first asked for and ends with the program, however that ends.

#include <sys/types.h>

#include <optional>
#include <string>

namespace pas::support {

class PostgresServer {
 public:
  // The program's server; null where PostgreSQL is not installed.
  static PostgresServer* get();

  PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  // A connection string that leads to an empty schema of its own.
  std::string make_schema();

  void start();  // returns when it answers
  // SIGINT ends it fast and orderly, SIGQUIT is a crash of the server; returns when it has ended.
  void stop(int signal);

 private:
  std::string folder_;
  pid_t id_ = -1;
  int schemas_ = 0;
};

// "postgres:" and what make_schema() gives; nothing where PostgreSQL is not installed.
std::optional<std::string> postgres_specification();

}  // namespace pas::support
