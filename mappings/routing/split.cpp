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

using NodeIds = std::unordered_set<std::uint32_t>;

// The resources that references in `from` lead to, and references in these; nothing of `left_out` is read or reached.
NodeIds reached(const json::BundleIndex& index, std::vector<json::Node> from, const NodeIds& left_out) {
  NodeIds found;
  while (!from.empty()) {
    const json::Node node = from.back();
    from.pop_back();
    for (const json::Node child : node) {
      if (left_out.contains(child.id())) continue;
      if (child.is_object() || child.is_array()) from.push_back(child);
      if (child.key() != "reference" && child.key() != "url")
        continue;  // the latter may be an Attachment's, of a Binary
      const json::Node target = index.resolve(child.text(), child);
      if (target && !left_out.contains(target.id()) && found.insert(target.id()).second) from.push_back(target);
    }
  }
  return found;
}

class PartWriter {
 public:
  PartWriter(const Part& part, const pas::Request& request) : part_(part), request_(request) {
    const json::Node payor = request.index->resolve(part.insurance["coverage"])["payor"].at(0);
    const bool is_organization = request.index->resolve(payor)["resourceType"].text() == "Organization";
    insurer_ = is_organization ? payor : request.claim["insurer"];
    for (const json::Node claim : {request_.claim, request_.prior_claim}) {
      note_needs(claim);
      note(claim["insurer"], false);
      note(claim["insurance"], false);
    }
    std::erase_if(others_, [this](std::uint32_t id) { return own_.contains(id); });
    find_kept();
  }

  std::string write() && {
    out_.begin_object();
    copy(request_.bundle(), {"entry"});
    out_.key("entry").begin_array();
    for (const json::Entry& entry : request_.index->entries()) {
      if (!kept_.contains(entry.resource.id())) continue;
      out_.begin_object();
      copy(entry.node, {"resource"});
      out_.key("resource");
      if (entry.resource == request_.claim || entry.resource == request_.prior_claim) {
        claim(entry.resource);
      } else {
        out_.node(entry.resource);
      }
      out_.end_object();
    }
    out_.end_array().end_object();
    return std::move(out_).take();
  }

 private:
  void note_needs(json::Node claim) {
    for (const json::Node item : claim["item"]) {
      const bool is_own = !is_of_another(pas::sequence_of(item["sequence"]));
      note(item, is_own);
      const json::Node order = pas::find_extension(item, "extension-requestedService")["valueReference"];
      note(request_.index->resolve(order), is_own);
      for (const json::Node each : item["informationSequence"]) note(info_of(claim, pas::sequence_of(each)), is_own);
    }
    for (const json::Node info : claim["supportingInfo"]) {
      note(request_.index->resolve(info["valueReference"]), own_.contains(info.id()) || !others_.contains(info.id()));
    }
  }
  void note(json::Node node, bool is_own) {
    if (node) (is_own ? own_ : others_).insert(node.id());
  }

  // What the whole Claim leads to is kept where this part leads to it; what it never led to, with all that it names.
  void find_kept() {
    const NodeIds of_whole = reached(*request_.index, {request_.claim}, {});
    std::vector<json::Node> from = {request_.claim, part_.insurance, insurer_};
    for (const json::Entry& entry : request_.index->entries()) {
      if (!of_whole.contains(entry.resource.id())) from.push_back(entry.resource);
    }
    kept_ = reached(*request_.index, from, others_);
    for (const json::Node node : from) kept_.insert(node.id());
  }

  bool is_of_another(int sequence) const {
    const auto has = [sequence](const pas::Item& item) { return item.sequence == sequence; };
    return std::ranges::any_of(request_.items, has) &&
           std::ranges::find(part_.items, sequence, &pas::Item::sequence) == part_.items.end();
  }

  static json::Node info_of(json::Node claim, int sequence) {
    for (const json::Node info : claim["supportingInfo"]) {
      if (pas::sequence_of(info["sequence"]) == sequence) return info;
    }
    return {};
  }

  void copy(json::Node object, std::initializer_list<std::string_view> left_out) {
    for (const json::Node member : object) {
      if (std::ranges::find(left_out, member.key()) == left_out.end()) out_.member(member.key(), member);
    }
  }

  void list(json::Node claim, std::string_view name) {
    bool is_begun = false;
    for (const json::Node each : claim[name]) {
      if (others_.contains(each.id())) continue;
      if (!is_begun) out_.key(name).begin_array();
      is_begun = true;
      out_.node(each);
    }
    if (is_begun) out_.end_array();
  }

  void claim(json::Node claim) {
    out_.begin_object();
    copy(claim, {"insurer", "insurance", "item", "supportingInfo"});
    out_.member("insurer", insurer_);
    out_.key("insurance").begin_array().node(part_.insurance).end_array();  // by the profile each is focal
    list(claim, "item");
    list(claim, "supportingInfo");
    out_.end_object();
  }

  const Part& part_;
  const pas::Request& request_;
  json::Node insurer_;  // a Reference
  NodeIds own_;         // nodes that items of this part need
  NodeIds others_;      // nodes that items of others alone need, and what names a payer in the Claim
  NodeIds kept_;        // resources
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
