#pragma once
// All that a store holds as lines of JSON, and back: from one backend to another, or out of the way.
//
// The first line is {"store":2}, the last {"end":ROWS}; each between is {"TABLE":{"COLUMN":VALUE,…}}, compressed
// and sealed texts in the clear. A text that is not UTF-8 is {"base64":"…"}. Two stores that hold the same give the
// same lines. Memory is bounded by the largest row.

#include <cstddef>
#include <cstdint>
#include <istream>
#include <ostream>
#include <string_view>

#include "adapter/store/sealing.h"
#include "fhir/base/result.h"

namespace pas::store {

// One snapshot; the number of rows. kUnavailable: the lines could not be written, or as open_store.
base::Result<std::int64_t> export_store(std::string_view specification, std::ostream& out, const SharedKeys& keys = {});

// A body of 64 MB that is no text makes a line of a third more.
inline constexpr std::size_t kMostLineBytes = std::size_t{1} << 30U;

// All or nothing, into a store without cases and subscriptions (else kConflict). kInvalid, or kTooLarge for a line over
// the limit, names the line.
base::Result<std::int64_t> import_store(std::string_view specification, std::istream& in, const SharedKeys& keys = {},
                                        std::size_t line_limit_bytes = kMostLineBytes);

}  // namespace pas::store
