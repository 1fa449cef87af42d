#include "adapter/gateway/payers.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "adapter/auth/toml_file.h"
#include "fhir/base/digest.h"

namespace pas::gateway {
namespace {

constexpr std::size_t kMostPayers = 1000;
constexpr std::size_t kMostIdBytes = 64;
constexpr std::size_t kLeastSecretBytes = 32;
constexpr std::size_t kMostSecretBytes = 256;
constexpr std::string_view kKeys =
    "id, name, identifiers, names, lines, path, backend, forward, policies, roster, contact and notes are known";
// First segments of paths that the adapter serves itself.
constexpr std::array<std::string_view, 11> kTakenPaths = {"fhir", "gateway", "pas",     "admin",  "auth",   "test",
                                                          "try",  "console", "healthz", "readyz", "metrics"};
constexpr std::string_view kForwardKeys =
    "url, version, timeout_ms, connect_timeout_ms, most_at_once, follow_every_s, organizations, notify_secret, "
    "token_url, client_id, key, scope, "
    "certificates, "
    "certificate and certificate_key are known";

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdBytes && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_secret(std::string_view text) {
  return text.size() >= kLeastSecretBytes && text.size() <= kMostSecretBytes && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

class PayerReader {
 public:
  PayerReader(auth::TomlFile& file, const policy::PolicySet& policies) : file_(file), policies_(policies) {}

  void read() {
    for (const auto& [key, node] : file_.root()) {
      if (key.str() == "id") {
        id = file_.text_of(node, "id");
        if (!is_id(id)) file_.fault(node, "id: 1 to 64 of a-z, 0-9, - and _ are wanted");
      } else if (key.str() == "split") {
        splits_items = file_.text_of(node, "split") == "item";
        if (!splits_items) file_.fault(node, R"(split: "item" is wanted)");
      } else if ((key.str() != "payer" && key.str() != "rule") || !node.is_array_of_tables()) {
        file_.fault(node, "id, split, [[payer]] or [[rule]] is wanted, not " + std::string(key.str()));
      }
    }
    for_each_table("payer", [this](const toml::table& table) { read_payer(table); });
    for_each_table("rule", [this](const toml::table& table) { read_rule(table); });
    if (payers.empty()) file_.fault(file_.root(), "no [[payer]] is named");
    if (payers.size() > kMostPayers) file_.fault(file_.root(), "at most 1000 payers are taken");
    for (const std::string& overlap : routing::Table(rows, {}).overlaps()) {
      file_.fault(file_.root(), overlap + " is both's, and no line of business tells them apart");
    }
  }

  std::string id;
  bool splits_items = false;
  std::vector<Payer> payers;
  std::vector<routing::Payer> rows;
  std::vector<routing::Rule> rules;

 private:
  template <class Each>
  void for_each_table(std::string_view name, Each each) {
    const toml::array* entries = file_.root()[name].as_array();
    if (entries == nullptr) return;
    for (const toml::node& entry : *entries) {
      if (const toml::table* table = entry.as_table()) each(*table);
    }
  }

  void read_payer(const toml::table& table) {
    Payer payer;
    routing::Payer row;
    for (const auto& [key, node] : table) read_member(std::string(key.str()), node, payer, row);
    if (!is_id(payer.id)) file_.fault(table, "id: 1 to 64 of a-z, 0-9, - and _ are wanted");
    if (std::ranges::find(payers, payer.id, &Payer::id) != payers.end()) file_.fault(table, "this id stands twice");
    if (payer.name.empty()) file_.fault(table, "name is missing");
    if (payer.policies.empty()) payer.policies = payer.id;
    if (!table.contains("backend")) file_.fault(table, "backend is missing");
    if (payer.forward && !table.contains("forward")) file_.fault(table, "forward is missing: where to");
    if (!payer.forward && table.contains("forward")) file_.fault(table, "forward: the backend does not forward");
    if (payer.forward && id.empty()) file_.fault(table, "who forwards needs an id of its own at the top of the file");
    if (payer.forward && table["forward"].is_table()) read_forward(*table["forward"].as_table(), *payer.forward);
    if (payer.by_policy && policies_.find_payer_by_id(payer.policies) == nullptr) {
      file_.fault(table, "policies: there is no folder " + payer.policies + " among the policies");
    }
    row.id = payer.id;
    row.names.push_back(payer.name);
    payers.push_back(std::move(payer));
    rows.push_back(std::move(row));
  }

  void read_member(const std::string& name, const toml::node& node, Payer& payer, routing::Payer& row) {
    if (name == "id") {
      payer.id = file_.text_of(node, name);
    } else if (name == "name") {
      payer.name = file_.text_of(node, name);
    } else if (name == "identifiers") {
      for (const std::string& text : file_.texts_of(node, name)) read_identifier(node, text, row);
    } else if (name == "names") {
      row.names = file_.texts_of(node, name);
    } else if (name == "lines") {
      row.lines = file_.texts_of(node, name);
    } else if (name == "path") {
      read_path(node, payer);
    } else if (name == "backend") {
      read_backend(node, payer);
    } else if (name == "forward") {
      if (!node.is_table()) file_.fault(node, "forward: a table is wanted");
    } else if (name == "policies") {
      payer.policies = file_.text_of(node, name);
    } else if (name == "roster") {
      read_roster(node, payer);
    } else if (name == "contact") {
      payer.notes.push_back("Contact: " + file_.text_of(node, name));
    } else if (name == "notes") {
      for (std::string& note : file_.texts_of(node, name)) payer.notes.push_back(std::move(note));
    } else {
      file_.fault(node, "unknown key \"" + name + "\"; " + std::string(kKeys));
    }
  }

  void read_path(const toml::node& node, Payer& payer) {
    payer.path = file_.text_of(node, "path");
    const std::string_view segment = std::string_view(payer.path).substr(std::min<std::size_t>(1, payer.path.size()));
    if (!payer.path.starts_with('/') || !is_id(segment)) {
      file_.fault(node, R"(path: "/" and 1 to 64 of a-z, 0-9, - and _ are wanted)");
    } else if (std::ranges::find(kTakenPaths, segment) != kTakenPaths.end()) {
      file_.fault(node, "path: " + payer.path + " is the adapter's own");
    } else if (std::ranges::find(payers, payer.path, &Payer::path) != payers.end()) {
      file_.fault(node, "path: " + payer.path + " is another payer's already");
    }
  }

  void read_backend(const toml::node& node, Payer& payer) {
    const std::vector<std::string> steps =
        node.is_array() ? file_.texts_of(node, "backend") : std::vector{file_.text_of(node, "backend")};
    using Steps = std::vector<std::string>;
    if (steps != Steps{"policy"} && steps != Steps{"forward"} && steps != Steps{"review"} &&
        steps != Steps{"policy", "forward"}) {
      file_.fault(node, R"(backend: "policy", "forward", "review" or ["policy", "forward"] is wanted)");
    }
    payer.by_policy = !steps.empty() && steps.front() == "policy";
    if (!steps.empty() && steps.back() == "forward") payer.forward.emplace();
  }

  void read_forward(const toml::table& table, ForwardTo& to) {
    std::ostringstream settings;
    settings << table;
    read_files_.clear();
    for (const auto& [key, node] : table) read_forward_member(std::string(key.str()), node, to);
    if (!table.contains("url")) file_.fault(table, "forward: url is missing");
    const bool has_client = !to.client_id.empty() || to.key != nullptr || table.contains("scope");
    if (to.token_url.empty() ? has_client : (to.client_id.empty() || to.key == nullptr)) {
      file_.fault(table, "forward: token_url, client_id and key go together");
    }
    if (!to.organizations.empty() && !table.contains("scope")) to.scope += " system/Subscription.c";
    if (to.organizations.empty() != to.notify_secret.empty()) {
      file_.fault(table, "forward: organizations and notify_secret go together");
    }
    if (to.tls.certificate.empty() != to.tls.certificate_key.empty()) {
      file_.fault(table, "forward: certificate and certificate_key go together");
    }
    to.digest = base::sha256_hex(settings.str() + read_files_);
  }

  void read_forward_member(const std::string& name, const toml::node& node, ForwardTo& to) {
    if (name == "url") {
      to.url = url_of(node, name);
      if (to.url.ends_with('/')) file_.fault(node, "url: no slash at its end is wanted");
    } else if (name == "version") {
      to.version = file_.text_of(node, name);
      if (to.version != "2.2.1" && to.version != "2.0.1") file_.fault(node, "version: 2.2.1 or 2.0.1 is wanted");
    } else if (name == "timeout_ms") {
      to.timeout_ms = number_of(node, name, 14'000);
    } else if (name == "connect_timeout_ms") {
      to.connect_timeout_ms = number_of(node, name, 14'000);
    } else if (name == "most_at_once") {
      to.most_at_once = static_cast<int>(number_of(node, name, 1'000));
    } else if (name == "follow_every_s") {
      to.follow_every_s = number_of(node, name, 86'400);
    } else if (name == "organizations") {
      to.organizations = file_.texts_of(node, name);
    } else if (name == "notify_secret") {
      to.notify_secret = text_of_file(node, name);
      while (to.notify_secret.ends_with('\n')) to.notify_secret.pop_back();
      if (!is_secret(to.notify_secret)) {
        file_.fault(node, "notify_secret: a file with 32 to 256 of A-Z, a-z, 0-9, - and _ is wanted");
      }
    } else if (name == "token_url") {
      to.token_url = url_of(node, name);
    } else if (name == "client_id") {
      to.client_id = file_.text_of(node, name);
    } else if (name == "scope") {
      to.scope = file_.text_of(node, name);
    } else if (name == "key") {
      auto key = auth::SigningKey::read(text_of_file(node, name));
      if (!key) return file_.fault(node, "key: " + key.error().message);
      to.key = std::make_shared<const auth::SigningKey>(std::move(*key));
    } else if (name == "certificates") {
      to.tls.certificates = file_there(node, name);
    } else if (name == "certificate") {
      to.tls.certificate = file_there(node, name);
    } else if (name == "certificate_key") {
      to.tls.certificate_key = file_there(node, name);
    } else {
      file_.fault(node, "unknown key \"" + name + "\"; " + std::string(kForwardKeys));
    }
  }

  // By https, or on this machine.
  std::string url_of(const toml::node& node, const std::string& name) {
    std::string url = file_.text_of(node, name);
    const bool is_here = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    if (!is_here && !url.starts_with("https://")) file_.fault(node, name + ": an https URL is wanted");
    return url;
  }

  long number_of(const toml::node& node, const std::string& name, long most) {
    const auto number = node.value<std::int64_t>().value_or(0);
    if (number >= 1 && number <= most) return static_cast<long>(number);
    file_.fault(node, name + ": a number from 1 to " + std::to_string(most) + " is wanted");
    return 1;
  }

  std::string file_there(const toml::node& node, const std::string& name) {
    (void)text_of_file(node, name);
    return file_.path_of(node.value<std::string>().value_or(""));
  }

  std::string text_of_file(const toml::node& node, const std::string& name) {
    const std::string named = file_.text_of(node, name);
    std::ifstream in(file_.path_of(named), std::ios::binary);
    if (!in) file_.fault(node, name + ": " + named + " cannot be read");
    std::string text(std::istreambuf_iterator<char>(in), {});
    read_files_ += text;
    return text;
  }

  void read_identifier(const toml::node& node, const std::string& text, routing::Payer& row) {
    const auto bar = text.rfind('|');
    routing::Identifier identifier;
    if (bar != std::string::npos) identifier.system = text.substr(0, bar);
    identifier.value = text.substr(bar == std::string::npos ? 0 : bar + 1);
    if (identifier.value.empty())
      file_.fault(node, "identifiers: SYSTEM|VALUE or VALUE is wanted, not \"" + text + "\"");
    row.identifiers.push_back(std::move(identifier));
  }

  void read_roster(const toml::node& node, Payer& payer) {
    const std::string csv = text_of_file(node, "roster");
    auto roster = inputs::Roster::load(csv, node.value<std::string>().value_or(""));
    if (roster) {
      payer.roster = std::make_shared<const inputs::Roster>(std::move(*roster));
      return;
    }
    for (const inputs::LoadError& error : roster.error()) file_.fault(node, "roster: " + to_string(error));
  }

  void read_rule(const toml::table& table) {
    std::string payer;
    std::optional<fhirpath::Program> when;
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (name == "payer") {
        payer = file_.text_of(node, name);
        if (std::ranges::find(payers, payer, &Payer::id) == payers.end())
          file_.fault(node, "payer: there is no " + payer);
      } else if (name == "when") {
        const std::string text = file_.text_of(node, name);
        auto program = fhirpath::Program::compile(text);
        if (program) {
          when = std::move(*program);
        } else {
          file_.fault(node, "when: " + program.error().place(text) + ": " + program.error().message);
        }
      } else {
        file_.fault(node, "unknown key \"" + name + "\"; when and payer are known");
      }
    }
    if (!table.contains("payer")) file_.fault(table, "payer is missing");
    if (!table.contains("when")) file_.fault(table, "when is missing");
    if (when) rules.push_back({std::move(payer), std::move(*when)});
  }

  auth::TomlFile& file_;
  const policy::PolicySet& policies_;
  std::string read_files_;  // the text of each that was read
};

}  // namespace

base::Result<std::shared_ptr<const Payers>> Payers::load(const std::string& file, const policy::PolicySet& policies) {
  auto opened = auth::TomlFile::open(file);
  if (!opened) return opened.error();
  PayerReader reader(*opened, policies);
  reader.read();
  if (std::string faults = opened->faults(); !faults.empty()) return base::invalid(std::move(faults));
  return std::shared_ptr<const Payers>(new Payers(std::move(reader.id), reader.splits_items, std::move(reader.payers),
                                                  routing::Table(std::move(reader.rows), std::move(reader.rules))));
}

const Payer* Payers::find(std::string_view id) const {
  const auto found = std::ranges::find(payers_, id, &Payer::id);
  return found == payers_.end() ? nullptr : &*found;
}

const Payer* Payers::find_by_path(std::string_view path) const {
  const auto found = std::ranges::find(payers_, path, &Payer::path);
  return path.empty() || found == payers_.end() ? nullptr : &*found;
}

}  // namespace pas::gateway
