#pragma once
// What a token allows: SMART scopes for systems, as of version 1 (system/Claim.read, system/*.write) and version 2
// (system/Claim.crus), and the adapter's own for people behind the counter (pas/review, pas/admin).
//
//   v1 read = rs, write = cud, * = cruds; v2 any of c r u d s, in this order (SMART App Launch 2, scopes)
//
// Scopes of a patient's or user's context mean nothing for a system, and a scope with search parameters
// (system/Claim.rs?…) narrows in a way that is not enforced here: neither allows anything. Values; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pas::auth {

inline constexpr std::string_view kReviewScope = "pas/review";
inline constexpr std::string_view kAdminScope = "pas/admin";

class Scopes {
 public:
  // Those of a text with spaces between; what means nothing here is left out.
  static Scopes parse(std::string_view text);
  // False, and nothing added, when it means nothing here.
  bool add(std::string_view scope);
  // All that `scope` allows is allowed by these; never for one that means nothing here.
  bool allow(std::string_view scope) const;

  bool empty() const { return grants_.empty(); }
  const std::vector<std::string>& texts() const { return texts_; }  // each as it was written

 private:
  struct Grant {
    std::string subject;  // "system/Claim", "system/*", "pas/review"
    std::uint8_t rights = 0;
  };
  static std::optional<Grant> read(std::string_view scope);

  std::vector<Grant> grants_;
  std::vector<std::string> texts_;
};

}  // namespace pas::auth
