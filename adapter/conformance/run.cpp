#include "adapter/conformance/run.h"

#include <algorithm>
#include <utility>

#include "fhir/fhirpath/fhirpath.h"
#include "fhir/json/bundle_index.h"
#include "fhir/json/patch.h"

namespace pas::conformance {
namespace {

// Of a fault in what was sent; any other 4xx (no token, no such route, too many) tells nothing of it.
constexpr std::string_view kRefusals = "400, 412, 413, 415, 422";
constexpr const char* kWantsAToken = ": a token is wanted (--client-id)";
constexpr std::size_t kMostSilences = 3;
constexpr std::size_t kMostFaults = 20;

std::string filled_in(std::string text, const Holes& holes) {
  for (const auto& [name, value] : holes) {
    const std::string hole = "${" + name + "}";
    for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at + value.size())) {
      text.replace(at, hole.size(), value);
    }
  }
  return text;
}

constexpr std::size_t kMostOfABody = std::size_t{64} << 10U;  // whole, of a usual request
constexpr std::size_t kMostOfAValue = 300;

std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // between UTF-8 characters
  return text.substr(0, end) + " …";
}

std::string text_of(const fhirpath::Item& item) {
  if (const auto boolean = item.boolean()) return *boolean ? "true" : "false";
  if (const auto integer = item.integer()) return std::to_string(*integer);
  if (const auto string = item.string()) return std::string(*string);
  return item.is_node() ? item.node().to_json() : "?";
}

// The values joined by commas; an error's words when the expression cannot be evaluated.
std::string value_of(json::Node answer, json::Node request, std::string_view expression) {
  const auto program = fhirpath::Program::compile(expression, {});
  if (!program) return "(" + program.error().message + ")";
  const json::BundleIndex index(answer);
  fhirpath::Environment environment;
  environment.index = &index;
  fhirpath::Evaluation evaluation(environment);
  if (request) {
    evaluation.set("request", request);
  } else {
    evaluation.set("request", std::span<const fhirpath::Item>());
  }
  const auto items = evaluation.run(*program, answer);
  if (!items) return "(" + items.error().message + ")";
  std::string values;
  for (const fhirpath::Item& item : *items) values.append(values.empty() ? "" : ",").append(text_of(item));
  return values;
}

// `wanted` is "200", "2xx", or several with commas between.
bool is_status(long status, std::string_view wanted) {  // NOLINT(misc-no-recursion)
  const std::string text = std::to_string(status);
  if (const auto comma = wanted.find(", "); comma != std::string_view::npos) {
    return is_status(status, wanted.substr(0, comma)) || is_status(status, wanted.substr(comma + 2));
  }
  return text.size() == wanted.size() &&
         std::ranges::equal(text, wanted, [](char is, char want) { return want == 'x' || is == want; });
}

bool is_loopback(std::string_view url) {
  const std::string_view host = url.substr(std::min(url.find("://") + 3, url.size()));
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

// Empty when it is one OperationOutcome that tells an error.
std::string fault_of_refusal(json::Node answer) {
  if (answer["resourceType"].text() != "OperationOutcome") return "the refusal is no OperationOutcome";
  for (const json::Node issue : answer["issue"]) {
    const std::string_view severity = issue["severity"].text();
    if (severity == "error" || severity == "fatal") return {};
  }
  return "the OperationOutcome tells no error";
}

}  // namespace

Run::Run(const Settings& settings, const service::ValidationService& validation, const base::Clock& clock, Holes holes,
         Listener& listener, MustSupport& must_support, json::Node common)
    : settings_(settings),
      validation_(validation),
      clock_(clock),
      holes_(std::move(holes)),
      listener_(listener),
      must_support_(must_support),
      common_(common),
      client_(settings.client) {}

// A listener on loopback is heard of by a server on loopback only.
bool Run::can_hear() const {
  return !is_loopback(listener_.url()) || is_loopback(settings_.base_url);
}

std::string Run::lack_of(std::string_view needs) const {
  const auto names = [needs](std::string_view word) { return needs.find(word) != std::string_view::npos; };
  if (names("listener") && !can_hear()) {
    return "the server cannot reach " + listener_.url() + ": --listen names an address that it can";
  }
  if (names("script") && settings_.script.empty()) {
    return "nothing makes the server decide a pended request: --script was not given";
  }
  if (names("other") && settings_.other_headers.empty()) {
    return "there is no other client to ask as: --other-client-id was not given";
  }
  return {};
}

