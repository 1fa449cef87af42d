#include "fhir/base/base64.h"

#include <gtest/gtest.h>

#include "fhir/base/digest.h"

namespace pas {
namespace {

TEST(Base64, ReadsWhatRfc4648Writes) {
  EXPECT_EQ(base::decode_base64(""), "");
  EXPECT_EQ(base::decode_base64("Zg=="), "f");
  EXPECT_EQ(base::decode_base64("Zm8="), "fo");
  EXPECT_EQ(base::decode_base64("Zm9v"), "foo");
  EXPECT_EQ(base::decode_base64("Zm9v\nYmFy"), "foobar");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v=", "Zh==", "Zm9=", "Zm-v", "Zg==Zg=="}) {
    EXPECT_FALSE(base::decode_base64(bad)) << bad;
  }
}

TEST(Base64, RoundTrip) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t n = 0; n <= all.size(); ++n) {
    EXPECT_EQ(base::decode_base64(base::encode_base64(all.substr(0, n))), all.substr(0, n));
  }
}

TEST(Digest, KnownAnswers) {  // FIPS 180-4 examples
  EXPECT_EQ(base::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::encode_base64(base::sha1("abc")), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
}

}  // namespace
}  // namespace pas
