#include <re2/re2.h>

#include <string>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/text.h"

namespace pas::fhirpath::detail {
namespace {

// The input's string; nothing when it is empty, a failure when it is no String.
std::optional<std::string_view> input_string(Evaluator& evaluator, const Step& step, Collection input) {
  const Item* item = evaluator.single(input, step);
  if (item == nullptr || item->is_companion()) return std::nullopt;
  const auto text = item->string();
  if (!text) {
    evaluator.fail(step, std::string(step.function->name) + "() needs a String, not " +
                             std::string(item->type_name(evaluator.model())));
  }
  return text;
}

// The input and the first argument; nothing when one is empty or a failure.
struct Pair {
  std::string_view text;
  std::string_view argument;
};
std::optional<Pair> pair_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto text = input_string(evaluator, step, input);
  if (evaluator.failed()) return std::nullopt;
  const auto argument = evaluator.string_argument(step, 0, frame);
  if (!text || !argument) return std::nullopt;
  return Pair{*text, *argument};
}

Collection index_at(Evaluator& evaluator, std::string_view text, std::size_t byte) {
  const std::int64_t index =
      byte == std::string_view::npos ? -1 : static_cast<std::int64_t>(text::length(text.substr(0, byte)));
  return evaluator.one(Item::integer(index));
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

using Format = std::optional<std::string> (*)(std::string_view, std::string_view);
Collection formatted(Evaluator& evaluator, const Step& step, Collection input, Frame& frame, Format format) {
  const auto pair = pair_of(evaluator, step, input, frame);
  if (!pair) return {};
  const auto result = format(pair->text, pair->argument);
  return result ? evaluator.string(*result) : Collection();
}

}  // namespace

Collection fn_index_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  return pair ? index_at(evaluator, pair->text, pair->text.find(pair->argument)) : Collection();
}

Collection fn_last_index_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  return pair ? index_at(evaluator, pair->text, pair->text.rfind(pair->argument)) : Collection();
}

Collection fn_substring(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto text = input_string(evaluator, step, input);
  if (!text) return {};
  const auto start = evaluator.integer_argument(step, 0, frame);
  if (!start || *start < 0) return {};
  const std::size_t from = text::offset_of(*text, static_cast<std::size_t>(*start));
  if (from >= text->size()) return {};
  std::string_view rest = text->substr(from);
  if (evaluator.has_argument(step, 1)) {
    // An empty length is as if it were not given (FHIRPath 2.0.0, substring).
    const auto length = evaluator.integer_argument(step, 1, frame);
    if (evaluator.failed()) return {};
    if (length) rest = rest.substr(0, *length <= 0 ? 0 : text::offset_of(rest, static_cast<std::size_t>(*length)));
  }
  return evaluator.one(Item::string(rest));
}

Collection fn_starts_with(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  return pair ? Evaluator::boolean(pair->text.starts_with(pair->argument)) : Collection();
}

Collection fn_ends_with(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  return pair ? Evaluator::boolean(pair->text.ends_with(pair->argument)) : Collection();
}

Collection fn_contains(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  return pair ? Evaluator::boolean(pair->text.find(pair->argument) != std::string_view::npos) : Collection();
}

Collection fn_upper(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto text = input_string(evaluator, step, input);
  return text ? evaluator.string(text::upper(*text)) : Collection();
}

Collection fn_lower(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto text = input_string(evaluator, step, input);
  return text ? evaluator.string(text::lower(*text)) : Collection();
}

// An empty pattern stands before each code point and at the end.
Collection fn_replace(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  if (!pair) return {};
  const auto substitution = evaluator.string_argument(step, 1, frame);
  if (!substitution) return {};
  std::string result;
  std::string_view rest = pair->text;
  while (!rest.empty()) {
    const bool matches = rest.starts_with(pair->argument);
    if (matches) result += *substitution;
    const std::size_t size = matches && !pair->argument.empty() ? pair->argument.size() : text::first_size(rest);
    if (!matches || pair->argument.empty()) result += rest.substr(0, size);
    rest.remove_prefix(size);
    if (result.size() > evaluator.environment().limits.memory) {
      return evaluator.fail(step, "the evaluation needs more memory than it may have");
    }
  }
  if (pair->argument.empty()) result += *substitution;
  return evaluator.string(result);
}

