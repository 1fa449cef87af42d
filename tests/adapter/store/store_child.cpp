// A process that the tests kill, or that has a small disk of its own.
//   store_child stream FILE PREFIX   commits from three threads without end; a line "ID NUMBER" for each case that is
//                                    acknowledged, NUMBER its authorization number
//   store_child full-disk FOLDER     mounts a small tmpfs there, in a mount namespace of its own, fills it, frees it;
//                                    exit 77 where mounting is not permitted
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

constexpr int kSkipped = 77;

void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(3);  // one write: lines do not mix
}

std::unique_ptr<store::Store> open(const std::string& file) {
  auto opened = store::open_store("sqlite:" + file);
  if (!opened) {
    std::cerr << opened.error().message << "\n";
    std::exit(2);
  }
  return std::move(*opened);
}

void stream(store::Store& store, const std::string& prefix) {
  for (int i = 0;; ++i) {
    const auto number = store.reserve_numbers(store::Sequence::kAuthorization, 1);
    if (!number) std::exit(2);
    auto sent = support::submission(prefix + "-" + std::to_string(i));
    sent.record.items[0].authorization_number = std::to_string(number->first);
    if (!store.commit(sent)) std::exit(2);
    say(sent.record.id + " " + std::to_string(number->first) + "\n");
  }
}

int run_stream(const std::string& file, const std::string& prefix) {
  const auto store = open(file);
  std::vector<std::thread> threads;
  for (const char* thread : {"a", "b", "c"}) {
    threads.emplace_back([&store, name = prefix + thread] { stream(*store, name); });
  }
  for (auto& thread : threads) thread.join();
  return 0;
}

// Ends the process with the place of the broken promise.
void require(bool holds, const char* promise) {
  if (holds) return;
  std::cerr << "broken: " << promise << "\n";
  std::exit(1);
}

// Takes all space that is left.
void fill(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  require(descriptor >= 0, "the ballast can be written");
  const std::string page(4096, 'x');
  while (::write(descriptor, page.data(), page.size()) > 0) {
  }
  ::close(descriptor);
}

store::Submission big(int i) {
  auto sent = support::submission("c-" + std::to_string(i));
  sent.bodies.response = support::noise(60'000, static_cast<unsigned>(i));
  return sent;
}

void check_all(store::Store& store, int count) {
  for (int i = 0; i < count; ++i) {
    const auto body = store.find_body(big(i).record.id, store::Body::kResponse);
    require(body && *body == big(i).bodies.response, "what was acknowledged is there");
  }
  const auto page = store.list_cases({}, std::nullopt, store::kMaxCases);
  require(page && page->cases.size() == static_cast<std::size_t>(count), "and nothing else");
  const auto faults = store.verify();
  require(faults && faults->empty(), "the store is sound");
}

void fill_and_free(const std::string& folder) {
  auto store = open(folder + "/store.db");
  require(store->commit(big(0)).has_value(), "a commit with space");
  fill(folder + "/ballast");
  int stored = 1;
  for (;; ++stored) {  // the log may still have room for a few
    const auto done = store->commit(big(stored));
    if (done) continue;
    require(done.error().code == base::ErrorCode::kUnavailable, "a full disk is kUnavailable");
    break;
  }
  require(!store->health().writable && !store->health().message.empty(), "health tells of the full disk");
  check_all(*store, stored);  // reads go on
  for (int i = 0; i < 3; ++i) require(!store->commit(big(stored)), "full stays full");
  ::unlink((folder + "/ballast").c_str());
  require(store->commit(big(stored)).has_value(), "a commit once there is space again, without a restart");
  require(store->health().writable, "health tells that it is over");
  check_all(*store, stored + 1);
  store.reset();
  check_all(*open(folder + "/store.db"), stored + 1);
}

int run_full_disk(const std::string& folder) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=4m") != 0) {
    return kSkipped;
  }
  fill_and_free(folder);
  if (::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return kSkipped;
  const auto read_only = store::open_store("sqlite:" + folder + "/store.db");
  require(!read_only && read_only.error().code == base::ErrorCode::kUnavailable, "a read-only disk is kUnavailable");
  return 0;
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "stream") return pas::run_stream(arguments[1], arguments[2]);
  if (arguments.size() == 2 && arguments[0] == "full-disk") return pas::run_full_disk(arguments[1]);
  std::cerr << "usage: store_child stream FILE PREFIX | full-disk FOLDER\n";
  return 2;
}