CheckResult Run::check(json::Node check, const NamedBundle& bundle) {
  CheckResult done{std::string(check["id"].text()), std::string(check["title"].text()), {}};
  if (check["each"].is_true()) done.id += " " + bundle.name;
  for (const json::Node id : check["proves"]) done.proves.emplace_back(id.text());
  done.reason = lack_of(check["needs"].text());
  if (!done.reason.empty()) {
    done.result = Result::kSkipped;
    return done;
  }
  heard_before_ = listener_.heard();
  Holes holes = holes_;
  std::string before;  // the steps that went well
  for (const json::Node each : check["steps"]) {
    if (done.result != Result::kPassed && !each["always"].is_true()) continue;
    if (!lack_of(each["with"].text()).empty()) continue;
    if (silences_ >= kMostSilences) {
      if (done.result == Result::kPassed) done.reason = "the server has not answered the requests before";
      if (done.result == Result::kPassed) done.result = Result::kSkipped;
      break;
    }
    const auto text = json::Document::parse(filled_in(each.to_json(), holes));
    if (text->root()["do"].text().find("${") != std::string_view::npos) continue;  // nothing there to clean up
    Exchange exchange;
    const Verdict verdict = step(text->root(), bundle, holes, exchange);
    const auto answer = json::Document::parse(exchange.answer.body);
    if (answer) look_at(answer->root(), done.id, exchange);
    if (answer) call_for(answer->root(), exchange.sent, done.id);
    if (done.result != Result::kPassed || each["always"].is_true()) continue;
    done.result = verdict.result;
    done.reason = verdict.reason;
    if (verdict.result == Result::kFailed) {
      done.asked = before + exchange.request();
      done.answered = exchange.response();
    }
    before += exchange.summary() + "\n";
  }
  return done;
}

std::string Run::Exchange::summary() const {
  return line + ": " + (answer.status == 0 ? answer.error : std::to_string(answer.status));
}

std::string Run::Exchange::request() const {
  if (sent.empty()) return line;
  return line + "\nContent-Type: " + type + "\n\n" + shortened(sent, kMostOfABody);
}

std::string Run::Exchange::response() const {
  return (answer.status == 0 ? answer.error : std::to_string(answer.status)) + "\n\n" +
         shortened(answer.body, kMostOfABody);
}

// Others may come between: of other requests, or heartbeats.
std::optional<std::string> Run::hear(std::string_view wanted) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + settings_.patience;
  for (std::size_t number = heard_before_;; ++number) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    auto body = listener_.hear(number, std::max(left, std::chrono::milliseconds(0)));
    if (!body) return std::nullopt;
    const auto document = json::Document::parse(*body);
    if (document && value_of(document->root(), {}, wanted) == "true") return body;
  }
}

Run::Verdict Run::step(json::Node step, const NamedBundle& bundle, Holes& holes, Exchange& exchange) {
  if (const json::Node wanted = step["hear"]) {
    exchange.line = "notification: " + std::string(wanted.text());
    auto body = hear(wanted.text());
    if (!body) {
      exchange.answer.error = "none";
      return {Result::kFailed, "no such notification within " + std::to_string(settings_.patience.count()) + " ms"};
    }
    exchange.answer.status = 200;
    exchange.answer.body = *std::move(body);
    return judge(step, exchange, holes);
  }
  auto body = body_of(step, bundle, holes);
  if (!body) return {Result::kSkipped, "the bundle has not what the check changes: " + body.error().message};
  const std::string line = filled_in(std::string(step["do"].text()), holes);
  const auto space = line.find(' ');
  std::string url = line.substr(space + 1);
  if (url.starts_with("/")) url = settings_.base_url + url;
  exchange.line = line.substr(0, space) + " " + url;
  exchange.sent = *std::move(body);
  const bool is_other = step["as"].text() == "other";
  Call call{line.substr(0, space), url, exchange.sent, is_other ? settings_.other_headers : settings_.headers};
  call.headers.emplace_back("Accept: application/fhir+json");
  call.headers.emplace_back("Prefer: return=representation");
  exchange.type = step["type"] ? std::string(step["type"].text()) : "application/fhir+json";
  if (!exchange.sent.empty()) call.headers.push_back("Content-Type: " + exchange.type);
  exchange.answer = client_.ask(call);
  if (exchange.answer.status == 0) {
    ++silences_;
    return {Result::kFailed, "no answer: " + exchange.answer.error};
  }
  silences_ = 0;
  return judge(step, exchange, holes);
}

base::Result<std::string> Run::body_of(json::Node step, const NamedBundle& bundle, Holes& holes) {
  if (const json::Node body = step["body"]) return body.is_string() ? std::string(body.text()) : body.to_json();
  const json::Node name = step["bundle"];
  if (!name) return std::string();
  const std::string number = std::to_string(++claims_);
  holes["claim"] = holes["run"] + "-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
  holes[std::string(name.text())] = holes["claim"];
  std::string text = bundle.text;
  for (const json::Node each : step["patch"]) {
    const json::Node shared = each.is_string() ? common_["patches"][each.text()] : json::Node();
    const std::string list = shared ? shared.to_json() : "[" + each.to_json() + "]";
    const auto operations = json::Document::parse(filled_in(list, holes));
    auto patched = json::patched(std::move(text), operations->root());
    if (!patched) return patched;
    text = *std::move(patched);
  }
  if (!step["wrap"].is_true()) return text;
  return R"({"resourceType":"Parameters","parameter":[{"name":"resource","resource":)" + text + "}]}";
}

