#include "mappings/inputs/people.h"

#include <algorithm>

namespace pas::inputs {
namespace {

void add_note(Person& person, std::string_view text) {
  if (!person.note.empty()) person.note += "; ";
  person.note += text;
}

void add_source(Person& person, std::string source) {
  if (std::find(person.sources.begin(), person.sources.end(), source) == person.sources.end()) {
    person.sources.push_back(std::move(source));
  }
}

}  // namespace

// The identifiers of a list, or one identifier, that are NPIs.
void People::read_npi(json::Node identifiers, std::vector<json::Node>& npis) const {
  if (identifiers.is_array()) {
    for (const json::Node identifier : identifiers) read_npi(identifier, npis);
    return;
  }
  const json::Node value = identifiers["value"];
  const bool is_npi = value_sets_.system_name(identifiers["system"].text()) == catalog_.npi_system;
  if (is_npi && value.is_string()) npis.push_back(value);
}

void People::read_credentials(json::Node concept_or_list, std::vector<std::string>& types, Person& person) const {
  if (concept_or_list.is_array()) {
    for (const json::Node one : concept_or_list) read_credentials(one, types, person);
    return;
  }
  for (const json::Node coding : concept_or_list["coding"]) {
    for (const auto& [type, set] : catalog_.prescriber_types) {
      if (!value_sets_.member_of(coding["system"].text(), coding["code"].text(), set)) continue;
      if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
      add_source(person, coding.path());
    }
  }
}

void People::read_role(json::Node role, std::vector<std::string>& types, Person& person) const {
  read_credentials(role["code"], types, person);
  read_credentials(role["specialty"], types, person);
}

std::optional<Person> People::find(json::Node reference, std::optional<base::Date> prescribed) {
  Person person;
  std::vector<std::string> types;
  std::vector<json::Node> npis;
  const json::Node resource = index_.resolve(reference);
  const std::string_view kind = resource["resourceType"].text();
  json::Node practitioner;
  if (kind == "Practitioner") {
    practitioner = resource;
  } else if (kind == "PractitionerRole") {
    practitioner = index_.resolve(resource["practitioner"]);
    if (!practitioner) read_npi(resource["practitioner"]["identifier"], npis);
    if (npis.empty()) read_npi(practitioner["identifier"], npis);
    if (npis.empty()) read_npi(resource["identifier"], npis);
    read_role(resource, types, person);
  } else {
    if (!resource) read_npi(reference["identifier"], npis);
    if (npis.empty()) return std::nullopt;
  }
  if (practitioner) {
    if (npis.empty()) read_npi(practitioner["identifier"], npis);
    for (const json::Node qualification : practitioner["qualification"]) {
      read_credentials(qualification["code"], types, person);
    }
    const bool from_roles = npis.empty();
    for (const json::Node role : documents_.roles_of(practitioner)) {
      read_role(role, types, person);
      if (from_roles) read_npi(role["identifier"], npis);
    }
  }
  for (const json::Node npi : npis) {
    add_source(person, npi.path());
    if (npi.text() != npis.front().text()) add_note(person, "the prescriber has more than one NPI");
  }
  const bool agree =
      std::all_of(npis.begin(), npis.end(), [&](json::Node npi) { return npi.text() == npis.front().text(); });
  if (agree && !npis.empty()) person.npi = npis.front().text();
  if (types.size() == 1) {
    person.type = types.front();
  } else if (types.size() > 1) {
    std::sort(types.begin(), types.end());
    std::string text = "the prescriber's credentials say ";
    for (std::size_t i = 0; i < types.size(); ++i) text += (i == 0 ? "" : " and ") + types[i];
    add_note(person, text);
  }
  look_up(person, prescribed);
  return person;
}

Person People::by_npi(std::string_view npi, std::string source, std::optional<base::Date> prescribed) {
  Person person;
  person.npi = npi;
  add_source(person, std::move(source));
  look_up(person, prescribed);
  return person;
}

void People::look_up(Person& person, std::optional<base::Date> prescribed) const {
  if (person.npi.empty()) return;
  const bool valid = is_valid_npi(person.npi);
  if (!valid) add_note(person, "the prescriber's NPI has a wrong check digit or form");
  if (roster_ == nullptr) return;
  const std::span<const Enrollment> enrollments = roster_->find(person.npi);
  if (enrollments.empty()) {
    person.enrolled = false;
    if (valid) add_note(person, "the prescriber is not in the provider roster");
    return;
  }
  const auto on = [&](base::Date day) {
    return std::find_if(enrollments.begin(), enrollments.end(), [day](const Enrollment& e) { return e.covers(day); });
  };
  const auto now = on(request_date_);
  const Enrollment& current = now == enrollments.end() ? enrollments.back() : *now;
  add_source(person, roster_->file() + ":" + std::to_string(current.line));
  if (!current.type.empty()) person.type = current.type;
  if (now == enrollments.end()) {
    person.enrolled = false;
    add_note(person, "the prescriber is not enrolled on the request date");
  } else if (prescribed) {
    person.enrolled = on(*prescribed) != enrollments.end();
    if (!*person.enrolled) add_note(person, "the prescriber was not enrolled on the prescription's date");
  }
}

}  // namespace pas::inputs
