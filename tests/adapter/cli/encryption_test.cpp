// serve --store-keys and the commands that open an encrypted store, as processes.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/http/tls_client.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class Encryption : public testing::Test {
 protected:
  std::string keys(const std::string& name, const std::string& lines) {
    std::string file = folder_.file(name);
    support::write_file(file, lines);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    return file;
  }
  // What the command says; its exit code must be this one.
  std::string run(int exit_code, std::vector<std::string> arguments, const std::string& keys = "") {
    arguments.insert(arguments.end(), {"--store", store_});
    if (!keys.empty()) arguments.insert(arguments.end(), {"--store-keys", keys});
    support::Process process({arguments});
    EXPECT_EQ(process.wait(), exit_code) << arguments[1] << process.errors();
    return process.output() + process.errors();
  }
  // A certified request's answer.
  std::string submitted(const std::string& keys, int number) {
    std::vector<std::string> arguments = {"--store", store_};
    if (!keys.empty()) arguments.insert(arguments.end(), {"--store-keys", keys});
    support::RunningAdapter adapter(arguments);
    EXPECT_NE(adapter.port(), 0) << adapter.process().errors();
    support::HttpClient client(adapter.port());
    std::string answer = support::answer_to(client, support::distinct_bundle(number));
    EXPECT_EQ(adapter.stop(), 0);
    return answer;
  }

  support::TemporaryFolder folder_;
  const std::string store_ = "sqlite:" + folder_.file("adapter.db");
  const std::string old_ = "old " + std::string(64, '1') + "\n";
  const std::string new_ = "new " + std::string(64, '2') + "\n";
};

TEST_F(Encryption, FromAPlainStoreToNewKeys) {
  const std::string plain = submitted("", 1);
  const std::string old_keys = keys("old", old_);
  const std::string both_keys = keys("both", new_ + old_);
  const std::string new_keys = keys("new", new_);
  EXPECT_NE(run(0, {"store", "rekey"}, old_keys).find(", all with the key old\n"), std::string::npos);
  const std::string sealed = submitted(old_keys, 2);
  const std::string case_id = support::response_id(sealed);

  for (const std::string command : {"verify", "export"}) {
    EXPECT_NE(run(2, {"store", command}).find("the store is encrypted: --store-keys FILE is wanted"),
              std::string::npos);
  }
  EXPECT_NE(run(2, {"store", "verify"}, new_keys).find("the key old, which is not given"), std::string::npos);
  EXPECT_NE(run(2, {"store", "verify"}, folder_.file("none")).find("--store-keys: "), std::string::npos);
  EXPECT_NE(run(0, {"store", "verify"}, old_keys).find("sound"), std::string::npos);
  EXPECT_NE(run(0, {"decisions", "show", case_id}, old_keys).find("Decision: A1"), std::string::npos);
  run(0, {"store", "purge", "--older-than", "3650d"}, old_keys);

  EXPECT_NE(run(0, {"store", "rekey"}, both_keys).find(", all with the key new\n"), std::string::npos);
  EXPECT_NE(run(0, {"store", "export"}, new_keys).find(case_id), std::string::npos);
  EXPECT_EQ(submitted(new_keys, 1), plain) << "a resend gets the stored answer";
  EXPECT_EQ(submitted(new_keys, 2), sealed);
}

TEST_F(Encryption, AWrongKeyFileIsRefusedAtTheStart) {
  const std::string wrong = keys("wrong", "a short\n");
  support::Process process({{"serve", "--listen", "127.0.0.1:0", "--store", store_, "--store-keys", wrong}});
  EXPECT_EQ(process.wait(), 1);
  EXPECT_NE(process.errors().find("--store-keys: " + wrong + ", line 1: the key is not 32 bytes"), std::string::npos)
      << process.errors();
  EXPECT_NE(run(2, {"store", "rekey"}).find("--store-keys is required"), std::string::npos);
}

}  // namespace
}  // namespace pas