Run::Verdict Run::judge(json::Node step, const Exchange& exchange, Holes& holes) {
  const auto answer = json::Document::parse(exchange.answer.body.empty() ? "null" : exchange.answer.body);
  const auto request = json::Document::parse(exchange.sent.empty() ? "null" : exchange.sent);
  const json::Node sent = request ? request->root() : json::Node();
  if (sent.is_object()) {
    for (const json::Node entry : sent["entry"]) sent_urls_.emplace(entry["fullUrl"].text());
  }
  const bool is_refusal = step["refused"].is_true();
  if (answer) {
    for (const json::Node skip : step["skip_if"]) {
      if (value_of(answer->root(), sent, skip.key()) == "true") return {Result::kSkipped, std::string(skip.text())};
    }
  }
  const std::string wanted = is_refusal       ? std::string(kRefusals)
                             : step["status"] ? std::string(step["status"].text())
                                              : std::string("2xx");
  if (!is_status(exchange.answer.status, wanted)) {
    return {Result::kFailed, "status " + std::to_string(exchange.answer.status) + " instead of " + wanted +
                                 (exchange.answer.status == 401 ? kWantsAToken : "")};
  }
  if (!is_refusal && !step["expect"] && !step["keep"]) return {};
  if (!answer) return {Result::kFailed, "the answer is not JSON: " + answer.error().message};
  if (is_refusal) {
    const std::string fault = fault_of_refusal(answer->root());
    if (!fault.empty()) return {Result::kFailed, fault};
  }
  for (const json::Node expected : step["expect"]) {
    const std::string want = filled_in(std::string(expected.text()), holes);
    const std::string value = value_of(answer->root(), sent, filled_in(std::string(expected.key()), holes));
    if (value != want) {
      return {Result::kFailed, std::string(expected.key()) + " is \"" + shortened(value, kMostOfAValue) +
                                   "\" instead of \"" + want + "\""};
    }
  }
  for (const json::Node keep : step["keep"]) {
    holes[std::string(keep.key())] = value_of(answer->root(), sent, keep.text());
  }
  return {};
}

void Run::look_at(json::Node answer, const std::string& check_id,
                  const Exchange& exchange) {  // NOLINT(misc-no-recursion)
  const std::string_view type = answer["resourceType"].text();
  if (type == "Parameters") {
    for (const json::Node parameter : answer["parameter"]) {
      if (parameter["resource"]) look_at(parameter["resource"], check_id, exchange);
    }
  } else if (type == "Bundle" && answer["type"].text() == "history") {  // a notification: its focus
    for (const json::Node entry : answer["entry"]) look_at(entry["resource"], check_id, exchange);
  } else if (!type.empty()) {
    validate(answer, check_id, exchange);
    must_support_.see(answer);
    for (const json::Node entry : answer["entry"]) must_support_.see(entry["resource"]);
  }
}

void Run::call_for(json::Node answer, const std::string& sent, const std::string& check_id) {
  const auto request = json::Document::parse(sent.empty() ? "null" : sent);
  for (const json::Node each : common_["calls_for"]) {
    if (value_of(answer, request ? request->root() : json::Node(), each["when"].text()) != "true") continue;
    for (const json::Node title : each["elements"]) must_support_.call_for(title.text(), answer, check_id);
  }
}

// What the sender gave comes back as it was, and is not the server's fault.
void Run::validate(json::Node resource, const std::string& check_id, const Exchange& exchange) {
  ++validated_;
  const auto document = json::Document::parse(resource.to_json());
  const json::BundleIndex index(document->root());
  service::ValidationService::Question question;
  question.version = settings_.version;
  question.now = clock_.now();
  question.least = validation::Severity::kError;
  const validation::Report report = validation_.validate(index, question);
  for (const validation::Issue& issue : report.issues()) {
    // Its own context in 2.0.1 leaves out ClaimResponse.item, where the profile has it.
    if (issue.rule == "AdministrationReferenceNumber" && settings_.version->name == "2.0.1") continue;
    const bool is_echoed = std::ranges::any_of(index.entries(), [&](const json::Entry& entry) {
      return sent_urls_.contains(entry.full_url) &&
             issue.expression.starts_with(entry.node.path(document->root()) + ".");
    });
    if (is_echoed || faults_.size() >= kMostFaults) continue;
    if (faults_.empty()) faulty_ = exchange;
    faults_.try_emplace(issue.expression + ": " + issue.rule + ": " + issue.message, check_id);
  }
}

CheckResult Run::profiles() const {
  CheckResult done{"profiles", "Every answer keeps to its profiles", {"conf-15", "spec-23"}};
  if (validated_ == 0) {
    done.result = Result::kSkipped;
    done.reason = "no answer held a resource: is that the FHIR base URL?";
  }
  for (const auto& [fault, check_id] : faults_) {
    done.result = Result::kFailed;
    done.reason.append(done.reason.empty() ? "" : "\n").append(fault).append(" (first in " + check_id + ")");
  }
  if (done.result == Result::kFailed) {
    done.asked = faulty_.request();
    done.answered = faulty_.response();
  }
  return done;
}

}  // namespace pas::conformance
