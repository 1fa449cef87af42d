#include "adapter/auth/clients.h"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "adapter/auth/principal.h"

namespace pas::auth {
namespace {

constexpr std::size_t kMostClientIdBytes = 200;

bool is_client_id(std::string_view id) {
  const bool is_visible = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  return !id.empty() && id.size() <= kMostClientIdBytes && is_visible && id != kAnonymous;
}

class ClientReader {
 public:
  ClientReader(std::string file, const KeyPlaceOptions& options, const base::Clock& clock)
      : file_(std::move(file)), options_(options), clock_(clock) {}

  std::vector<Client> read(const toml::table& table) {
    std::vector<Client> clients;
    for (const auto& [key, node] : table) {
      if (key.str() != "client" || !node.is_array_of_tables()) {
        fault(node, "[[client]] is wanted, not " + std::string(key.str()));
      }
    }
    const toml::array* entries = table["client"].as_array();
    if (entries == nullptr) return clients;
    for (const toml::node& entry : *entries) {
      if (const toml::table* each = entry.as_table()) clients.push_back(read_client(*each));
      const std::string& id = clients.back().id;
      const auto same = [&id](const Client& other) { return other.id == id; };
      if (!id.empty() && std::count_if(clients.begin(), clients.end(), same) > 1) fault(entry, "this id stands twice");
    }
    return clients;
  }

  // In the order of the file.
  std::string faults() {
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const Fault& left, const Fault& right) { return left.line < right.line; });
    std::string text;
    for (const Fault& fault : faults_) {
      text += (text.empty() ? "" : "\n") + file_ + ":" + std::to_string(fault.line) + ": " + fault.what;
    }
    return text;
  }

 private:
  struct Fault {
    std::uint32_t line;
    std::string what;
  };
  void fault(const toml::node& node, std::string what) {
    faults_.push_back({node.source().begin.line, std::move(what)});
  }

  Client read_client(const toml::table& table) {
    Client client;
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (name == "id") {
        client.id = text_of(node, "id");
        if (!is_client_id(client.id)) fault(node, "id: 1 to 200 visible characters are wanted, and not anonymous");
      } else if (name == "keys") {
        read_keys(node, client);
      } else if (name == "scopes") {
        read_scopes(node, client.scopes);
      } else if (name == "organizations") {
        client.organizations = texts_of(node, "organizations");
      } else if (name == "roles") {
        read_roles(node, client.scopes);
      } else {
        fault(node, "unknown key \"" + std::string(name) + "\"; id, keys, scopes, organizations and roles are known");
      }
    }
    if (!table.contains("id")) fault(table, "id is missing");
    if (client.scopes.empty()) fault(table, "scopes or roles are missing");
    return client;
  }

  std::string text_of(const toml::node& node, const std::string& name) {
    if (const auto* text = node.as_string()) return text->get();
    fault(node, name + ": a text is wanted");
    return {};
  }

  std::vector<std::string> texts_of(const toml::node& node, const std::string& name) {
    std::vector<std::string> texts;
    const toml::array* array = node.as_array();
    if (array == nullptr) fault(node, name + ": a list of texts is wanted");
    for (const toml::node& each : array == nullptr ? toml::array() : *array) {
      const auto* text = each.as_string();
      if (text == nullptr) fault(node, name + ": each must be a text");
      if (text != nullptr) texts.push_back(text->get());
    }
    return texts;
  }

  void read_keys(const toml::node& node, Client& client) {
    std::string place = text_of(node, "keys");
    if (!is_url(place)) place = (std::filesystem::path(file_).parent_path() / place).string();
    auto keys = open_keys(place, options_, clock_);
    if (!keys) return fault(node, "keys: " + keys.error().message);
    client.keys = std::move(*keys);
  }

  void read_scopes(const toml::node& node, Scopes& scopes) {
    std::string text = text_of(node, "scopes");
    while (!text.empty()) {
      const auto space = std::min(text.find(' '), text.size());
      const std::string scope = text.substr(0, space);
      text.erase(0, space + 1);
      if (scope.empty()) continue;
      if (scope.starts_with("pas/") || !scopes.add(scope)) {
        fault(node, "scopes: \"" + scope + "\" is none for a system, as system/Claim.crus or system/Claim.write");
      }
    }
  }

  void read_roles(const toml::node& node, Scopes& scopes) {
    for (const std::string& role : texts_of(node, "roles")) {
      if (role == "reviewer") {
        scopes.add(kReviewScope);
      } else if (role == "admin") {
        scopes.add(kAdminScope);
      } else {
        fault(node, "roles: \"" + role + "\" is neither reviewer nor admin");
      }
    }
  }

  const std::string file_;
  const KeyPlaceOptions& options_;
  const base::Clock& clock_;
  std::vector<Fault> faults_;
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
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return base::invalid(file + (line == 0 ? "" : ":" + std::to_string(line)) + ": " +
                         std::string(error.description()));
  }
  ClientReader reader(file, options, clock);
  std::vector<Client> clients = reader.read(table);
  if (std::string faults = reader.faults(); !faults.empty()) return base::invalid(std::move(faults));
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
