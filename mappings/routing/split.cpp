#include "mappings/routing/split.h"

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

#include "fhir/json/writer.h"
#include "mappings/pas/elements.h"

namespace pas::routing {
namespace {

constexpr std::size_t kMostParts = 8;

class Splitter {
 public:
  Splitter(const pas::Request& request, const Table& table) : request_(request), table_(table) {}

  Split split() && {
    if (request_.focal.size() > kMostParts) {
      refuse(request_.claim["insurance"], "At most 8 insurances may be focal.");
      return std::move(split_);
    }
    for (const json::Node insurance : request_.focal) add_part(insurance);
    for (const pas::Item& item : request_.items) add_item(item);
    if (split_.error) split_.parts.clear();
    if (!request_.items.empty()) std::erase_if(split_.parts, [](const Part& part) { return part.items.empty(); });
    return std::move(split_);
  }

 private:
  void add_part(json::Node insurance) {
    pas::Request asked = request_;
    asked.coverage = coverage_of(insurance);
    Choice choice = table_.choose(asked);
    if (choice.by != kByCoverage) {  // the insurer is that of one of them, and a rule tells them not apart
      refuse(insurance["coverage"], "The payer of this coverage is not one that is served here. Check its payor.");
    } else if (std::ranges::find(split_.parts, choice.payer, &Part::payer) != split_.parts.end()) {
      refuse(insurance["focal"], "Two focal insurances are of one payer. Only one of them may be focal.");
    }
    split_.parts.push_back({insurance, std::move(choice.payer), {}});
  }

  void add_item(const pas::Item& item) {
    Part* own = nullptr;
    for (const json::Node named : item.requested_service["insurance"]) {
      const json::Node coverage = request_.index->resolve(named);
      for (Part& part : split_.parts) {
        if (!coverage || coverage_of(part.insurance) != coverage || own == &part) continue;
        if (own != nullptr) return refuse_item(item);
        own = &part;
      }
    }
    if (own == nullptr) return refuse_item(item);
    own->items.push_back(&item);
  }

  json::Node coverage_of(json::Node insurance) const { return request_.index->resolve(insurance["coverage"]); }

  void refuse_item(const pas::Item& item) {
    refuse(item.node,
           "Several insurances are focal. Name the Coverage of one of them in the `insurance` of the order "
           "of this item, to tell which payer it is for.");
  }

  void refuse(json::Node place, std::string message) {
    if (!split_.error) split_.error = pas::payer_error(request_, place, std::move(message));
  }

  const pas::Request& request_;
  const Table& table_;
  Split split_;
};

class PartWriter {
 public:
  PartWriter(const Part& part, const pas::Request& request) : part_(part), request_(request) {
    for (const pas::Item& item : request_.items) {
      const bool is_own = is_of_part(item.sequence);
      note(item.requested_service, is_own);
      for (const json::Node each : item.node["informationSequence"]) note(info_of(pas::sequence_of(each)), is_own);
    }
    for (const json::Node info : request_.claim["supportingInfo"]) {
      note(request_.index->resolve(info["valueReference"]), !is_of_others(info));
    }
  }

  std::string write() && {
    out_.begin_object();
    copy(request_.bundle(), {"entry"});
    out_.key("entry").begin_array();
    for (const json::Entry& entry : request_.index->entries()) {
      if (is_of_others(entry.resource)) continue;
      out_.begin_object();
      copy(entry.node, {"resource"});
      out_.key("resource");
      if (entry.resource == request_.claim) {
        claim();
      } else if (entry.resource == request_.prior_claim) {
        prior_claim(entry.resource);
      } else {
        out_.node(entry.resource);
      }
      out_.end_object();
    }
    out_.end_array().end_object();
    return std::move(out_).take();
  }

 private:
  void note(json::Node node, bool is_own) {
    if (node) (is_own ? own_ : others_).insert(node.id());
  }
  bool is_of_others(json::Node node) const { return others_.contains(node.id()) && !own_.contains(node.id()); }

  bool is_of_part(int sequence) const {
    return std::ranges::find(part_.items, sequence, &pas::Item::sequence) != part_.items.end();
  }
  bool is_of_another(int sequence) const {
    return !is_of_part(sequence) &&
           std::ranges::find(request_.items, sequence, &pas::Item::sequence) != request_.items.end();
  }

  json::Node info_of(int sequence) const {
    for (const json::Node info : request_.claim["supportingInfo"]) {
      if (pas::sequence_of(info["sequence"]) == sequence) return info;
    }
    return {};
  }

  void copy(json::Node object, std::initializer_list<std::string_view> left_out) {
    for (const json::Node member : object) {
      if (std::ranges::find(left_out, member.key()) == left_out.end()) out_.member(member.key(), member);
    }
  }

  template <class IsLeftOut>
  void list(json::Node claim, std::string_view name, IsLeftOut&& is_left_out) {
    bool is_begun = false;
    for (const json::Node each : claim[name]) {
      if (is_left_out(each)) continue;
      if (!is_begun) out_.key(name).begin_array();
      is_begun = true;
      out_.node(each);
    }
    if (is_begun) out_.end_array();
  }

  void claim() {
    const json::Node payor = request_.index->resolve(part_.insurance["coverage"])["payor"].at(0);
    const bool is_organization = request_.index->resolve(payor)["resourceType"].text() == "Organization";
    out_.begin_object();
    copy(request_.claim, {"insurer", "insurance", "item", "supportingInfo"});
    out_.member("insurer", is_organization ? payor : request_.claim["insurer"]);
    out_.key("insurance").begin_array().node(part_.insurance).end_array();  // by the profile each is focal
    items(request_.claim);
    list(request_.claim, "supportingInfo", [this](json::Node info) { return is_of_others(info); });
    out_.end_object();
  }

  void prior_claim(json::Node prior) {
    out_.begin_object();
    copy(prior, {"item"});
    items(prior);
    out_.end_object();
  }

  void items(json::Node claim) {
    list(claim, "item", [this](json::Node item) { return is_of_another(pas::sequence_of(item["sequence"])); });
  }

  const Part& part_;
  const pas::Request& request_;
  // Nodes that items of this part, and of others, need.
  std::unordered_set<std::uint32_t> own_;
  std::unordered_set<std::uint32_t> others_;
  json::Writer out_;
};

}  // namespace

Split split_by_item(const pas::Request& request, const Table& table) {
  return Splitter(request, table).split();
}

std::string request_of(const Part& part, const pas::Request& request) {
  return PartWriter(part, request).write();
}

}  // namespace pas::routing
