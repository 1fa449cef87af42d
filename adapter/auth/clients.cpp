#include "adapter/auth/clients.h"

#include <algorithm>

#include "adapter/auth/principal.h"
#include "adapter/auth/toml_file.h"

namespace pas::auth {
namespace {

constexpr std::size_t kMostClientIdBytes = 200;

bool is_client_id(std::string_view id) {
  const bool is_visible = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  return !id.empty() && id.size() <= kMostClientIdBytes && is_visible && id != kAnonymous;
}

class ClientReader {
 public:
  ClientReader(TomlFile& file, const KeyPlaceOptions& options, const base::Clock& clock)
      : file_(file), options_(options), clock_(clock) {}

  std::vector<Client> read() {
    std::vector<Client> clients;
    for (const auto& [key, node] : file_.root()) {
      if (key.str() != "client" || !node.is_array_of_tables()) {
        file_.fault(node, "[[client]] is wanted, not " + std::string(key.str()));
      }
    }
    const toml::array* entries = file_.root()["client"].as_array();
    if (entries == nullptr) return clients;
    for (const toml::node& entry : *entries) {
      if (const toml::table* each = entry.as_table()) clients.push_back(read_client(*each));
      const std::string& id = clients.back().id;
      const auto same = [&id](const Client& other) { return other.id == id; };
      if (!id.empty() && std::count_if(clients.begin(), clients.end(), same) > 1) {
        file_.fault(entry, "this id stands twice");
      }
    }
    return clients;
  }

 private:
  Client read_client(const toml::table& table) {
    Client client;
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (name == "id") {
        client.id = file_.text_of(node, "id");
        if (!is_client_id(client.id))
          file_.fault(node, "id: 1 to 200 visible characters are wanted, and not anonymous");
      } else if (name == "keys") {
        read_keys(node, client);
      } else if (name == "scopes") {
        read_scopes(node, client.scopes);
      } else if (name == "organizations") {
        client.organizations = file_.texts_of(node, "organizations");
      } else if (name == "roles") {
        read_roles(node, client.scopes);
      } else {
        file_.fault(node,
                    "unknown key \"" + std::string(name) + "\"; id, keys, scopes, organizations and roles are known");
      }
    }
    if (!table.contains("id")) file_.fault(table, "id is missing");
    if (client.scopes.empty()) file_.fault(table, "scopes or roles are missing");
    return client;
  }

  void read_keys(const toml::node& node, Client& client) {
    std::string place = file_.text_of(node, "keys");
    if (!is_url(place)) place = file_.path_of(place);
    auto keys = open_keys(place, options_, clock_);
    if (!keys) return file_.fault(node, "keys: " + keys.error().message);
    client.keys = std::move(*keys);
  }

  void read_scopes(const toml::node& node, Scopes& scopes) {
    std::string text = file_.text_of(node, "scopes");
    while (!text.empty()) {
      const auto space = std::min(text.find(' '), text.size());
      const std::string scope = text.substr(0, space);
      text.erase(0, space + 1);
      if (scope.empty()) continue;
      if (scope.starts_with("pas/") || !scopes.add(scope)) {
        file_.fault(node, "scopes: \"" + scope + "\" is none for a system, as system/Claim.crus or system/Claim.write");
      }
    }
  }

  void read_roles(const toml::node& node, Scopes& scopes) {
    for (const std::string& role : file_.texts_of(node, "roles")) {
      if (role == "reviewer") {
        scopes.add(kReviewScope);
      } else if (role == "admin") {
        scopes.add(kAdminScope);
      } else {
        file_.fault(node, "roles: \"" + role + "\" is neither reviewer nor admin");
      }
    }
  }

  TomlFile& file_;
  const KeyPlaceOptions& options_;
  const base::Clock& clock_;
};

}  // namespace

bool Client::acts_for(std::string_view organization) const {
  struct Parts {
    std::string_view system, value;
  };
  const auto split = [](std::string_view text) {
    const auto bar = text.rfind('|');
    return bar == std::string_view::npos ? Parts{{}, text} : Parts{text.substr(0, bar), text.substr(bar + 1)};
  };
  const Parts asked = split(organization);
  return std::any_of(organizations.begin(), organizations.end(), [&](const std::string& text) {
    const Parts own = split(text);
    return own.value == asked.value && (asked.system.empty() || own.system.empty() || asked.system == own.system);
  });
}

base::Result<std::shared_ptr<const Clients>> Clients::load(const std::string& file, const KeyPlaceOptions& options,
                                                           const base::Clock& clock) {
  auto opened = TomlFile::open(file);
  if (!opened) return opened.error();
  std::vector<Client> clients = ClientReader(*opened, options, clock).read();
  if (std::string faults = opened->faults(); !faults.empty()) return base::invalid(std::move(faults));
  return std::make_shared<const Clients>(std::move(clients));
}

const Client* Clients::find(std::string_view id) const {
  const auto found =
      std::find_if(clients_.begin(), clients_.end(), [id](const Client& client) { return client.id == id; });
  return found == clients_.end() ? nullptr : &*found;
}

bool Clients::all_have_keys() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.keys != nullptr; });
}

}  // namespace pas::auth
