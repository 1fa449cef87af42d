// submit: sends bundles to a PAS server and prints what it decided, one line an item.

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/client_token.h"
#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/conformance/client.h"
#include "fhir/json/document.h"

namespace pas::cli {
namespace {

struct SubmitOptions {
  std::vector<std::string> bundles;
  std::string to = "http://127.0.0.1:8080/fhir";
  ClientTokenOptions token;
};

using conformance::Answer;
using conformance::Call;

// The first member of that name anywhere below the node's extensions.
json::Node extension_value(json::Node node, std::string_view url_end) {  // NOLINT(misc-no-recursion)
  for (const json::Node extension : node["extension"]) {
    if (extension["url"].text().ends_with(url_end)) return extension;
    if (const json::Node inside = extension_value(extension, url_end)) return inside;
  }
  return {};
}

std::string note_of(json::Node claim_response, json::Node item) {
  const std::string_view number = item["noteNumber"].at(0).text();
  for (const json::Node note : claim_response["processNote"]) {
    if (note["number"].text() == number || number.empty()) return std::string(note["text"].text());
  }
  return {};
}

// "1 A4 0U" and the reason in one line.
struct Line {
  std::string decision;
  std::string reason;
};

std::vector<Line> lines_of(const Answer& answer) {
  std::vector<Line> lines;
  if (answer.status == 0) return {{"no answer", answer.error}};
  if (answer.body.empty()) return {{"no decision", "the answer has no body"}};
  const auto document = json::Document::parse(answer.body);
  if (!document) return {{"no decision", "the answer is not JSON"}};
  const json::Node root = document->root();
  if (root["resourceType"].text() == "OperationOutcome") {
    const json::Node issue = root["issue"].at(0);
    std::string reason(issue["expression"].at(0).text());
    reason.append(reason.empty() ? "" : ": ").append(issue["details"]["text"].text());
    if (root["issue"].size() > 1) reason += " (and " + std::to_string(root["issue"].size() - 1) + " more)";
    return {{"refused", reason}};
  }
  const json::Node claim_response = root["entry"].at(0)["resource"];
  for (const json::Node error : claim_response["error"]) {
    lines.push_back({"error " + std::string(error["code"]["coding"].at(0)["code"].text()),
                     std::string(error["code"]["coding"].at(0)["display"].text())});
  }
  for (const json::Node item : claim_response["item"]) {
    const json::Node review = extension_value(item["adjudication"].at(0), "extension-reviewAction");
    std::string decision(item["itemSequence"].text());
    decision.append(" ").append(
        extension_value(review, "reviewActionCode")["valueCodeableConcept"]["coding"].at(0)["code"].text());
    const json::Node reason = extension_value(review, "reasonCode");
    if (reason) decision.append(" ").append(reason["valueCodeableConcept"]["coding"].at(0)["code"].text());
    lines.push_back({decision, note_of(claim_response, item)});
  }
  if (lines.empty()) lines.push_back({"no decision", "the answer is no ClaimResponse with items"});
  return lines;
}

// At most `width` columns, cut between UTF-8 characters.
std::string cut(std::string text, std::size_t width) {
  if (text.size() <= width) return text;
  std::size_t end = width - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

// The table's lines for one bundle. Wider names push the rest aside.
std::string rows_of(std::string name, const Answer& answer) {
  constexpr std::size_t kReasonWidth = 100;
  std::string rows;
  for (const Line& line : lines_of(answer)) {
    std::array<char, 512> columns{};
    std::snprintf(columns.data(), columns.size(), "%-42s %6ld  %-12s %8.1f  ", name.c_str(), answer.status,
                  line.decision.c_str(), answer.ms);
    rows.append(columns.data()).append(cut(line.reason, kReasonWidth)).append("\n");
    name.clear();
  }
  return rows;
}

int submit(const SubmitOptions& options) {
  const auto paths = expand(options.bundles);
  if (!paths) {
    std::cerr << "pas-adapter: " << paths.error().message << "\n";
    return kUsage;
  }
  std::string url = options.to;
  if (url.ends_with('/')) url.pop_back();
  auto tokens = ClientTokens::open(options.token, url);
  if (!tokens) {
    std::cerr << "pas-adapter: " << tokens.error().message << "\n";
    return tokens.error().code == base::ErrorCode::kUnavailable ? kFailed : kUsage;
  }
  url.append("/Claim/$submit");
  conformance::Client client;
  bool all_answered = true;
  std::string unreadable;
  std::printf("%-42s %6s  %-12s %8s  %s\n", "sample", "status", "decision", "ms", "reason");
  std::fflush(stdout);
  print_each(*paths, [&](const std::string& path) -> std::string {
    const auto bytes = read_all(path);
    if (!bytes) {
      unreadable.append("pas-adapter: ").append(bytes.error().message).append("\n");
      return {};
    }
    const auto token = tokens->token();
    Call call{.url = url, .body = *bytes, .headers = {"Content-Type: application/fhir+json"}};
    if (token && !token->empty()) call.headers.push_back("Authorization: Bearer " + *token);
    const Answer answer = token ? client.ask(call) : Answer{.error = token.error().message};
    all_answered = all_answered && answer.status != 0 && answer.status < 500;
    return rows_of(std::filesystem::path(path).stem().string(), answer);
  });
  std::cerr << unreadable;
  if (!unreadable.empty()) return kUsage;
  return all_answered ? kDone : kFailed;
}

}  // namespace

void add_submit(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* command = app.add_subcommand("submit", "Send bundles to a PAS server and show the decisions");
  command->add_option("bundles", options->bundles, "Files, or folders with their *.json; - is standard input")
      ->required();
  command->add_option("--to", options->to, "FHIR base URL of the server")->capture_default_str();
  add_client_token_options(*command, options->token);
  command->footer(
      "Exit code: 0 every bundle was answered, a refusal too; 1 one was not, or with a 5xx; 2 wrong call, or files "
      "cannot be read.");
  command->callback([options, &exit_code] { exit_code = submit(*options); });
}

}  // namespace pas::cli
