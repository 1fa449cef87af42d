#include "mappings/decision/replay.h"

#include <charconv>

namespace pas::decision {
namespace {

using inputs::Input;
using inputs::State;

std::optional<Input> read_input(json::Node node) {
  Input input;
  input.name = node["name"].text();
  if (input.name.empty()) return std::nullopt;
  const std::string_view state = node["state"].text();
  for (const State known : {State::kKnown, State::kUnknown, State::kConflict}) {
    if (to_string(known) == state) input.state = known;
  }
  if (to_string(input.state) != state || (input.state == State::kKnown) != static_cast<bool>(node["value"])) {
    return std::nullopt;
  }
  if (node["value"]) input.value = node["value"].to_json();
  for (const json::Node source : node["sources"]) input.sources.emplace_back(source.text());
  input.note = node["note"].text();
  return input;
}

}  // namespace

std::optional<Record> read_record(json::Node node) {
  Record record;
  record.policy_id = node["policy"]["id"].text();
  record.policy_revision = node["policy"]["revision"].text();
  record.policy_hash = node["policy"]["hash"].text();
  const auto date = base::parse_date(node["requestDate"].text());
  const std::string_view sequence = node["itemSequence"].text();
  std::from_chars(sequence.data(), sequence.data() + sequence.size(), record.item_sequence);
  if (record.policy_id.empty() || !date || !node["inputs"].is_array()) return std::nullopt;
  record.request_date = *date;
  std::vector<Input> inputs;
  for (const json::Node each : node["inputs"]) {
    auto input = read_input(each);
    if (!input) return std::nullopt;
    inputs.push_back(std::move(*input));
  }
  std::vector<inputs::DocumentNote> damaged;
  for (const json::Node note : node["damagedDocuments"]) {
    damaged.push_back({std::string(note["path"].text()), std::string(note["message"].text())});
  }
  record.inputs = {std::move(inputs), std::move(damaged)};
  return record;
}

std::string replay(const Record& record, const policy::Policy& policy) {
  Decided decided = evaluate_and_decide(policy, record.inputs, record.request_date);
  decided.decision.item_sequence = record.item_sequence;
  return to_json(decided.evaluation, record.inputs, decided.decision);
}

}  // namespace pas::decision
