#include "mappings/decision/difference.h"

#include <algorithm>
#include <array>
#include <map>

#include "fhir/base/text.h"

namespace pas::decision {
namespace {

// Members that may name an element of a list.
constexpr std::array<std::string_view, 7> kNames = {"id", "row", "name", "title", "system", "criterion", "input"};

// By which member every element of the list is named, no two alike; empty if by none.
bool is_named_by(json::Node list, std::string_view member) {
  std::vector<std::string_view> names;
  for (const json::Node element : list) {
    if (!element[member].is_string()) return false;
    if (std::find(names.begin(), names.end(), element[member].text()) != names.end()) return false;
    names.push_back(element[member].text());
  }
  return true;
}

std::string_view name_of_elements(json::Node before, json::Node after) {
  for (const std::string_view member : kNames) {
    if (is_named_by(before, member) && is_named_by(after, member)) return member;
  }
  return {};
}

bool holds_objects(json::Node list) {
  return std::any_of(list.begin(), list.end(), [](json::Node element) { return element.is_object(); });
}

json::Node find_named(json::Node list, std::string_view member, std::string_view name) {
  for (const json::Node element : list) {
    if (element[member].text() == name) return element;
  }
  return {};
}

class Comparison {
 public:
  void compare(json::Node before, json::Node after, const std::string& place) {  // NOLINT(misc-no-recursion)
    if (before.is_object() && after.is_object()) return objects(before, after, place);
    if (before.is_array() && after.is_array()) return lists(before, after, place);
    std::string old_text = before ? before.to_json() : "";
    std::string new_text = after ? after.to_json() : "";
    if (old_text != new_text) changes_.push_back({place, std::move(old_text), std::move(new_text)});
  }

  std::vector<Change> take() && { return std::move(changes_); }

 private:
  static std::string below(const std::string& place, std::string_view name) {
    return place.empty() ? std::string(name) : place + ", " + std::string(name);
  }

  void objects(json::Node before, json::Node after, const std::string& place) {  // NOLINT(misc-no-recursion)
    for (const json::Node member : before) compare(member, after[member.key()], below(place, member.key()));
    for (const json::Node member : after) {
      if (!before[member.key()]) compare({}, member, below(place, member.key()));
    }
  }

  void lists(json::Node before, json::Node after, const std::string& place) {  // NOLINT(misc-no-recursion)
    if (before.to_json() == after.to_json()) return;
    if (!holds_objects(before) && !holds_objects(after)) return values(before, after, place);
    const std::string_view member = name_of_elements(before, after);
    if (!member.empty()) return named(before, after, member, place);
    positions(before, after, place);
  }

  // "criteria" and "LOW" make "criteria LOW".
  void named(json::Node before, json::Node after, std::string_view member,  // NOLINT(misc-no-recursion)
             const std::string& place) {
    std::vector<std::string> old_order;
    std::vector<std::string> new_order;
    for (const json::Node element : before) {
      const std::string name(element[member].text());
      const json::Node other = find_named(after, member, name);
      if (other) old_order.push_back(name);
      compare(element, other, place + ' ' + name);
    }
    for (const json::Node element : after) {
      const std::string name(element[member].text());
      if (find_named(before, member, name)) {
        new_order.push_back(name);
      } else {
        compare({}, element, place + ' ' + name);
      }
    }
    if (old_order != new_order)
      changes_.push_back({below(place, "order"), base::joined(old_order), base::joined(new_order)});
  }

  // Strings and numbers: those that went and came.
  void values(json::Node before, json::Node after, const std::string& place) {
    const auto lacking = [](json::Node list, json::Node other) {
      std::vector<std::string> texts;
      for (const json::Node value : list) {
        const std::string text = value.to_json();
        if (std::none_of(other.begin(), other.end(), [&text](json::Node o) { return o.to_json() == text; })) {
          texts.push_back(text);
        }
      }
      return base::joined(texts);
    };
    Change change{place, lacking(before, after), lacking(after, before)};
    if (change.before.empty() && change.after.empty()) change = {place, before.to_json(), after.to_json()};
    changes_.push_back(std::move(change));
  }

  // What is the same at the beginning and at the end is passed over; the rest is compared by position.
  void positions(json::Node before, json::Node after, const std::string& place) {  // NOLINT(misc-no-recursion)
    const std::vector<json::Node> olds(before.begin(), before.end());
    const std::vector<json::Node> news(after.begin(), after.end());
    std::size_t same = 0;
    const std::size_t least = std::min(olds.size(), news.size());
    while (same < least && olds[same].to_json() == news[same].to_json()) ++same;
    std::size_t last = 0;
    while (last < least - same && olds[olds.size() - 1 - last].to_json() == news[news.size() - 1 - last].to_json()) {
      ++last;
    }
    const std::size_t most = std::max(olds.size(), news.size()) - last;
    for (std::size_t i = same; i < most; ++i) {
      const json::Node old_element = i + last < olds.size() ? olds[i] : json::Node();
      const json::Node new_element = i + last < news.size() ? news[i] : json::Node();
      compare(old_element, new_element, place + ' ' + std::to_string(i + 1));
    }
  }

  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> compare_json(json::Node before, json::Node after, std::string_view place) {
  Comparison comparison;
  comparison.compare(before, after, std::string(place));
  return std::move(comparison).take();
}

std::vector<Change> compare_records(json::Node before, json::Node after) {
  std::vector<Change> changes;
  const auto add = [&changes](std::vector<Change> more) {
    std::move(more.begin(), more.end(), std::back_inserter(changes));
  };
  for (const std::string_view member : {"id", "revision", "hash"}) {
    add(compare_json(before["policy"][member], after["policy"][member], "policy " + std::string(member)));
  }
  add(compare_json(before["decision"], after["decision"], "decision"));
  for (const json::Node criterion : before["criteria"]) {
    const json::Node other = find_named(after["criteria"], "id", criterion["id"].text());
    add(compare_json(criterion["truth"], other["truth"], "criterion " + std::string(criterion["id"].text())));
  }
  for (const json::Node criterion : after["criteria"]) {
    if (find_named(before["criteria"], "id", criterion["id"].text())) continue;
    add(compare_json({}, criterion["truth"], "criterion " + std::string(criterion["id"].text())));
  }
  return changes;
}

std::string to_text(const std::vector<Change>& changes, std::size_t indent) {
  std::string text;
  const std::string space(indent, ' ');
  for (const Change& change : changes) {
    text.append(space).append(change.place).append("\n");
    if (!change.before.empty()) text.append(space).append("  - ").append(change.before).append("\n");
    if (!change.after.empty()) text.append(space).append("  + ").append(change.after).append("\n");
  }
  return text;
}

}  // namespace pas::decision
