#include "mappings/pas/response_plan.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "mappings/pas/item_details.h"

namespace pas::pas {
namespace {

class Planner {
 public:
  Planner(const Request& request, std::span<const decision::Decision> decisions, const ResponseContext& context)
      : request_(request), context_(context) {
    for (const decision::Decision& decision : decisions) {
      if (decision.item_sequence == 0) plan_.of_claim = &decision;
      decisions_.emplace(decision.item_sequence, &decision);
    }
    for (const ItemAnswer& answer : context.items) answers_.emplace(answer.sequence, &answer);
  }

  ResponsePlan plan() && {
    if (!decisions_.empty()) {
      for (const Item* item : items_in_order()) plan_item(*item);
    }
    if (plan_.of_claim != nullptr) {
      for (const std::string& note : plan_.of_claim->notes) number(note);
    }
    for (const BusinessError& error : context_.errors) plan_error(error);
    for (const std::string& note : context_.notes) number(note);
    for (const json::Node party : {request_.patient, request_.insurer, request_.provider}) echo(party);
    for (const PlannedItem& planned : plan_.items) {
      for (const json::Node target : detail_targets(request_, planned)) echo(target);
    }
    return std::move(plan_);
  }

 private:
  std::vector<const Item*> items_in_order() const {
    std::vector<const Item*> items;
    items.reserve(request_.items.size() + context_.carried.size());
    for (const Item& item : request_.items) items.push_back(&item);
    if (context_.carried.empty()) return items;
    for (const Item& item : context_.carried) items.push_back(&item);
    std::ranges::stable_sort(items, {}, &Item::sequence);
    return items;
  }

  void plan_item(const Item& item) {
    PlannedItem planned;
    planned.item = &item;
    planned.is_carried = std::ranges::any_of(context_.carried, [&](const Item& other) { return &other == &item; });
    if (const auto found = decisions_.find(item.sequence); found != decisions_.end()) planned.decision = found->second;
    if (const auto found = answers_.find(item.sequence); found != answers_.end()) planned.answer = found->second;
    if (planned.decision != nullptr) {
      for (const std::string& note : planned.decision->notes) add_note(planned, number(note));
      if (!context_.is_inquiry) plan_requests(planned);
    }
    items_.emplace(item.sequence, plan_.items.size());
    plan_.items.push_back(std::move(planned));
  }

  static void add_note(PlannedItem& planned, int note) {
    if (std::find(planned.notes.begin(), planned.notes.end(), note) == planned.notes.end()) {
      planned.notes.push_back(note);
    }
  }

  void plan_requests(const PlannedItem& planned) {
    const Item& item = *planned.item;
    const decision::Decision& decision = *planned.decision;
    std::unordered_set<std::string_view> asked;
    for (const decision::DocumentRequest& document : decision.documents) {
      if (!asked.insert(document.loinc).second) continue;
      plan_.requests.push_back({owner_of(planned) + "-" + std::to_string(item.sequence) + "-" + document.loinc, &item,
                                &document, planned.is_carried});
      task(false, planned).inputs.push_back(plan_.requests.back());
    }
    if (!decision.questions.empty()) task(true, planned).inputs.push_back({{}, &item, nullptr, planned.is_carried});
  }

  const std::string& owner_of(const PlannedItem& planned) const {
    const bool is_part = planned.answer != nullptr && !planned.answer->case_id.empty();
    return is_part ? planned.answer->case_id : context_.response_id;
  }

  PlannedTask& task(bool is_questionnaire, const PlannedItem& planned) {
    std::string id = owner_of(planned) + (is_questionnaire ? "-questionnaire" : "-attachments");
    const auto found = std::ranges::find(plan_.tasks, id, &PlannedTask::id);
    if (found != plan_.tasks.end()) return *found;
    return plan_.tasks.emplace_back(PlannedTask{std::move(id), is_questionnaire, {}, planned.decision->reason});
  }

  void plan_error(const BusinessError& error) {
    const int note = number(error.message);
    plan_.error_notes.push_back(note);
    if (error.item_sequence == 0) return;
    const auto planned = items_.find(error.item_sequence);
    if (planned != items_.end()) add_note(plan_.items[planned->second], note);
  }

  // The same text has one number.
  int number(std::string_view text) {
    const auto [found, is_new] = numbers_.try_emplace(text, static_cast<int>(plan_.notes.size()) + 1);
    if (is_new) plan_.notes.push_back(text);
    return found->second;
  }

  // The resource's entry and, after it, those it refers to, over as many steps as it takes.
  void echo(json::Node resource) {
    std::vector<json::Node> open{resource};
    while (!open.empty()) {
      const json::Entry* entry = request_.index->entry_of(open.back());
      open.pop_back();
      if (entry == nullptr || entry->resource == request_.claim || !echoed_.insert(entry).second) continue;
      plan_.echoed.push_back(entry);
      collect_references(entry->resource, open);
    }
  }

  void collect_references(json::Node node, std::vector<json::Node>& found) const {  // NOLINT(misc-no-recursion)
    for (const json::Node child : node) {
      if (child.is_object() || child.is_array()) collect_references(child, found);
      if (!child.is_string() || child.key() != "reference" || child.text().starts_with('#')) continue;
      if (const json::Node target = request_.index->resolve(node)) found.push_back(target);
    }
  }

  const Request& request_;
  const ResponseContext& context_;
  ResponsePlan plan_;
  std::unordered_map<int, const decision::Decision*> decisions_;
  std::unordered_map<int, const ItemAnswer*> answers_;
  std::unordered_map<int, std::size_t> items_;  // sequence to index in the plan
  std::unordered_map<std::string_view, int> numbers_;
  std::unordered_set<const json::Entry*> echoed_;
};

}  // namespace

ResponsePlan plan_response(const Request& request, std::span<const decision::Decision> decisions,
                           const ResponseContext& context) {
  return Planner(request, decisions, context).plan();
}

bool is_certified(std::string_view action) {
  return action == "A1" || action == "A2" || action == "A6";
}

json::Node organization_of(const Request& request) {
  if (request.provider["resourceType"].text() == "Organization") return request.provider;
  const json::Node organization = request.index->resolve(request.provider["organization"]);
  return organization["resourceType"].text() == "Organization" ? organization : json::Node();
}

}  // namespace pas::pas
