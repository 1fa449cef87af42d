#include "mappings/routing/table.h"

#include <algorithm>

#include "fhir/fhirpath/evaluation.h"
#include "mappings/pas/elements.h"
#include "mappings/policy/policy.h"

namespace pas::routing {
namespace {

constexpr std::size_t kRuleSteps = 1'000'000;

// What tells who a payor or insurer is.
struct Party {
  json::Node place;
  std::vector<pas::Identifier> identifiers;
  std::string_view name;
};

Party party_of(json::Node place, json::Node organization) {
  Party party{place, pas::identifiers_of(organization), organization["name"].text()};
  if (const std::string_view value = place["identifier"]["value"].text(); !value.empty()) {
    party.identifiers.push_back({place["identifier"]["system"].text(), value});
  }
  return party;
}

bool knows(const Payer& payer, const Party& party) {
  const auto is_own = [&payer](const pas::Identifier& sent) {
    return std::ranges::any_of(payer.identifiers, [&sent](const Identifier& own) {
      return own.value == sent.value && (own.system.empty() || own.system == sent.system);
    });
  };
  if (std::ranges::any_of(party.identifiers, is_own)) return true;
  return !party.name.empty() && std::ranges::any_of(payer.names, [&party](const std::string& own) {
    return policy::folded_name(own) == policy::folded_name(party.name);
  });
}

std::vector<std::string_view> lines_of(json::Node coverage) {
  std::vector<std::string_view> lines;
  for (const json::Node coding : coverage["type"]["coding"]) lines.push_back(coding["code"].text());
  for (const json::Node each : coverage["class"]) lines.push_back(each["value"].text());
  return lines;
}

bool has_line(const Payer& payer, const std::vector<std::string_view>& lines) {
  return payer.lines.empty() || std::ranges::any_of(payer.lines, [&lines](const std::string& own) {
           return std::ranges::find(lines, own) != lines.end();
         });
}

std::string listed(const std::vector<const Payer*>& payers) {
  std::string text;
  for (const Payer* payer : payers) text.append(text.empty() ? "" : ", ").append(payer->id);
  return text;
}

class Router {
 public:
  Router(const std::vector<Payer>& payers, const std::vector<Rule>& rules, const pas::Request& request,
         std::string_view addressed)
      : payers_(payers), rules_(rules), request_(request), lines_(lines_of(request.coverage)), addressed_(addressed) {}

  Choice choose() && {
    std::vector<Party> payors;
    for (const json::Node payor : request_.coverage["payor"]) {
      payors.push_back(party_of(payor, request_.index->resolve(payor)));
    }
    if (take(std::string(kByCoverage), payors)) return std::move(choice_);
    if (take("insurer", {party_of(request_.claim["insurer"], request_.insurer)})) return std::move(choice_);
    if (!addressed_.empty()) {
      step("address: " + std::string(addressed_));
      settle(std::string(addressed_), "address");
      return std::move(choice_);
    }
    if (take_by_rule()) return std::move(choice_);
    refuse(
        request_.claim["insurer"],
        "The payer is not one that is served here. Check the identifier of the coverage's payor and of the insurer.");
    return std::move(choice_);
  }

 private:
  // Those that the parties name. False when they name none, and the search goes on.
  bool take(std::string by, const std::vector<Party>& parties) {
    std::vector<const Payer*> found;
    json::Node place;
    for (const Party& party : parties) {
      for (const Payer& payer : payers_) {
        if (!knows(payer, party) || std::ranges::find(found, &payer) != found.end()) continue;
        found.push_back(&payer);
        if (!place) place = party.place;
      }
    }
    const bool is_anybody = !found.empty();
    if (found.size() > 1) {
      step(by + ": " + listed(found) + "; the line of business decides");
      std::erase_if(found, [this](const Payer* payer) { return !has_line(*payer, lines_); });
    } else if (found.size() == 1 && !has_line(*found.front(), lines_)) {
      step(by + ": " + listed(found) + ", but of another line of business");
      found.clear();
    }
    if (!addressed_.empty() && is_anybody) return take_addressed(std::move(by), found, place);
    if (found.empty()) {
      step(by + ": no payer");
      return false;
    }
    step(by + ": " + listed(found));
    if (found.size() > 1) {
      refuse(place, "The request names several payers. Send one request to each.");
    } else {
      settle(found.front()->id, std::move(by));
    }
    return true;
  }

  // The parties name somebody: whose address it is must be among them.
  bool take_addressed(std::string by, const std::vector<const Payer*>& found, json::Node place) {
    step(by + ": " + (found.empty() ? "no payer" : listed(found)) + "; sent to " + std::string(addressed_));
    if (std::ranges::find(found, addressed_, &Payer::id) != found.end()) {
      settle(std::string(addressed_), std::move(by));
    } else {
      refuse(place, "The request names another payer, or line of business, than this address is for.");
    }
    return true;
  }

  bool take_by_rule() {
    fhirpath::Environment environment;
    environment.index = request_.index;
    environment.limits.steps = kRuleSteps;
    fhirpath::Evaluation evaluation(environment);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::string name = "rule " + std::to_string(i + 1);
      const auto truth = evaluation.test(rules_[i].when, request_.bundle());
      step(name + (truth ? (*truth == true ? ": " + rules_[i].payer : ": not met") : ": " + truth.error().message));
      if (!truth || *truth != true) continue;
      settle(rules_[i].payer, name);
      return true;
    }
    return false;
  }

  void step(std::string text) { choice_.steps.push_back(std::move(text)); }

  void settle(std::string payer, std::string by) {
    choice_.payer = std::move(payer);
    choice_.by = std::move(by);
  }

  void refuse(json::Node place, std::string message) {
    choice_.error = pas::payer_error(request_, place, std::move(message));
  }

  const std::vector<Payer>& payers_;
  const std::vector<Rule>& rules_;
  const pas::Request& request_;
  const std::vector<std::string_view> lines_;  // of the focal Coverage
  const std::string_view addressed_;           // the payer to whose address it was sent; empty: none's
  Choice choice_;
};

bool share_a_line(const Payer& a, const Payer& b) {
  if (a.lines.empty() || b.lines.empty()) return true;
  return std::ranges::any_of(a.lines, [&b](const std::string& line) { return std::ranges::count(b.lines, line) > 0; });
}

// An identifier or a name that both have; empty: none.
std::string shared_by(const Payer& a, const Payer& b) {
  for (const Identifier& mine : a.identifiers) {
    for (const Identifier& other : b.identifiers) {
      if (mine.value != other.value) continue;
      if (mine.system.empty() || other.system.empty() || mine.system == other.system) return mine.value;
    }
  }
  for (const std::string& mine : a.names) {
    for (const std::string& other : b.names) {
      if (policy::folded_name(mine) == policy::folded_name(other)) return mine;
    }
  }
  return {};
}

}  // namespace

Choice Table::choose(const pas::Request& request, std::string_view addressed) const {
  return Router(payers_, rules_, request, addressed).choose();
}

std::vector<std::string> Table::overlaps() const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < payers_.size(); ++i) {
    for (std::size_t k = i + 1; k < payers_.size(); ++k) {
      const std::string shared = shared_by(payers_[i], payers_[k]);
      if (shared.empty() || !share_a_line(payers_[i], payers_[k])) continue;
      found.push_back(payers_[i].id + " and " + payers_[k].id + ": " + shared);
    }
  }
  return found;
}

}  // namespace pas::routing
