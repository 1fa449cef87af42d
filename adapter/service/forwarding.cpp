#include "adapter/service/forwarding.h"

#include <algorithm>
#include <optional>

#include "adapter/gateway/payer_subscription.h"
#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "fhir/json/writer.h"
#include "mappings/pas/inquiry_request.h"
#include "mappings/pas/payer_answer.h"
#include "mappings/pas/translated_request.h"

namespace pas::service {
namespace {

constexpr std::string_view kResponseBundle =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-response-bundle";
constexpr std::string_view kInquiryResponseBundle =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-inquiry-response-bundle";
constexpr std::chrono::seconds kNoWait{0};
constexpr std::chrono::seconds kAskAgain{10};  // after an inquiry
constexpr std::chrono::hours kSubscribed{24};
constexpr std::chrono::hours kOverlap{1};  // of a subscription with the next
constexpr std::chrono::seconds kSubscribeAgain{60};
constexpr int kMostHeard = 20;  // cases of one number

using State = Forwarding::State;

Forwarding::Result try_later(const base::Error& error) {
  return {State::kLater, error.message};
}

// The response Bundles of an answer: itself, or those of Parameters.
std::vector<json::Node> bundles_of(json::Node body) {
  if (body["resourceType"].text() != "Parameters") return {body};
  std::vector<json::Node> bundles;
  for (const json::Node parameter : body["parameter"]) {
    if (parameter["name"].text() == "return") bundles.push_back(parameter["resource"]);
  }
  return bundles;
}

bool has_number_of(const pas::PayerAnswer& answer, const store::Case& record) {
  return std::ranges::any_of(answer.items, [&record](const pas::AnsweredItem& item) {
    return std::ranges::any_of(record.items, [&item](const store::Item& own) {
      const std::string& number = item.answer.administration_reference_number;
      return own.sequence == item.answer.sequence && !number.empty() && own.administrative_reference_number == number;
    });
  });
}

// It decides an item that is pended here.
bool has_news(const pas::PayerAnswer& answer, const store::Case& record) {
  return std::ranges::any_of(record.items, [&answer](const store::Item& own) {
    return own.action == kPendedAction && std::ranges::any_of(answer.items, [&own](const pas::AnsweredItem& item) {
             return item.answer.sequence == own.sequence && item.decision.action != kPendedAction;
           });
  });
}

store::Exchange exchange_with_payer(const store::Case& record, std::string_view type, TimePoint requested,
                                    TimePoint answered) {
  store::Exchange made = answered_exchange(type, requested, answered);
  made.case_id = record.id;
  made.payer = record.payer;
  made.other = kPayerSide;
  return made;
}

}  // namespace

struct Forwarding::Known {
  store::Case record;
  std::shared_ptr<gateway::Backend> backend;  // null: its payer does not forward (any more)
};

base::Result<Forwarding::Known> Forwarding::look_up(std::string_view case_id) const {
  auto found = services_.store.find_case(case_id);
  if (!found) return found.error();
  if (!*found) return base::Error{base::ErrorCode::kNotFound, "no such case"};
  auto backend = services_.backends.of((*found)->payer);
  return Known{std::move(**found), std::move(backend)};
}

base::Result<bool> Forwarding::is_answered(std::string_view case_id) const {
  const auto history = services_.store.history(case_id);
  if (!history) return history.error();
  return std::ranges::find(*history, kAnswerAction, &store::HistoryEntry::action) != history->end();
}

const pas::Version* Forwarding::version_of(const gateway::Backend& backend) const {
  const auto found = std::ranges::find(services_.versions, backend.to().version, &pas::Version::name);
  return found == services_.versions.end() ? nullptr : *found;
}

base::Result<std::optional<std::string>> Forwarding::request_for(const store::Case& record,
                                                                 const gateway::Backend& backend) const {
  auto body = services_.store.find_body(record.id, store::Body::kRequest);
  if (!body || !*body) return body;
  auto text = translated(std::move(**body), record, backend);
  if (!text) return text.error();
  return std::optional(std::move(*text));
}

base::Result<std::string> Forwarding::translated(std::string request, const store::Case& record,
                                                 const gateway::Backend& backend) const {
  const pas::Version* version = version_of(backend);
  if (version == nullptr || version->name == record.version) return request;
  const auto limits = json::limits_of_stored(request);
  const auto document = json::Document::parse(std::move(request), limits);
  if (!document) return base::Error{base::ErrorCode::kInvalid, "the stored request is not JSON"};
  return pas::translated_request(pas::submitted_bundle(document->root()), *version);
}

Forwarding::Result Forwarding::forward(const Errand& errand, std::string_view via) const {
  const auto known = look_up(errand.case_id);
  if (!known) return try_later(known.error());
  if (known->backend == nullptr) return {State::kGivenUp, "its payer does not forward any more"};
  if (!known->record.replaced_by.empty()) return {};  // an update went over it, which takes it along
  const auto answered = is_answered(errand.case_id);
  if (!answered) return try_later(answered.error());
  if (*answered) return {};
  if (Result prior = ask_prior(*known, errand, via); prior.state == State::kLater) return prior;

  const auto body = request_for(known->record, *known->backend);
  if (!body) return try_later(body.error());
  if (!*body) return {State::kGivenUp, "the case has no request"};
  const auto requested = services_.clock.now();
  const gateway::Backend::Asked asked =
      known->backend->post({"/Claim/$submit", **body, errand.case_id, via, errand.origin.traceparent, errand.deadline});
  const std::string_view type = to_string(known->record.kind);
  if (!asked.ok()) {
    note(*known, type, requested, asked.status);
    return told(*known, errand, {asked.may_retry ? State::kLater : State::kGivenUp, asked.problem, asked.status});
  }
  Result taken = take(*known, errand, asked.body, type, requested);
  if (taken.state == State::kLater) note(*known, type, requested, asked.status);
  return told(*known, errand, std::move(taken));
}

// An update goes after what it updates: the payer must know that first. What was sent before is sent again with its
// key, and answered as it was.
Forwarding::Result Forwarding::ask_prior(const Known& known, const Errand& errand, std::string_view via) const {
  const auto priors = priors_of(services_.store, known.record, kMostPriors);
  if (!priors) return try_later(priors.error());
  std::vector<const store::Case*> unanswered;  // the oldest last
  for (const store::Case& record : *priors) {
    const auto answered = is_answered(record.id);
    if (!answered) return try_later(answered.error());
    if (*answered || record.status == store::Status::kError) break;
    unanswered.push_back(&record);
  }
  for (auto each = unanswered.rbegin(); each != unanswered.rend(); ++each) {
    const store::Case& record = **each;
    const auto body = request_for(record, *known.backend);
    if (!body) return try_later(body.error());
    if (!*body) continue;
    const auto asked =
        known.backend->post({"/Claim/$submit", **body, record.id, via, errand.origin.traceparent, errand.deadline});
    if (!asked.ok() && asked.may_retry)
      return {State::kLater, "of the earlier request: " + asked.problem, asked.status};
  }
  return {};
}

Forwarding::Result Forwarding::take(const Known& known, const Errand& errand, const std::string& body,
                                    std::string_view type, std::chrono::system_clock::time_point requested) const {
  store::Exchange exchange = exchange_with_payer(known.record, type, requested, services_.clock.now());
  const bool is_inquiry = type == kQueryExchange;
  auto document = json::Document::parse(body);
  if (!document) return {State::kLater, "the answer is not JSON"};
  const ValidationService::Question question{
      .version = version_of(*known.backend),
      .profiles = {std::string(is_inquiry ? kInquiryResponseBundle : kResponseBundle)},
      .now = services_.clock.now(),
      .least = validation::Severity::kError,
      .as_receiver = true};
  std::optional<pas::PayerAnswer> chosen;
  json::Node source;
  for (const json::Node bundle : bundles_of(document->root())) {
    const json::BundleIndex index(bundle);
    const validation::Report report = services_.validation.validate(index, question);
    if (report.has_errors()) return {State::kLater, "the answer breaks the rule " + report.issues().front().rule};
    auto answer = pas::read_payer_answer(index);
    if (!answer) return {State::kLater, answer.error().message};
    if (chosen && (has_number_of(*chosen, known.record) || !has_number_of(*answer, known.record))) {
      continue;  // of several, the one with the case's numbers
    }
    chosen.emplace(std::move(*answer));
    source = bundle;
  }
  if (!chosen) return {is_inquiry ? State::kPending : State::kLater, "the answer tells of no request"};
  if (!known.record.replaced_by.empty()) return {};  // an update went over it
  const bool is_pended = std::ranges::any_of(
      chosen->items, [](const pas::AnsweredItem& item) { return item.decision.action == kPendedAction; });
  if (is_inquiry && !has_news(*chosen, known.record)) return {State::kPending, "pended"};
  const std::chrono::seconds again_in(known.backend->to().follow_every_s);
  const auto outcome =
      services_.cases.take_answer(known.record.id, {known.record.payer, *chosen, source.to_json(), std::move(exchange),
                                                    is_pended && !is_inquiry ? again_in : kNoWait, errand.origin});
  if (const auto* error = std::get_if<base::Error>(&outcome)) {
    return {error->code == base::ErrorCode::kNotFound ? State::kGivenUp : State::kLater, error->message};
  }
  return {is_pended ? State::kPending : State::kDone, {}};
}

Forwarding::Result Forwarding::told(const Known& known, const Errand& errand, Result result) const {
  if (result.state == State::kLater || result.state == State::kGivenUp) {
    services_.log.write(observe::Severity::kWarning, "gateway.not_answered", errand.origin.request_id,
                        {{"case", known.record.id},
                         {"payer", known.record.payer},
                         {"status", result.http_status},
                         {"what", result.what},
                         {"given_up", result.state == State::kGivenUp}});
  }
  return result;
}

void Forwarding::note(const Known& known, std::string_view type, std::chrono::system_clock::time_point requested,
                      int status) const {
  if (status == 0) return;
  store::Exchange exchange = exchange_with_payer(known.record, type, requested, services_.clock.now());
  exchange.http_status = status;
  (void)services_.store.note_exchanges({std::move(exchange)});  // what follows does not depend on it
}

// By which the payer knows the attachments, of its newest answer that has one.
base::Result<std::string> Forwarding::tracking_id(const store::Case& record) const {
  std::string found;
  for (const store::Item& item : record.items) {
    const auto records = services_.store.decision_records(record.id, item.sequence);
    if (!records) return records.error();
    for (const store::DecisionRecord& each : *records) {
      const auto document = json::Document::parse(each.json);
      if (document && document->root()["trackingId"]) found = document->root()["trackingId"].text();
    }
  }
  return found;
}

Forwarding::Result Forwarding::attach(const Errand& errand, std::string_view payload, std::int64_t message) const {
  const auto known = look_up(errand.case_id);
  if (!known) return try_later(known.error());
  if (known->backend == nullptr) return {State::kGivenUp, "its payer does not forward any more"};
  const auto tracking = tracking_id(known->record);
  const auto supplements = services_.store.supplements(errand.case_id);
  if (!tracking) return try_later(tracking.error());
  if (!supplements) return try_later(supplements.error());
  if (tracking->empty()) return {State::kLater, "the payer has not asked for anything yet"};
  const auto wanted = json::Document::parse(std::string(payload));
  if (!wanted) return {State::kGivenUp, "the message cannot be read"};

  json::Writer out;
  out.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  const auto identifier = [&out](std::string_view name, std::string_view value) {
    out.begin_object().member("name", name).key("valueIdentifier").begin_object().member("value", value);
    out.end_object().end_object();
  };
  identifier("TrackingId", *tracking);
  out.begin_object().member("name", "AttachTo").member("valueCode", "preauth").end_object();
  identifier("MemberId", known->record.member_id);
  for (const json::Node id : wanted->root()["ids"]) {
    const auto supplement = std::ranges::find(*supplements, id.text(), &store::Supplement::id);
    const auto entry =
        supplement == supplements->end() ? json::Document::parse("{}") : json::Document::parse(supplement->json);
    if (!entry || !entry->root()["resource"]) return {State::kGivenUp, "what arrived cannot be read"};
    out.begin_object().member("name", "Attachment").key("part").begin_array();
    out.begin_object().member("name", "Content").member("resource", entry->root()["resource"]).end_object();
    out.end_array().end_object();
  }
  out.begin_object().member("name", "Final").member("valueBoolean", wanted->root()["final"].is_true()).end_object();
  out.end_array().end_object();

  const std::string key = std::string(errand.case_id) + "-" + std::to_string(message);
  const auto requested = services_.clock.now();
  const auto asked =
      known->backend->post({"/$submit-attachment", out.view(), key, {}, errand.origin.traceparent, errand.deadline});
  note(*known, kSubsequentExchange, requested, asked.status);
  if (!asked.ok()) {
    return told(*known, errand, {asked.may_retry ? State::kLater : State::kGivenUp, asked.problem, asked.status});
  }
  const auto enqueued = services_.store.enqueue({{.case_id = std::string(errand.case_id),
                                                  .kind = std::string(kFollowMessage),
                                                  .payload = std::string(kOnce),
                                                  .due_ms = base::to_ms(services_.clock.now()),
                                                  .origin = errand.origin}});
  return enqueued ? Result{} : try_later(enqueued.error());
}

Forwarding::Result Forwarding::follow(const Errand& errand, std::string_view via) const {
  const auto known = look_up(errand.case_id);
  if (!known) return try_later(known.error());
  if (known->backend == nullptr) return {State::kGivenUp, "its payer does not forward any more"};
  if (known->record.status != store::Status::kPended || !known->record.replaced_by.empty()) return {};
  const auto open = OpenCase::open(services_.adjudicator, services_.store, known->record);
  if (!open) return try_later(open.error());
  std::vector<pas::InquiredItem> items;
  for (const ItemNow& now : (*open)->items()) {
    if (now.item == nullptr || now.decision.action != kPendedAction) continue;
    items.push_back({now.sequence(), now.answer.administration_reference_number});
  }
  const auto inquiry = translated(pas::write_inquiry((*open)->request(), items), known->record, *known->backend);
  if (!inquiry) return try_later(inquiry.error());
  const auto requested = services_.clock.now();
  const auto asked =
      known->backend->post({"/Claim/$inquire", *inquiry, {}, via, errand.origin.traceparent, errand.deadline});
  Result result = asked.ok() ? take(*known, errand, asked.body, kQueryExchange, requested)
                             : Result{State::kLater, asked.problem, asked.status};
  result.again_in = std::chrono::seconds(known->backend->to().follow_every_s);
  return told(*known, errand, std::move(result));
}

Heard Forwarding::inquire(const Errand& errand, std::string_view via) const {
  const auto known = look_up(errand.case_id);
  if (!known || known->backend == nullptr) return Heard::kNothing;
  const auto now = services_.clock.now();
  {
    const std::scoped_lock lock(asked_mutex_);
    std::erase_if(asked_, [now](const auto& each) { return each.second.at + kAskAgain <= now; });
    const auto [place, is_new] = asked_.try_emplace(std::string(errand.case_id), Asked{now});
    if (!is_new) return place->second.heard;
  }
  const Heard heard = ask(*known, errand, via);
  const std::scoped_lock lock(asked_mutex_);
  asked_.insert_or_assign(std::string(errand.case_id), Asked{now, heard == Heard::kNewer ? Heard::kSame : heard});
  return heard;
}

Heard Forwarding::ask(const Known& known, const Errand& errand, std::string_view via) const {
  const auto answered = is_answered(errand.case_id);
  if (!answered) return Heard::kNoAnswer;
  const Result result = *answered ? follow(errand, via) : forward(errand, via);
  const auto record = services_.store.find_case(errand.case_id);
  if (record && *record && (*record)->revision > known.record.revision) return Heard::kNewer;
  return result.is_answered() ? Heard::kSame : Heard::kNoAnswer;
}

bool Forwarding::is_subscribed(std::string_view payer, const gateway::ForwardTo& to) const {
  const auto found = subscribed_.find(payer);
  return found != subscribed_.end() && gateway::is_one_subscription(found->second.backend->to(), to) &&
         services_.clock.now() < found->second.at + kSubscribed - kOverlap;
}

bool Forwarding::needs_subscription(std::string_view payer) const {
  const auto backend = services_.backends.of(payer);
  if (backend == nullptr || backend->to().organizations.empty()) return false;
  const std::scoped_lock lock(subscribed_mutex_);
  return !is_subscribed(payer, backend->to());
}

Forwarding::Result Forwarding::subscribe(std::string_view payer, Deadline deadline) const {
  const auto backend = services_.backends.of(payer);
  if (backend == nullptr || backend->to().organizations.empty()) return {};
  const auto now = services_.clock.now();
  {
    const std::scoped_lock lock(subscribed_mutex_);
    if (is_subscribed(payer, backend->to())) return {};
    subscribed_.insert_or_assign(std::string(payer), Subscribed{now, backend});  // of two messages one asks
  }
  const std::string body =
      gateway::write_subscription(backend->to(), services_.notification_url(payer), now + kSubscribed + kOverlap);
  const auto asked = backend->post({"/Subscription", body, {}, {}, {}, deadline});
  if (asked.ok()) {
    services_.log.write(observe::Severity::kInfo, "gateway.subscribed", {}, {{"payer", payer}});
    return {State::kPending, "subscribed", asked.status, kSubscribed};
  }
  {
    const std::scoped_lock lock(subscribed_mutex_);
    const auto found = subscribed_.find(payer);
    if (found != subscribed_.end() && found->second.backend == backend) subscribed_.erase(found);
  }
  services_.log.write(observe::Severity::kWarning, "gateway.not_subscribed", {},
                      {{"payer", payer}, {"status", asked.status}, {"what", asked.problem}});
  return {State::kLater, asked.problem, asked.status, kSubscribeAgain};
}

bool Forwarding::may_tell(std::string_view payer, std::string_view authorization) const {
  const auto backend = services_.backends.of(payer);
  return backend != nullptr && gateway::has_secret(authorization, backend->to().notify_secret);
}

base::Result<void> Forwarding::hear(std::string_view payer, json::Node notification,
                                    const store::Origin& origin) const {
  std::map<std::string, store::OutboxMessage> messages;  // by case
  for (const std::string& number : gateway::numbers_told(notification)) {
    const auto found = services_.store.find_by_number(number, kMostHeard);
    if (!found) return found.error();
    for (const store::Case& record : *found) {
      if (record.payer != payer || record.status != store::Status::kPended || !record.replaced_by.empty()) continue;
      messages.try_emplace(record.id, store::OutboxMessage{.case_id = record.id,
                                                           .kind = std::string(kFollowMessage),
                                                           .payload = std::string(kOnce),
                                                           .due_ms = base::to_ms(services_.clock.now()),
                                                           .origin = origin});
    }
  }
  std::vector<store::OutboxMessage> all;
  for (auto& [id, message] : messages) all.push_back(std::move(message));
  return services_.store.enqueue(all);
}

}  // namespace pas::service
