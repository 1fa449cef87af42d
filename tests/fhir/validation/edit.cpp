#include "tests/fhir/validation/edit.h"

#include <algorithm>

#include "fhir/json/writer.h"

namespace pas::support {
namespace {

void write(json::Writer& out, json::Node node, const Edit& edit);

void write_member(json::Writer& out, json::Node member, const Edit& edit) {
  const bool edited_here = edit.at == member;
  if (edited_here && edit.kind == Edit::Kind::kRemove) return;
  out.key(edited_here && edit.kind == Edit::Kind::kRename ? std::string_view(edit.name) : member.key());
  write(out, member, edit);
}

void write(json::Writer& out, json::Node node, const Edit& edit) {
  const bool edited_here = edit.at == node;
  if (edited_here && edit.kind == Edit::Kind::kReplace) {
    out.raw(edit.value);
  } else if (node.is_object()) {
    out.begin_object();
    if (edited_here && edit.kind == Edit::Kind::kAddFirst) out.key(edit.name).raw(edit.value);
    std::vector<json::Node> members(node.begin(), node.end());
    if (edited_here && edit.kind == Edit::Kind::kReverse) std::ranges::reverse(members);
    for (const json::Node member : members) write_member(out, member, edit);
    if (edited_here && edit.kind == Edit::Kind::kAddMember) out.key(edit.name).raw(edit.value);
    out.end_object();
  } else if (node.is_array()) {
    out.begin_array();
    for (const json::Node item : node) write(out, item, edit);
    out.end_array();
  } else {
    out.node(node);
  }
}

}  // namespace

std::string edited(json::Node resource, const Edit& edit) {
  json::Writer out;
  write(out, resource, edit);
  return std::move(out).take();
}

}  // namespace pas::support
