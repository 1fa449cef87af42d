#include "adapter/store/postgres_connection.h"

#include <poll.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace pas::store {
namespace {

// Of pg_type; they never change.
constexpr unsigned kBytea = 17;
constexpr unsigned kBigint = 20;
constexpr unsigned kByteaArray = 1001;
constexpr std::int32_t kBinary = 1;

template <class Number>
Number big_endian(Number value) {
  static_assert(std::endian::native == std::endian::little && (sizeof(Number) == 4 || sizeof(Number) == 8));
  if constexpr (sizeof(Number) == 4) return static_cast<Number>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  return static_cast<Number>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

void append(std::string& bytes, std::uint32_t value) {
  value = big_endian(value);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// libpq's texts end with a line feed, and those of the server name objects, never values.
std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

// The server is going, is coming, or is not (or no longer) the one that writes.
bool tells_of_loss(std::string_view state) {
  return state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" || state == "25006";
}

base::ErrorCode code_of(std::string_view state) {
  if (state.starts_with("23")) return base::ErrorCode::kConflict;
  if (state.starts_with("54")) return base::ErrorCode::kTooLarge;
  if (state.starts_with("22") || state.starts_with("42")) return base::ErrorCode::kInvalid;
  return base::ErrorCode::kUnavailable;
}

// Behind the connection string, so that it may not weaken what the store promises; "local" would not wait for a
// synchronous standby.
constexpr const char* kSessionSettings =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local');"
    "SET default_transaction_isolation = 'read committed';"
    "SET client_min_messages = 'warning'";

}  // namespace

PostgresArray::PostgresArray() {
  append(bytes_, 1);  // dimensions
  append(bytes_, 0);  // no NULL
  append(bytes_, kBytea);
  append(bytes_, 0);  // elements, written by add()
  append(bytes_, 1);  // the first one's index
}

void PostgresArray::add(std::string_view text) {
  const std::uint32_t size = big_endian(++size_);
  std::memcpy(bytes_.data() + 12, &size, sizeof size);
  append(bytes_, static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
}

std::int64_t PostgresRows::integer(int column) const {
  const std::string_view value = bytes(column);
  std::int64_t number = 0;
  if (value.size() != sizeof number) return 0;
  std::memcpy(&number, value.data(), sizeof number);
  return big_endian(number);
}

std::string_view PostgresRows::bytes(int column) const {
  return {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::int64_t PostgresRows::affected() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

PostgresConnection::Parameter::Parameter(std::int64_t integer) : type(kBigint) {
  integer = big_endian(integer);
  std::memcpy(number.data(), &integer, sizeof integer);
}

PostgresConnection::Parameter::Parameter(std::string_view text)
    : type(kBytea), value(text.data() == nullptr ? std::string_view("") : text) {}

PostgresConnection::Parameter::Parameter(const PostgresArray& array) : type(kByteaArray), value(array.bytes()) {}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const std::string& conninfo, Access access,
                                                                     SharedKeys keys) {
  // The connection string may set its own in place of those before it.
  const std::array keywords = {
      "connect_timeout",  "tcp_user_timeout", "keepalives_idle",      "keepalives_interval",
      "application_name", "dbname",           "target_session_attrs", static_cast<const char*>(nullptr)};
  const std::array values = {"3",
                             "10000",
                             "10",
                             "5",
                             "pas-adapter",
                             conninfo.c_str(),
                             access == Access::kWrite ? "read-write" : "any",
                             static_cast<const char*>(nullptr)};
  PGconn* handle = PQconnectdbParams(keywords.data(), values.data(), 1);
  if (handle == nullptr) return base::unavailable("PostgreSQL: out of memory");
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(handle, std::move(keys)));
  if (PQstatus(handle) != CONNECTION_OK) {
    return base::unavailable("PostgreSQL: " + trimmed(PQerrorMessage(handle)));
  }
  PQsetNoticeProcessor(
      handle, [](void*, const char*) {}, nullptr);
  if (auto set = connection->execute(kSessionSettings); !set) return set.error();
  if (PQenterPipelineMode(handle) != 1) return base::unavailable("PostgreSQL: no pipeline mode");
  return connection;
}

// The name of the prepared statement; queues its preparation the first time.
std::string PostgresConnection::prepared(std::string_view sql, const std::vector<Parameter>& parameters) {
  for (const auto* names : {&statements_, &preparing_}) {
    if (const auto known = names->find(sql); known != names->end()) return known->second;
  }
  std::vector<Oid> types;
  types.reserve(parameters.size());
  for (const Parameter& parameter : parameters) types.push_back(parameter.type);
  std::string name = "s" + std::to_string(++names_);
  const std::string text(sql);
  if (PQsendPrepare(handle_, name.c_str(), text.c_str(), static_cast<int>(types.size()), types.data()) != 1) {
    lost_ = true;
    return name;
  }
  queued_.push_back({text, name});
  preparing_.emplace(text, name);
  return name;
}

void PostgresConnection::queue_statement(std::string_view sql, const std::vector<Parameter>& parameters) {
  if (lost_) return;
  const std::string name = prepared(sql, parameters);
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Parameter& parameter : parameters) {
    const bool is_number = parameter.value.data() == nullptr;
    values.push_back(is_number ? parameter.number.data() : parameter.value.data());
    lengths.push_back(static_cast<int>(is_number ? parameter.number.size() : parameter.value.size()));
  }
  const std::vector<int> formats(parameters.size(), kBinary);
  if (lost_ || PQsendQueryPrepared(handle_, name.c_str(), static_cast<int>(values.size()), values.data(),
                                   lengths.data(), formats.data(), kBinary) != 1) {
    lost_ = true;
    return;
  }
  queued_.push_back({"", name});
}

void PostgresConnection::queue_row(std::string_view sql,
                                   const std::vector<std::variant<std::int64_t, std::string>>& values) {
  std::vector<Parameter> parameters;
  for (const auto& value : values) {
    const auto* integer = std::get_if<std::int64_t>(&value);
    parameters.push_back(integer != nullptr ? Parameter(*integer)
                                            : Parameter(std::string_view(std::get<std::string>(value))));
  }
  queue_statement(sql, parameters);
}

Result<std::vector<PostgresRows>> PostgresConnection::send() {
  const auto queued = std::exchange(queued_, {});
  std::vector<PostgresRows> rows;
  std::optional<base::Error> failure;
  if (lost_ || PQpipelineSync(handle_) != 1) return fail(nullptr);
  for (const Queued& each : queued) {
    read_one(each, rows, failure);
    if (lost_) break;
  }
  preparing_.clear();
  if (!lost_) {
    const PostgresRows end(PQgetResult(handle_));  // of the pipeline
    if (PQstatus(handle_) != CONNECTION_OK) lost_ = true;
  }
  if (failure) return *std::move(failure);
  if (lost_) return fail(nullptr);
  return rows;
}

void PostgresConnection::read_one(const Queued& queued, std::vector<PostgresRows>& rows,
                                  std::optional<base::Error>& failure) {
  PGresult* result = PQgetResult(handle_);
  const ExecStatusType status = PQresultStatus(result);
  const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  if (done && !queued.prepares.empty()) statements_.emplace(queued.prepares, queued.name);
  if (!done && status != PGRES_PIPELINE_ABORTED && !failure) failure = fail(result);
  if (done && queued.prepares.empty()) {
    rows.emplace_back(result);
  } else {
    PQclear(result);
  }
  if (PQstatus(handle_) != CONNECTION_OK) lost_ = true;
  while (!lost_) {
    PGresult* more = PQgetResult(handle_);
    if (more == nullptr) break;
    PQclear(more);
  }
}

base::Error PostgresConnection::fail(const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  state_ = state == nullptr ? "" : state;
  if (state_.empty() || tells_of_loss(state_) || PQstatus(handle_) != CONNECTION_OK) lost_ = true;
  failure_ = lost_ ? Failure::kLost : state_.starts_with("40") ? Failure::kRolledBack : Failure::kStatement;
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string message = "PostgreSQL: " + trimmed(primary == nullptr ? PQerrorMessage(handle_) : primary);
  if (!state_.empty()) message.append(" (").append(state_).append(")");
  return {lost_ ? base::ErrorCode::kUnavailable : code_of(state_), std::move(message)};
}

Result<void> PostgresConnection::execute(const std::string& script) {
  const bool in_pipeline = PQpipelineStatus(handle_) != PQ_PIPELINE_OFF;
  if (in_pipeline && PQexitPipelineMode(handle_) != 1) return fail(nullptr);
  PGresult* result = PQexec(handle_, script.c_str());
  Result<void> done;
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) done = fail(result);
  PQclear(result);
  if (in_pipeline && PQenterPipelineMode(handle_) != 1) lost_ = true;
  return done;
}

bool PostgresConnection::is_alive() {
  pollfd waiting{PQsocket(handle_), POLLIN, 0};
  if (!lost_ && ::poll(&waiting, 1, 0) != 0) lost_ = true;  // what comes unasked is the end
  return !lost_;
}

bool PostgresConnection::is_standby() const {
  const char* standby = PQparameterStatus(handle_, "in_hot_standby");
  return standby != nullptr && std::string_view(standby) == "on";
}

PostgresTransaction::~PostgresTransaction() {
  if (connection_.is_lost() || !connection_.in_transaction()) return;
  connection_.queue("ROLLBACK");
  (void)connection_.send();
}

Result<void> PostgresTransaction::commit() {
  connection_.queue("COMMIT");
  auto sent = connection_.send();
  if (!sent) return sent.error();
  return {};
}

}  // namespace pas::store
