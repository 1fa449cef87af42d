#include "tests/adapter/store/postgres_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

namespace pas::support {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

// The server refuses to run as root: then it is the user postgres, who comes with the package.
const passwd* other_user() {
  return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
}

// Starts one of PostgreSQL's programs, quietly; it does not outlive this one.
pid_t start_program(const std::string& name, const std::vector<std::string>& arguments, const std::string& log) {
  const std::string program = kPrograms + name;
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const passwd* user = other_user();
  const pid_t id = ::fork();
  if (id != 0) return id;
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (user != nullptr && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(1);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::execv(program.c_str(), argv.data());
  ::_exit(1);
}

void run(const std::string& conninfo, const std::string& sql) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
}

}  // namespace

PostgresServer* PostgresServer::get() {
  if (!std::filesystem::exists(std::string(kPrograms) + "postgres")) return nullptr;
  if (::geteuid() == 0 && other_user() == nullptr) return nullptr;
  static PostgresServer server;
  return &server;
}

PostgresServer::PostgresServer() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pas-pg-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
  const passwd* user = other_user();
  if (user != nullptr && ::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) std::abort();
  const pid_t made = start_program(
      "initdb", {"-D", folder_ + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"},
      folder_ + "/log");
  int status = 0;
  ::waitpid(made, &status, 0);
  EXPECT_EQ(status, 0) << "initdb failed";
  start();
}

PostgresServer::~PostgresServer() {
  stop(SIGQUIT);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::start() {
  id_ = start_program("postgres",
                      {"-D", folder_ + "/data", "-k", folder_, "-h", "", "-c", "fsync=off", "-c", "shared_buffers=32MB",
                       "-c", "max_connections=120"},
                      folder_ + "/log");
  const std::string conninfo = "host=" + folder_ + " user=postgres dbname=postgres";
  while (PQping(conninfo.c_str()) != PQPING_OK) {
    if (::waitpid(id_, nullptr, WNOHANG) == id_) {
      ADD_FAILURE() << "PostgreSQL does not start; see " << folder_ << "/log";
      id_ = -1;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PostgresServer::stop(int signal) {
  if (id_ < 0) return;
  ::kill(id_, signal);
  ::waitpid(id_, nullptr, 0);
  id_ = -1;
}

std::string PostgresServer::make_schema() {
  const std::string server = "host=" + folder_ + " user=postgres dbname=postgres";
  const std::string name = "s" + std::to_string(++schemas_);
  run(server, "CREATE SCHEMA " + name);
  return server + " options=-csearch_path=" + name;
}

std::optional<std::string> postgres_specification() {
  PostgresServer* server = PostgresServer::get();
  if (server == nullptr) return std::nullopt;
  return "postgres:" + server->make_schema();
}

}  // namespace pas::support