Collection fn_matches(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto text = input_string(evaluator, step, input);
  if (!text) return {};
  const re2::RE2* pattern = evaluator.pattern_argument(step, frame);
  return pattern == nullptr ? Collection() : Evaluator::boolean(re2::RE2::PartialMatch(piece(*text), *pattern));
}

Collection fn_matches_full(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto text = input_string(evaluator, step, input);
  if (!text) return {};
  const re2::RE2* pattern = evaluator.pattern_argument(step, frame);
  return pattern == nullptr ? Collection() : Evaluator::boolean(re2::RE2::FullMatch(piece(*text), *pattern));
}

// $1 and ${name} in the substitution are groups of the match, as in the engines that the specification names.
Collection fn_replace_matches(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto text = input_string(evaluator, step, input);
  if (!text) return {};
  const re2::RE2* pattern = evaluator.pattern_argument(step, frame);
  if (pattern == nullptr) return {};
  const auto substitution = evaluator.string_argument(step, 1, frame);
  if (!substitution) return {};
  if (pattern->pattern().empty()) return evaluator.one(Item::string(*text));
  std::string rewrite;
  for (std::size_t i = 0; i < substitution->size(); ++i) {
    const char c = (*substitution)[i];
    if (c == '\\') {
      rewrite += "\\\\";
      continue;
    }
    rewrite += c;
    if (c != '$' || i + 1 == substitution->size()) continue;
    const char digit = (*substitution)[i + 1];
    if (digit >= '0' && digit <= '9' && digit - '0' <= pattern->NumberOfCapturingGroups()) {
      rewrite.back() = '\\';
    } else if (digit == '{') {
      const std::size_t end = substitution->find('}', i);
      if (end == std::string_view::npos) continue;
      const auto& groups = pattern->NamedCapturingGroups();
      const auto group = groups.find(std::string(substitution->substr(i + 2, end - i - 2)));
      if (group == groups.end() || group->second > 9) continue;
      rewrite.back() = '\\';
      rewrite += std::to_string(group->second);
      i = end;
    }
  }
  std::string result(*text);
  re2::RE2::GlobalReplace(&result, *pattern, rewrite);
  return evaluator.string(result);
}

Collection fn_length(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto text = input_string(evaluator, step, input);
  return text ? evaluator.one(Item::integer(static_cast<std::int64_t>(text::length(*text)))) : Collection();
}

Collection fn_to_chars(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  auto text = input_string(evaluator, step, input);
  if (!text) return {};
  List result(evaluator, step);
  while (!text->empty() && !evaluator.failed()) {
    const std::size_t size = text::first_size(*text);
    result.add(Item::string(text->substr(0, size)));
    text->remove_prefix(size);
  }
  return result.items();
}

Collection fn_trim(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto text = input_string(evaluator, step, input);
  return text ? evaluator.one(Item::string(text::trim(*text))) : Collection();
}

Collection fn_split(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto pair = pair_of(evaluator, step, input, frame);
  if (!pair) return {};
  List result(evaluator, step);
  std::string_view rest = pair->text;
  if (pair->argument.empty()) return fn_to_chars(evaluator, step, input, frame);
  while (!evaluator.failed()) {
    const std::size_t at = rest.find(pair->argument);
    result.add(Item::string(rest.substr(0, at)));
    if (at == std::string_view::npos) break;
    rest.remove_prefix(at + pair->argument.size());
  }
  return result.items();
}

Collection fn_join(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  std::string_view separator;
  if (evaluator.has_argument(step, 0)) separator = evaluator.string_argument(step, 0, frame).value_or("");
  if (input.empty() || evaluator.failed()) return {};
  std::string result;
  bool is_first = true;
  for (const Item& item : input) {
    if (item.is_companion()) continue;
    const auto text = item.string();
    if (!text) return evaluator.fail(step, "join() needs Strings");
    if (!is_first) result += separator;
    is_first = false;
    result += *text;
  }
  return evaluator.string(result);
}

Collection fn_encode(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return formatted(evaluator, step, input, frame, text::encode);
}

Collection fn_decode(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return formatted(evaluator, step, input, frame, text::decode);
}

Collection fn_escape(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return formatted(evaluator, step, input, frame, text::escape);
}

Collection fn_unescape(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return formatted(evaluator, step, input, frame, text::unescape);
}

}  // namespace pas::fhirpath::detail
