#pragma once
// The pages that the program carries (adapter/console): HTML at a fixed path, asked for again each time by its ETag,
// and what it loads below /console/EDITION/, which never changes under that address. They hold no data and are open to
// everybody; scripts, styles and requests of theirs to any other origin are forbidden, and so are inline ones. A frame
// shows what the page itself made (a PDF as a blob:), nothing that has an address. Any thread.

#include <string_view>
#include <vector>

#include "adapter/endpoints/router.h"

namespace pas::endpoints {

// `path` and `file` outlive the routes.
std::vector<Route> page_routes(std::string_view path, std::string_view file);

}  // namespace pas::endpoints
